//! SASL mechanisms by name, and sets of them.

use std::fmt;

/// A SASL mechanism that is spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mechanism {
    /// EXTERNAL (RFC 4422 appendix A): the client's certificate.
    External,
    /// SCRAM-SHA-256-PLUS (RFC 7677), bound to the TLS channel by `tls-exporter` (RFC 9266).
    ScramSha256Plus,
    /// SCRAM-SHA-256 (RFC 7677).
    ScramSha256,
    /// OAUTHBEARER (RFC 7628).
    OAuthBearer,
    /// XOAUTH2, as Google describes it.
    XOAuth2,
    /// PLAIN (RFC 4616).
    Plain,
    /// LOGIN (draft-murchison-sasl-login): two questions.
    Login,
}

impl Mechanism {
    /// All of them, strongest first: the order in which EHLO lists them.
    pub const ALL: [Self; 7] = [
        Self::External,
        Self::ScramSha256Plus,
        Self::ScramSha256,
        Self::OAuthBearer,
        Self::XOAuth2,
        Self::Plain,
        Self::Login,
    ];

    /// Finds a mechanism by its name, case ignored.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Its registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::External => "EXTERNAL",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }

    /// Whether the server asks first, so that an initial response is an error (RFC 4954 §4). LOGIN is taken as its draft
    /// describes it, not as MS-XLOGIN does (docs/adr/0002-login-takes-no-initial-response.md).
    #[must_use]
    pub const fn is_server_first(self) -> bool {
        matches!(self, Self::Login)
    }

    /// Whether what the client sends is of use to whoever reads it: never without TLS (RFC 4954 §4).
    #[must_use]
    pub const fn shows_secret(self) -> bool {
        matches!(self, Self::Plain | Self::Login | Self::OAuthBearer | Self::XOAuth2)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of mechanisms.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Mechanisms(u8);

impl Mechanisms {
    /// None.
    pub const NONE: Self = Self(0);

    /// Every mechanism.
    #[must_use]
    pub fn all() -> Self {
        Mechanism::ALL.into_iter().collect()
    }

    /// Whether the set holds it.
    #[must_use]
    pub const fn contains(self, mechanism: Mechanism) -> bool {
        self.0 & mechanism.bit() != 0
    }

    /// Whether it holds none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its mechanisms, strongest first.
    pub fn iter(self) -> impl Iterator<Item = Mechanism> {
        Mechanism::ALL.into_iter().filter(move |mechanism| self.contains(*mechanism))
    }
}

impl FromIterator<Mechanism> for Mechanisms {
    fn from_iter<I: IntoIterator<Item = Mechanism>>(mechanisms: I) -> Self {
        Self(mechanisms.into_iter().fold(0, |bits, mechanism| bits | mechanism.bit()))
    }
}

/// The names, parted by spaces, as they stand behind `AUTH` in a reply to EHLO.
impl fmt::Display for Mechanisms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mechanism) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            mechanism.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Mechanisms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanisms_are_found_by_name_in_any_case() {
        for mechanism in Mechanism::ALL {
            assert_eq!(Mechanism::parse(&mechanism.name().to_lowercase()), Some(mechanism));
        }
        for name in ["", "CRAM-MD5", "SCRAM-SHA-1", "PLAIN ", "ANONYMOUS"] {
            assert_eq!(Mechanism::parse(name), None);
        }
    }

    #[test]
    fn a_set_lists_its_mechanisms_strongest_first() {
        let some: Mechanisms = [Mechanism::Login, Mechanism::External, Mechanism::Login].into_iter().collect();
        assert_eq!(some.to_string(), "EXTERNAL LOGIN");
        assert!(some.contains(Mechanism::Login) && !some.contains(Mechanism::Plain));
        assert!(Mechanisms::all().iter().eq(Mechanism::ALL) && Mechanisms::NONE.is_empty());
    }
}
