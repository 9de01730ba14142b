//! Bearer tokens: the port to whoever can check them.

use std::fmt;

use postroad_smtp_codec::sasl::SaslOctets;
use zeroize::Zeroizing;

/// A bearer token (RFC 6750). It wipes itself, and prints as `<redacted>`.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// A token that was read from a message.
    pub(crate) fn new(octets: &SaslOctets) -> Option<Self> {
        std::str::from_utf8(octets.expose()).ok().map(|text| Self(Zeroizing::new(text.to_owned())))
    }

    /// The token itself: only for whoever checks it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// Checks bearer tokens, for OAUTHBEARER and XOAUTH2. Without one neither is offered.
pub trait TokenVerifier: Send + Sync {
    /// Says whose token this is. `claimed` is the user that the client says it is, if it says so.
    ///
    /// Called where blocking is allowed; a deadline is the verifier's own affair.
    fn verify(&self, token: &Token, claimed: Option<&str>) -> TokenAnswer;

    /// What a client whose token was refused is told, so that it can get another.
    fn hint(&self) -> TokenHint {
        TokenHint::default()
    }
}

/// What a [`TokenVerifier`] says.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenAnswer {
    /// The token is good and belongs to this user, by the name that stands in the users file.
    User(String),
    /// The token is not good.
    Refused,
    /// It cannot be said now.
    Unavailable,
}

/// The name may come from a token that names nobody we know.
impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User(_) => "User",
            Self::Refused => "Refused",
            Self::Unavailable => "Unavailable",
        })
    }
}

/// What a refused client is told (RFC 7628 §3.2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenHint {
    /// Scopes that a token needs, parted by spaces.
    pub scope: Option<String>,
    /// Address of the OpenID configuration.
    pub openid_configuration: Option<String>,
}
