//! What stands in a certificate: names, and how long it is valid.

use rustls::pki_types::{CertificateDer, UnixTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

/// A name in a certificate's subjectAltName (RFC 5280 §4.2.1.6). Printable ASCII without spaces, never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateName {
    /// A host name in lower case. One with a wildcard names no single host, and is left out of a client's names.
    Dns(String),
    /// An address of mail, as it stands there.
    Email(String),
    /// A URI, such as a SPIFFE id, as it stands there.
    Uri(String),
}

impl CertificateName {
    /// The name alone, without its kind.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let (Self::Dns(name) | Self::Email(name) | Self::Uri(name)) = self;
        name
    }

    fn of(name: &GeneralName<'_>) -> Option<Self> {
        let (name, make): (&str, fn(String) -> Self) = match name {
            GeneralName::DNSName(name) => (name, |name| Self::Dns(name.to_ascii_lowercase())),
            GeneralName::RFC822Name(name) => (name, Self::Email),
            GeneralName::URI(name) => (name, Self::Uri),
            _ => return None,
        };
        let printable = !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic());
        printable.then(|| make(name.to_owned()))
    }

    /// Whether it can say who a client is.
    pub(crate) fn names_one(&self) -> bool {
        match self {
            Self::Dns(name) => {
                name.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_'))
            }
            Self::Email(name) => name.contains('@'),
            Self::Uri(name) => name.contains(':'),
        }
    }
}

/// The parts of a certificate that are looked at.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    /// Names of the kinds that [`CertificateName`] knows.
    pub(crate) names: Vec<CertificateName>,
    /// Whether it has any name in subjectAltName, an address included.
    pub(crate) is_named: bool,
    /// Seconds since 1970.
    pub(crate) not_before: i64,
    /// Seconds since 1970.
    pub(crate) not_after: i64,
    /// For people, as in "Jan  1 00:00:00 2027 +00:00".
    pub(crate) expires: String,
    /// For people, as in `CN=relay.example.com`.
    pub(crate) subject_text: String,
    /// The same of the issuer.
    pub(crate) issuer_text: String,
    /// Hexadecimal digits.
    pub(crate) serial_number: String,
    subject: Vec<u8>,
    issuer: Vec<u8>,
}

impl Certificate {
    /// `None` when it is no certificate of X.509.
    pub(crate) fn read(der: &CertificateDer<'_>) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let names = certificate.subject_alternative_name().ok()?;
        let names = names.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
        let validity = certificate.validity();
        Some(Self {
            names: names.iter().filter_map(CertificateName::of).collect(),
            is_named: !names.is_empty(),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            expires: validity.not_after.to_string(),
            subject_text: certificate.subject().to_string(),
            issuer_text: certificate.issuer().to_string(),
            serial_number: certificate.raw_serial().iter().map(|octet| format!("{octet:02x}")).collect(),
            subject: certificate.subject().as_raw().to_vec(),
            issuer: certificate.issuer().as_raw().to_vec(),
        })
    }

    /// Whether the other one can have issued this one, by its name.
    pub(crate) fn is_issued_by(&self, other: &Self) -> bool {
        self.issuer == other.subject
    }

    /// Host names in it, wildcards included.
    pub(crate) fn dns_names(&self) -> Vec<String> {
        let dns = |name: &CertificateName| match name {
            CertificateName::Dns(name) => Some(name.clone()),
            CertificateName::Email(_) | CertificateName::Uri(_) => None,
        };
        self.names.iter().filter_map(dns).collect()
    }

    pub(crate) fn is_over(&self, now: i64) -> bool {
        self.not_after < now
    }
}

/// Seconds since 1970. Certificates are the one thing here that depends on the time of day.
pub(crate) fn now() -> i64 {
    i64::try_from(UnixTime::now().as_secs()).unwrap_or(i64::MAX)
}
