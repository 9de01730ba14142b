//! No connector was found.

use postroad_mail_types::{EnhancedCode, Reply};

/// Why no connector carries a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoRoute {
    /// One would, if it were enabled. A switch can be flipped back, so the client may try again.
    #[error("the connector for this recipient is disabled")]
    Disabled,
    /// One would, if a site link led to any of its source relays. What lacks is ours to give, so the client may try again.
    #[error("no site link leads to the source relays of the connector for this recipient")]
    Unreachable,
    /// One would, if the message were smaller.
    #[error("the message is larger than the connector for this recipient allows")]
    TooLarge,
    /// None covers the recipient.
    #[error("no connector covers this recipient")]
    NoMatch,
}

impl NoRoute {
    /// What the client is told at RCPT.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let (code, enhanced, text) = match self {
            Self::Disabled => (451, (4, 3, 2), "The connector for this recipient is disabled, try again later"),
            Self::Unreachable => {
                (451, (4, 3, 2), "No relay for this recipient can be reached from here, try again later")
            }
            Self::TooLarge => (552, (5, 3, 4), "The message is too large for this recipient"),
            Self::NoMatch => (550, (5, 1, 2), "No connector covers the domain of this recipient"),
        };
        let (class, subject, detail) = enhanced;
        Reply::fixed(code, Some(EnhancedCode::new(class, subject, detail)), text)
    }
}
