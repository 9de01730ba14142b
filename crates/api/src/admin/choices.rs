//! Enums of the admin API and of the model.

use postroad_connector_model::{AddressFamily, AuthMechanism, ErrorPolicy, TlsAuthLevel, Usage, Violations};

use super::UNKNOWN_VALUE;
use crate::connector::v1 as wire;

/// Reads an enum value; one that this version does not know is a violation and counts as the default.
fn read<W: TryFrom<i32>, T: Default>(
    number: i32,
    field: impl FnOnce() -> String,
    known: impl FnOnce(W) -> T,
    violations: &mut Violations,
) -> T {
    match W::try_from(number) {
        Ok(value) => known(value),
        Err(_unknown) => {
            violations.add(field(), UNKNOWN_VALUE);
            T::default()
        }
    }
}

pub(super) fn read_usage(number: i32, violations: &mut Violations) -> Usage {
    let known = |value: wire::Usage| match value {
        wire::Usage::Unspecified | wire::Usage::Custom => Usage::Custom,
        wire::Usage::Internal => Usage::Internal,
        wire::Usage::Internet => Usage::Internet,
        wire::Usage::Partner => Usage::Partner,
    };
    read(number, || "usage".to_owned(), known, violations)
}

pub(super) const fn write_usage(usage: Usage) -> wire::Usage {
    match usage {
        Usage::Custom => wire::Usage::Custom,
        Usage::Internal => wire::Usage::Internal,
        Usage::Internet => wire::Usage::Internet,
        Usage::Partner => wire::Usage::Partner,
    }
}

pub(super) fn read_family(number: i32, violations: &mut Violations) -> AddressFamily {
    let known = |value: wire::AddressFamily| match value {
        wire::AddressFamily::Unspecified | wire::AddressFamily::Any => AddressFamily::Any,
        wire::AddressFamily::Ipv4Only => AddressFamily::Ipv4Only,
        wire::AddressFamily::Ipv6Only => AddressFamily::Ipv6Only,
    };
    read(number, || "address_family".to_owned(), known, violations)
}

pub(super) const fn write_family(family: AddressFamily) -> wire::AddressFamily {
    match family {
        AddressFamily::Any => wire::AddressFamily::Any,
        AddressFamily::Ipv4Only => wire::AddressFamily::Ipv4Only,
        AddressFamily::Ipv6Only => wire::AddressFamily::Ipv6Only,
    }
}

pub(super) fn read_level(number: i32, violations: &mut Violations) -> Option<TlsAuthLevel> {
    let known = |value: wire::TlsAuthLevel| match value {
        wire::TlsAuthLevel::Unspecified => None,
        wire::TlsAuthLevel::EncryptionOnly => Some(TlsAuthLevel::EncryptionOnly),
        wire::TlsAuthLevel::CertificateValidation => Some(TlsAuthLevel::CertificateValidation),
        wire::TlsAuthLevel::DomainValidation => Some(TlsAuthLevel::DomainValidation),
    };
    read(number, || "tls_auth_level".to_owned(), known, violations)
}

pub(super) const fn write_level(level: Option<TlsAuthLevel>) -> wire::TlsAuthLevel {
    match level {
        None => wire::TlsAuthLevel::Unspecified,
        Some(TlsAuthLevel::EncryptionOnly) => wire::TlsAuthLevel::EncryptionOnly,
        Some(TlsAuthLevel::CertificateValidation) => wire::TlsAuthLevel::CertificateValidation,
        Some(TlsAuthLevel::DomainValidation) => wire::TlsAuthLevel::DomainValidation,
    }
}

pub(super) fn read_logging(number: i32, violations: &mut Violations) -> bool {
    let known = |value: wire::ProtocolLoggingLevel| value == wire::ProtocolLoggingLevel::Verbose;
    read(number, || "protocol_logging_level".to_owned(), known, violations)
}

pub(super) const fn write_logging(verbose: bool) -> wire::ProtocolLoggingLevel {
    if verbose { wire::ProtocolLoggingLevel::Verbose } else { wire::ProtocolLoggingLevel::None }
}

/// DEFAULT is no policy.
pub(super) fn read_policies(numbers: &[i32], violations: &mut Violations) -> Vec<ErrorPolicy> {
    let known = |value: wire::ErrorPolicy| match value {
        wire::ErrorPolicy::Unspecified | wire::ErrorPolicy::Default => None,
        wire::ErrorPolicy::DowngradeDnsFailures => Some(ErrorPolicy::DowngradeDnsFailures),
        wire::ErrorPolicy::DowngradeCustomFailures => Some(ErrorPolicy::DowngradeCustomFailures),
        wire::ErrorPolicy::UpgradeCustomFailures => Some(ErrorPolicy::UpgradeCustomFailures),
    };
    let one = |(at, number): (usize, &i32)| read(*number, || format!("error_policies[{at}]"), known, violations);
    numbers.iter().enumerate().filter_map(one).collect()
}

pub(super) const fn write_policy(policy: ErrorPolicy) -> wire::ErrorPolicy {
    match policy {
        ErrorPolicy::DowngradeDnsFailures => wire::ErrorPolicy::DowngradeDnsFailures,
        ErrorPolicy::DowngradeCustomFailures => wire::ErrorPolicy::DowngradeCustomFailures,
        ErrorPolicy::UpgradeCustomFailures => wire::ErrorPolicy::UpgradeCustomFailures,
    }
}

/// `None` for a mechanism that this version does not know.
pub(super) fn read_mechanism(number: i32) -> Option<AuthMechanism> {
    Some(match wire::AuthMechanism::try_from(number).ok()? {
        wire::AuthMechanism::Unspecified | wire::AuthMechanism::None => AuthMechanism::None,
        wire::AuthMechanism::Basic => AuthMechanism::Basic,
        wire::AuthMechanism::BasicRequireTls => AuthMechanism::BasicRequireTls,
        wire::AuthMechanism::ExchangeServer => AuthMechanism::ExchangeServer,
        wire::AuthMechanism::ExternallySecured => AuthMechanism::ExternallySecured,
        wire::AuthMechanism::Xoauth2 => AuthMechanism::XOAuth2,
        wire::AuthMechanism::Oauthbearer => AuthMechanism::OAuthBearer,
        wire::AuthMechanism::External => AuthMechanism::External,
    })
}

pub(super) const fn write_mechanism(mechanism: AuthMechanism) -> wire::AuthMechanism {
    match mechanism {
        AuthMechanism::None => wire::AuthMechanism::None,
        AuthMechanism::Basic => wire::AuthMechanism::Basic,
        AuthMechanism::BasicRequireTls => wire::AuthMechanism::BasicRequireTls,
        AuthMechanism::ExchangeServer => wire::AuthMechanism::ExchangeServer,
        AuthMechanism::ExternallySecured => wire::AuthMechanism::ExternallySecured,
        AuthMechanism::XOAuth2 => wire::AuthMechanism::Xoauth2,
        AuthMechanism::OAuthBearer => wire::AuthMechanism::Oauthbearer,
        AuthMechanism::External => wire::AuthMechanism::External,
    }
}
