//! Names of what connectors refer to.

use std::fmt;
use std::sync::Arc;

use crate::limits;

/// Name of a relay, a site, a certificate or a listener: 1 to 64 letters, digits, dots, hyphens and underscores (ASCII).
/// Two names that differ in case only are the same; each shows as it was written.
#[derive(Clone, Debug)]
pub struct ResourceName {
    shown: Arc<str>,
    folded: Arc<str>,
}

/// A text cannot be such a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Write 1 to 64 letters, digits, dots, hyphens and underscores.")]
pub struct InvalidResourceName;

impl ResourceName {
    /// Checks a name; nothing is repaired.
    ///
    /// # Errors
    /// When it is empty or too long, or holds any other character.
    pub fn parse(text: &str) -> Result<Self, InvalidResourceName> {
        let sound = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_');
        if text.is_empty() || text.len() > limits::NAME_CHARS || !text.bytes().all(sound) {
            return Err(InvalidResourceName);
        }
        let shown: Arc<str> = text.into();
        let folded = if text.bytes().any(|c| c.is_ascii_uppercase()) {
            text.to_ascii_lowercase().into()
        } else {
            Arc::clone(&shown)
        };
        Ok(Self { shown, folded })
    }

    /// As the operator wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// Lower-cased: the form in which names are compared and kept.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

impl PartialEq for ResourceName {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for ResourceName {}

impl PartialOrd for ResourceName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ResourceName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.folded.cmp(&other.folded)
    }
}

impl std::hash::Hash for ResourceName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
