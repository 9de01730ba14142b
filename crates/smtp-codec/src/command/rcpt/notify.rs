//! NOTIFY of RCPT (RFC 3461 §4.1).

use std::fmt;

/// When the sender is to be told what became of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify {
    /// `NEVER`, which stands alone.
    Never,
    /// A list of at least one of these.
    On {
        /// `SUCCESS`.
        success: bool,
        /// `FAILURE`.
        failure: bool,
        /// `DELAY`.
        delay: bool,
    },
}

impl Notify {
    /// Reads the value. A word may come twice, which changes nothing; `NEVER` stands alone.
    pub(super) fn parse(value: &str) -> Option<Self> {
        if value.eq_ignore_ascii_case("NEVER") {
            return Some(Self::Never);
        }
        let (mut success, mut failure, mut delay) = (false, false, false);
        for word in value.split(',') {
            match word.to_ascii_uppercase().as_str() {
                "SUCCESS" => success = true,
                "FAILURE" => failure = true,
                "DELAY" => delay = true,
                _ => return None,
            }
        }
        Some(Self::On { success, failure, delay })
    }
}

/// The value as it goes on the wire.
impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::On { success, failure, delay } = *self else { return f.write_str("NEVER") };
        let words = [(success, "SUCCESS"), (failure, "FAILURE"), (delay, "DELAY")];
        for (at, (_, word)) in words.into_iter().filter(|(set, _)| *set).enumerate() {
            f.write_str(if at == 0 { "" } else { "," })?;
            f.write_str(word)?;
        }
        Ok(())
    }
}
