//! No connector was found.

use postroad_mail_types::{EnhancedCode, Reply};

/// Why no connector carries a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoRoute {
    /// One would, if it were enabled. A switch can be flipped back, so the client may try again.
    #[error("the connector for this recipient is disabled")]
    Disabled,
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
        match self {
            Self::Disabled => Reply::fixed(
                451,
                Some(EnhancedCode::new(4, 3, 2)),
                "The connector for this recipient is disabled, try again later",
            ),
            Self::TooLarge => {
                Reply::fixed(552, Some(EnhancedCode::new(5, 3, 4)), "The message is too large for this recipient")
            }
            Self::NoMatch => {
                Reply::fixed(550, Some(EnhancedCode::new(5, 1, 2)), "No connector covers the domain of this recipient")
            }
        }
    }
}
