//! Enums of Exchange: names there, and names here.

use postroad_api::connector::v1::Connector;
use serde_json::Value;

use super::property::{Notes, plain, unread};
use super::value::text;
use crate::import::report::Fate;

/// An enum of Exchange.
pub(super) struct Enumeration {
    pub(super) property: &'static str,
    path: &'static str,
    /// Name there, name here.
    names: &'static [(&'static str, &'static str)],
    /// Names of the numbers from 0 that are certain; empty where a number means nothing.
    numbers: &'static [&'static str],
}

pub(super) const ENUMERATIONS: [Enumeration; 3] = [
    Enumeration {
        property: "SmartHostAuthMechanism",
        path: "auth_mechanism",
        names: &[
            ("None", "NONE"),
            ("BasicAuth", "BASIC"),
            ("BasicAuthRequireTLS", "BASIC_REQUIRE_TLS"),
            ("ExchangeServer", "EXCHANGE_SERVER"),
            ("ExternalAuthoritative", "EXTERNALLY_SECURED"),
        ],
        numbers: &["None"],
    },
    Enumeration {
        property: "TlsAuthLevel",
        path: "tls_auth_level",
        names: &[
            ("EncryptionOnly", "ENCRYPTION_ONLY"),
            ("CertificateValidation", "CERTIFICATE_VALIDATION"),
            ("DomainValidation", "DOMAIN_VALIDATION"),
        ],
        numbers: &[],
    },
    Enumeration {
        property: "ProtocolLoggingLevel",
        path: "protocol_logging_level",
        names: &[("None", "NONE"), ("Verbose", "VERBOSE")],
        numbers: &["None", "Verbose"],
    },
];

/// A value of an enum by name; by number only where the number is certain.
pub(super) fn named(it: &Enumeration, value: &Value, c: &mut Connector, notes: &mut Notes) {
    let property = it.property;
    let Some(said) = text(value) else { return unread(property, value, notes) };
    let by_number = said.parse::<usize>().ok();
    let known = by_number.map_or(Some(said.as_str()), |number| it.numbers.get(number).copied());
    match it.names.iter().find(|(name, _)| known.is_some_and(|known| name.eq_ignore_ascii_case(known))) {
        Some((_, name)) => plain(property, it.path, &[(*name).to_owned()], c, notes),
        None if by_number.is_some() => notes.add(
            Fate::Dropped,
            format!(
                "{property} {said}: a number does not say which; export again with ConvertTo-Json -EnumsAsStrings, or \
                 set {}",
                it.path
            ),
        ),
        None => unread(property, value, notes),
    }
}
