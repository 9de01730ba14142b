//! Ids and names of connectors.

use std::fmt;
use std::sync::Arc;

use crate::limits;

/// UUID of a connector, in lower-case text form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectorId(Arc<str>);

impl ConnectorId {
    /// Takes over an id as the control plane made it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 1 to 64 printable characters, no blank at the ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectorName(Arc<str>);

/// A text cannot be the name of a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Give the connector a name of 1 to 64 printable characters.")]
pub struct InvalidName;

impl ConnectorName {
    /// Checks a name; nothing is repaired.
    ///
    /// # Errors
    /// When it is empty or too long, has a blank at an end, or holds a control character or a line separator.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        // Counted only as far as it matters: the text may be of any length.
        let count = text.chars().take(limits::NAME_CHARS + 1).count();
        let blank_end = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
        if count == 0 || count > limits::NAME_CHARS || blank_end || text.contains(is_unprintable) {
            return Err(InvalidName);
        }
        Ok(Self(text.into()))
    }

    /// As the operator wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lower-cased: the form in which names are compared, for uniqueness and as tie-break.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Control characters, and the two separators that break a line although they are none.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

impl fmt::Display for ConnectorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
