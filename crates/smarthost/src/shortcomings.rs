//! What this client cannot do yet.

use postroad_connector_model::{AddressFamily, Authentication, Connector, TlsAuthLevel};
use postroad_delivery::Shortcoming;

/// Everything in a connector that cannot be obeyed. What only spares time or work is not among it.
pub(crate) fn shortcomings(connector: &Connector, is_source: bool) -> Vec<Shortcoming> {
    let login = match connector.authentication {
        Authentication::None | Authentication::Basic { .. } | Authentication::ExternallySecured => None,
        // The certificate cannot be checked, so no password may go.
        Authentication::BasicRequireTls { .. } => Some("This relay cannot check a smart host's certificate yet."),
        Authentication::ExchangeServer { .. } => Some("This relay has no Kerberos."),
        Authentication::XOAuth2(_) | Authentication::OAuthBearer(_) => Some("This relay has no OAuth logins yet."),
        Authentication::External => Some("This relay cannot log in by a certificate yet."),
    };
    let checks =
        matches!(connector.tls_auth_level, Some(TlsAuthLevel::CertificateValidation | TlsAuthLevel::DomainValidation));
    let all = [
        (!is_source, "source_relays", "This relay is no source relay, and cannot hand mail on to one yet."),
        (connector.dns_routing, "dns_routing", "This relay cannot route by MX yet; give smart hosts."),
        (login.is_some(), "auth_mechanism", login.unwrap_or_default()),
        (checks, "tls_auth_level", "This relay cannot check a smart host's certificate yet."),
        (connector.client_certificate.is_some(), "client_certificate", "This relay cannot show a certificate yet."),
        (connector.trusted_roots.is_some(), "trusted_roots", "This relay cannot check a smart host's certificate yet."),
        (connector.force_helo, "force_helo", "This relay cannot say HELO instead of EHLO yet."),
        (connector.source_ip.is_some(), "source_ip", "This relay cannot choose its address yet."),
        (
            connector.address_family != AddressFamily::Any,
            "address_family",
            "This relay cannot choose a family of addresses yet.",
        ),
        (!connector.error_policies.is_empty(), "error_policies", "This relay cannot change replies yet."),
        (connector.max_connections.is_some(), "max_connections", "This relay cannot limit its connections yet."),
        (
            connector.max_messages_per_minute.is_some(),
            "max_messages_per_minute",
            "This relay cannot limit its messages yet.",
        ),
        (connector.xclient, "xclient", "This relay cannot send XCLIENT yet."),
        (connector.inject_trace_context, "inject_trace_context", "This relay cannot write traceparent fields yet."),
        (connector.mandatory, "mandatory", "This relay cannot tie its readiness to a smart host yet."),
    ];
    let met = all.into_iter().filter(|(is_met, ..)| *is_met);
    met.map(|(_, field, text)| Shortcoming { field, text }).collect()
}

#[cfg(test)]
mod tests {
    use postroad_connector_model::{
        AddressSpaceDraft, AuthMechanism, BasicDraft, ConnectorDraft, CredentialDraft, SmartHostDraft,
    };

    use super::*;

    fn fields(change: impl FnOnce(&mut ConnectorDraft), is_source: bool) -> Vec<&'static str> {
        let mut draft = ConnectorDraft {
            name: "c".to_owned(),
            address_spaces: vec![AddressSpaceDraft { space: "*".to_owned(), ..Default::default() }],
            smart_hosts: vec![SmartHostDraft { host: "h.example".to_owned(), weight: Some(7), ..Default::default() }],
            ..Default::default()
        };
        change(&mut draft);
        let connector = Connector::from_draft(draft).unwrap().0;
        shortcomings(&connector, is_source).into_iter().map(|shortcoming| shortcoming.field).collect()
    }

    #[test]
    fn what_can_be_done_is_no_shortcoming() {
        assert_eq!(fields(|_| {}, true), [""; 0]);
        let usual = |d: &mut ConnectorDraft| {
            d.require_tls = true;
            d.helo_name = "out.example".to_owned();
            d.auth_mechanism = AuthMechanism::Basic;
            d.credential = Some(CredentialDraft::Basic(BasicDraft { user: "u".to_owned(), has_password: true }));
            d.max_messages_per_connection = 3;
        };
        assert_eq!(fields(usual, true), [""; 0]);
        assert_eq!(fields(|d| d.auth_mechanism = AuthMechanism::ExternallySecured, true), [""; 0]);
    }

    #[test]
    fn everything_that_cannot_be_obeyed_is_named() {
        let by_mx = |d: &mut ConnectorDraft| {
            d.smart_hosts.clear();
            d.dns_routing = Some(true);
        };
        assert_eq!(fields(by_mx, false), ["source_relays", "dns_routing"]);
        let many = |d: &mut ConnectorDraft| {
            d.force_helo = true;
            d.source_ip = "192.0.2.1".to_owned();
            d.address_family = AddressFamily::Ipv4Only;
            d.max_connections = 1;
            d.max_messages_per_minute = 1;
            d.inject_trace_context = true;
            d.mandatory = true;
        };
        assert_eq!(
            fields(many, true),
            [
                "force_helo",
                "source_ip",
                "address_family",
                "max_connections",
                "max_messages_per_minute",
                "inject_trace_context",
                "mandatory"
            ]
        );
        let checked = |d: &mut ConnectorDraft| {
            d.require_tls = true;
            d.tls_auth_level = Some(TlsAuthLevel::CertificateValidation);
            d.client_certificate = "out".to_owned();
            d.trusted_roots = "roots".to_owned();
            d.auth_mechanism = AuthMechanism::External;
        };
        assert_eq!(fields(checked, true), ["auth_mechanism", "tls_auth_level", "client_certificate", "trusted_roots"]);
    }
}
