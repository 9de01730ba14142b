//! What passes in an AUTH exchange (RFC 4954): the base64 around it, and the messages of the mechanisms as a server reads
//! them. Whether somebody may log in is decided elsewhere.

pub mod base64;
mod bearer;
mod login;
mod mechanism;
mod octets;
mod plain;

pub use bearer::{BearerMessage, OAUTHBEARER_FAILURE, XOAUTH2_FAILURE};
pub use login::{Login, LoginMessage, LoginStep};
pub use mechanism::{Mechanism, Mechanisms};
pub use octets::SaslOctets;
pub use plain::PlainMessage;

/// Why a message of a mechanism cannot be read. It says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaslError {
    /// The parts or the separators are not those of the mechanism.
    #[error("the message is not one of this mechanism")]
    Shape,
    /// No user name.
    #[error("the user name is empty")]
    NoUser,
    /// No password or token.
    #[error("the password or token is empty")]
    NoSecret,
    /// A name that is no UTF-8, holds control characters, or is longer than 255 octets (RFC 4616 §2).
    #[error("a name is not UTF-8, holds control characters, or is longer than 255 octets")]
    Name,
    /// The client demands channel binding, which the mechanism does not have (RFC 7628 §3.1).
    #[error("the mechanism has no channel binding")]
    ChannelBinding,
}

/// A name as it may be compared and stored.
fn name(octets: &[u8]) -> Result<Box<str>, SaslError> {
    match std::str::from_utf8(octets) {
        Ok("") => Err(SaslError::NoUser),
        Ok(name) if name.len() <= 255 && !name.contains(char::is_control) => Ok(name.into()),
        _ => Err(SaslError::Name),
    }
}
