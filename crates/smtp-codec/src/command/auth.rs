//! AUTH (RFC 4954 §4).

use std::fmt;

use super::{Command, CommandError};
use crate::SaslOctets;
use crate::sasl::base64;

/// Name of a SASL mechanism, in upper case: 1 to 20 letters, digits, hyphens and underscores (RFC 4422 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MechanismName(Box<str>);

impl MechanismName {
    /// Reads a name in any case; `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let usable = (1..=20).contains(&text.len()) && text.bytes().all(letter);
        usable.then(|| Self(text.to_ascii_uppercase().into()))
    }

    /// The name in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MechanismName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(super) fn parse(argument: &str) -> Result<Command, CommandError> {
    let (name, response) = match argument.split_once(' ') {
        Some((name, response)) => (name, Some(response)),
        None => (argument, None),
    };
    let mechanism = MechanismName::parse(name).ok_or(CommandError::Mechanism)?;
    let initial = match response {
        None => None,
        Some("=") => Some(SaslOctets::from(Vec::new())),
        Some(response) if response.contains(' ') => return Err(CommandError::Mechanism),
        Some(response) => Some(base64::decode(response.as_bytes()).ok_or(CommandError::Base64)?),
    };
    Ok(Command::Auth { mechanism, initial })
}
