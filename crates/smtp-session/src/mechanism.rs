//! SASL mechanisms, as EHLO lists them.

use crate::TlsFacts;

/// A SASL mechanism that a listener can take. What is done in it is the driver's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// `PLAIN` (RFC 4616); inside TLS only.
    Plain,
    /// `LOGIN`, what old programs speak; inside TLS only.
    Login,
    /// `SCRAM-SHA-256` (RFC 7677).
    ScramSha256,
    /// `SCRAM-SHA-256-PLUS` (RFC 7677), bound to the TLS session.
    ScramSha256Plus,
    /// `OAUTHBEARER` (RFC 7628); inside TLS only.
    OauthBearer,
    /// `XOAUTH2`, its forerunner; inside TLS only.
    Xoauth2,
    /// `EXTERNAL` (RFC 4422 appendix A): the client's certificate says who it is.
    External,
}

impl Mechanism {
    /// All of them, strongest first: the order in which EHLO lists them.
    pub const ALL: [Self; 7] = [
        Self::External,
        Self::ScramSha256Plus,
        Self::ScramSha256,
        Self::OauthBearer,
        Self::Xoauth2,
        Self::Plain,
        Self::Login,
    ];

    /// Its registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::OauthBearer => "OAUTHBEARER",
            Self::Xoauth2 => "XOAUTH2",
            Self::External => "EXTERNAL",
        }
    }

    /// The mechanism of a name, case ignored.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Whether it can be used in a session as it stands: no password and no token goes in clear (RFC 4954 §4).
    #[must_use]
    pub fn is_usable(self, tls: Option<&TlsFacts>) -> bool {
        match self {
            Self::ScramSha256 => true,
            Self::Plain | Self::Login | Self::OauthBearer | Self::Xoauth2 => tls.is_some(),
            Self::ScramSha256Plus => tls.is_some_and(|tls| tls.channel_binding),
            Self::External => tls.is_some_and(|tls| tls.client_certificate),
        }
    }
}
