//! What TLS towards the smart hosts must be.

use std::fmt;

use postroad_mail_types::Domain;

use super::{Authentication, Connector};

/// What a smart host's certificate must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TlsAuthLevel {
    /// Nothing.
    EncryptionOnly,
    /// A valid chain to a trusted root; any name.
    CertificateValidation,
    /// A valid chain and the name.
    DomainValidation,
}

/// The domain that a smart host's certificate must show.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TlsDomain {
    /// This domain.
    Exact(Domain),
    /// `*.domain`: this domain or one below it.
    Below(Domain),
}

impl TlsDomain {
    /// Reads a domain, or `*.` and a domain. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            Some(domain) => Domain::parse(domain).ok().map(Self::Below),
            None => Domain::parse(text).ok().map(Self::Exact),
        }
    }
}

/// The stored form.
impl fmt::Display for TlsDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(domain) => domain.fmt(f),
            Self::Below(domain) => write!(f, "*.{domain}"),
        }
    }
}

/// How well TLS protects the way to a connector's smart hosts, from 0 (never) to 4 (host proved). Mail never falls back
/// to a connector of a lower rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TlsRank(u8);

impl TlsRank {
    /// The number, 0 to 4.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl Connector {
    /// The highest rank that applies to this connector.
    #[must_use]
    pub fn tls_rank(&self) -> TlsRank {
        let checked_login = matches!(
            self.authentication,
            Authentication::BasicRequireTls { .. } | Authentication::XOAuth2(_) | Authentication::OAuthBearer(_)
        );
        let encrypted_login =
            matches!(self.authentication, Authentication::ExchangeServer { .. } | Authentication::External);
        let always_implicit = !self.smart_hosts.is_empty() && self.smart_hosts.iter().all(|host| host.implicit_tls);
        TlsRank(match self.tls_auth_level {
            Some(TlsAuthLevel::DomainValidation) => 4,
            _ if checked_login => 4,
            Some(TlsAuthLevel::CertificateValidation) => 3,
            _ if self.require_tls || encrypted_login || always_implicit => 2,
            _ if self.ignore_starttls => 0,
            _ => 1,
        })
    }
}
