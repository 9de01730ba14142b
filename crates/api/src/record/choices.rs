//! Enums of records and of the model. What is not known, or not said where it must be, is a violation.

use postroad_connector_model::{AddressFamily, AuthMechanism, ErrorPolicy, TlsAuthLevel, Usage, Violations};

use crate::admin::UNKNOWN_VALUE;
use crate::config::v1 as wire;

pub(super) fn read_auth_kind(number: i32, violations: &mut Violations) -> AuthMechanism {
    match wire::AuthKind::try_from(number) {
        Ok(wire::AuthKind::None) => AuthMechanism::None,
        Ok(wire::AuthKind::Basic) => AuthMechanism::Basic,
        Ok(wire::AuthKind::BasicRequireTls) => AuthMechanism::BasicRequireTls,
        Ok(wire::AuthKind::ExchangeServer) => AuthMechanism::ExchangeServer,
        Ok(wire::AuthKind::ExternallySecured) => AuthMechanism::ExternallySecured,
        Ok(wire::AuthKind::Xoauth2) => AuthMechanism::XOAuth2,
        Ok(wire::AuthKind::Oauthbearer) => AuthMechanism::OAuthBearer,
        Ok(wire::AuthKind::External) => AuthMechanism::External,
        Ok(wire::AuthKind::Unspecified) | Err(_) => unknown("auth_mechanism", violations),
    }
}

pub(super) const fn write_auth_kind(mechanism: AuthMechanism) -> wire::AuthKind {
    match mechanism {
        AuthMechanism::None => wire::AuthKind::None,
        AuthMechanism::Basic => wire::AuthKind::Basic,
        AuthMechanism::BasicRequireTls => wire::AuthKind::BasicRequireTls,
        AuthMechanism::ExchangeServer => wire::AuthKind::ExchangeServer,
        AuthMechanism::ExternallySecured => wire::AuthKind::ExternallySecured,
        AuthMechanism::XOAuth2 => wire::AuthKind::Xoauth2,
        AuthMechanism::OAuthBearer => wire::AuthKind::Oauthbearer,
        AuthMechanism::External => wire::AuthKind::External,
    }
}

pub(super) fn read_level(number: i32, violations: &mut Violations) -> Option<TlsAuthLevel> {
    match wire::TlsLevel::try_from(number) {
        Ok(wire::TlsLevel::Unspecified) => None,
        Ok(wire::TlsLevel::EncryptionOnly) => Some(TlsAuthLevel::EncryptionOnly),
        Ok(wire::TlsLevel::CertificateValidation) => Some(TlsAuthLevel::CertificateValidation),
        Ok(wire::TlsLevel::DomainValidation) => Some(TlsAuthLevel::DomainValidation),
        Err(_) => unknown("tls_auth_level", violations),
    }
}

pub(super) const fn write_level(level: Option<TlsAuthLevel>) -> wire::TlsLevel {
    match level {
        None => wire::TlsLevel::Unspecified,
        Some(TlsAuthLevel::EncryptionOnly) => wire::TlsLevel::EncryptionOnly,
        Some(TlsAuthLevel::CertificateValidation) => wire::TlsLevel::CertificateValidation,
        Some(TlsAuthLevel::DomainValidation) => wire::TlsLevel::DomainValidation,
    }
}

pub(super) fn read_family(number: i32, violations: &mut Violations) -> AddressFamily {
    match wire::HostFamily::try_from(number) {
        Ok(wire::HostFamily::Any) => AddressFamily::Any,
        Ok(wire::HostFamily::Ipv4Only) => AddressFamily::Ipv4Only,
        Ok(wire::HostFamily::Ipv6Only) => AddressFamily::Ipv6Only,
        Ok(wire::HostFamily::Unspecified) | Err(_) => unknown("address_family", violations),
    }
}

pub(super) const fn write_family(family: AddressFamily) -> wire::HostFamily {
    match family {
        AddressFamily::Any => wire::HostFamily::Any,
        AddressFamily::Ipv4Only => wire::HostFamily::Ipv4Only,
        AddressFamily::Ipv6Only => wire::HostFamily::Ipv6Only,
    }
}

pub(super) fn read_usage(number: i32, violations: &mut Violations) -> Usage {
    match wire::UsageKind::try_from(number) {
        Ok(wire::UsageKind::Custom) => Usage::Custom,
        Ok(wire::UsageKind::Internal) => Usage::Internal,
        Ok(wire::UsageKind::Internet) => Usage::Internet,
        Ok(wire::UsageKind::Partner) => Usage::Partner,
        Ok(wire::UsageKind::Unspecified) | Err(_) => unknown("usage", violations),
    }
}

pub(super) const fn write_usage(usage: Usage) -> wire::UsageKind {
    match usage {
        Usage::Custom => wire::UsageKind::Custom,
        Usage::Internal => wire::UsageKind::Internal,
        Usage::Internet => wire::UsageKind::Internet,
        Usage::Partner => wire::UsageKind::Partner,
    }
}

pub(super) fn read_policies(numbers: &[i32], violations: &mut Violations) -> Vec<ErrorPolicy> {
    let one = |number: &i32| match wire::RefusalPolicy::try_from(*number) {
        Ok(wire::RefusalPolicy::DowngradeDnsFailures) => Some(ErrorPolicy::DowngradeDnsFailures),
        Ok(wire::RefusalPolicy::DowngradeCustomFailures) => Some(ErrorPolicy::DowngradeCustomFailures),
        Ok(wire::RefusalPolicy::UpgradeCustomFailures) => Some(ErrorPolicy::UpgradeCustomFailures),
        Ok(wire::RefusalPolicy::Unspecified) | Err(_) => unknown("error_policies", violations),
    };
    numbers.iter().filter_map(one).collect()
}

pub(super) const fn write_policy(policy: ErrorPolicy) -> wire::RefusalPolicy {
    match policy {
        ErrorPolicy::DowngradeDnsFailures => wire::RefusalPolicy::DowngradeDnsFailures,
        ErrorPolicy::DowngradeCustomFailures => wire::RefusalPolicy::DowngradeCustomFailures,
        ErrorPolicy::UpgradeCustomFailures => wire::RefusalPolicy::UpgradeCustomFailures,
    }
}

fn unknown<T: Default>(field: &str, violations: &mut Violations) -> T {
    violations.add(field, UNKNOWN_VALUE);
    T::default()
}
