//! Values of enums under the names that people and files use.

use postroad_api::connector::v1::{
    AddressFamily, AuthMechanism, ErrorPolicy, ProtocolLoggingLevel, TlsAuthLevel, Usage,
};

/// The values of an enum by name, in the order of help texts. The first one is the default.
pub(crate) struct Choices(pub(crate) &'static [(&'static str, i32)]);

/// How to log in.
pub(crate) const MECHANISMS: Choices = Choices(&[
    ("NONE", AuthMechanism::None as i32),
    ("BASIC", AuthMechanism::Basic as i32),
    ("BASIC_REQUIRE_TLS", AuthMechanism::BasicRequireTls as i32),
    ("EXCHANGE_SERVER", AuthMechanism::ExchangeServer as i32),
    ("EXTERNALLY_SECURED", AuthMechanism::ExternallySecured as i32),
    ("XOAUTH2", AuthMechanism::Xoauth2 as i32),
    ("OAUTHBEARER", AuthMechanism::Oauthbearer as i32),
    ("EXTERNAL", AuthMechanism::External as i32),
]);
/// What a certificate must show.
pub(crate) const LEVELS: Choices = Choices(&[
    ("UNSET", TlsAuthLevel::Unspecified as i32),
    ("ENCRYPTION_ONLY", TlsAuthLevel::EncryptionOnly as i32),
    ("CERTIFICATE_VALIDATION", TlsAuthLevel::CertificateValidation as i32),
    ("DOMAIN_VALIDATION", TlsAuthLevel::DomainValidation as i32),
]);
/// Which addresses may be used.
pub(crate) const FAMILIES: Choices = Choices(&[
    ("ANY", AddressFamily::Any as i32),
    ("IPV4_ONLY", AddressFamily::Ipv4Only as i32),
    ("IPV6_ONLY", AddressFamily::Ipv6Only as i32),
]);
/// What is done to refusals.
pub(crate) const POLICIES: Choices = Choices(&[
    ("DEFAULT", ErrorPolicy::Default as i32),
    ("DOWNGRADE_DNS_FAILURES", ErrorPolicy::DowngradeDnsFailures as i32),
    ("DOWNGRADE_CUSTOM_FAILURES", ErrorPolicy::DowngradeCustomFailures as i32),
    ("UPGRADE_CUSTOM_FAILURES", ErrorPolicy::UpgradeCustomFailures as i32),
]);
/// How much is logged.
pub(crate) const LOGGING: Choices =
    Choices(&[("NONE", ProtocolLoggingLevel::None as i32), ("VERBOSE", ProtocolLoggingLevel::Verbose as i32)]);
/// What a connector is for.
pub(crate) const USAGES: Choices = Choices(&[
    ("CUSTOM", Usage::Custom as i32),
    ("INTERNAL", Usage::Internal as i32),
    ("INTERNET", Usage::Internet as i32),
    ("PARTNER", Usage::Partner as i32),
]);

impl Choices {
    /// Reads a name; case is ignored, and hyphens stand for underscores.
    ///
    /// # Errors
    /// A sentence with all names.
    pub(crate) fn parse(&self, text: &str) -> Result<i32, String> {
        let wanted = text.trim().replace('-', "_").to_ascii_uppercase();
        let found = self.0.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, number)| *number).ok_or_else(|| {
            let names: Vec<_> = self.0.iter().map(|(name, _)| *name).collect();
            format!("\"{text}\" is not known: write one of {}.", names.join(", "))
        })
    }

    /// Name of a value; of an unset one that of the default.
    pub(crate) fn name(&self, number: i32) -> &'static str {
        let number = if number == 0 { self.0.first().map_or(0, |(_, first)| *first) } else { number };
        self.0.iter().find(|(_, known)| *known == number).map_or("UNKNOWN", |(name, _)| name)
    }

    /// The names as flags have them: `basic-require-tls`.
    pub(crate) fn flag_values(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.to_ascii_lowercase().replace('_', "-")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_both_spellings() {
        assert_eq!(MECHANISMS.parse("basic-require-tls"), Ok(AuthMechanism::BasicRequireTls as i32));
        assert_eq!(MECHANISMS.parse("BASIC_REQUIRE_TLS"), Ok(AuthMechanism::BasicRequireTls as i32));
        assert_eq!(MECHANISMS.name(0), "NONE");
        assert_eq!(LEVELS.name(0), "UNSET");
        assert_eq!(USAGES.name(99), "UNKNOWN");
        assert!(FAMILIES.parse("ipv5").unwrap_err().contains("IPV4_ONLY"));
    }
}
