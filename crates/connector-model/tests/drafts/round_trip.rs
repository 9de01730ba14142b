//! The draft of a connector gives it back, whatever its fields hold.

use std::time::Duration;

use postroad_connector_model::{
    AddressFamily, AddressSpaceDraft, AuthMechanism, Connector, ConnectorDraft, CredentialDraft, ErrorPolicy,
    SmartHostDraft, TlsAuthLevel, TokenSourceDraft, Usage,
};
use proptest::prelude::*;

use super::sound::{basic, client, host, kerberos, linked, oauth, sound, space, static_token, texts};

/// How a connector logs in and what TLS must be, as far as they go together.
#[derive(Clone, Debug)]
struct Security {
    mechanism: AuthMechanism,
    credential: Option<CredentialDraft>,
    /// 0: STARTTLS is ignored; 1: taken; 2: required; from 3 on with a level.
    tls: u8,
}

fn logins() -> impl Strategy<Value = (AuthMechanism, Option<CredentialDraft>)> {
    let refresh = |has_client_secret| {
        let client = client();
        Some(TokenSourceDraft::RefreshToken { client, has_client_secret, has_refresh_token: true })
    };
    let by_client = Some(TokenSourceDraft::ClientCredentials { client: client(), has_client_secret: true });
    prop_oneof![
        Just((AuthMechanism::None, None)),
        Just((AuthMechanism::ExternallySecured, None)),
        Just((AuthMechanism::External, None)),
        Just((AuthMechanism::Basic, basic("u", true))),
        Just((AuthMechanism::BasicRequireTls, basic("ü", true))),
        Just((AuthMechanism::ExchangeServer, kerberos("u@CONTOSO.COM", true))),
        Just((AuthMechanism::XOAuth2, oauth("u", static_token(true)))),
        Just((AuthMechanism::XOAuth2, oauth("u", by_client))),
        any::<bool>().prop_map(move |public| (AuthMechanism::OAuthBearer, oauth("u", refresh(!public)))),
    ]
}

fn securities() -> impl Strategy<Value = Security> {
    (logins(), 0..6_u8).prop_map(|((mechanism, credential), tls)| {
        let clear = matches!(mechanism, AuthMechanism::None | AuthMechanism::Basic | AuthMechanism::ExternallySecured);
        Security { mechanism, credential, tls: if clear { tls } else { tls.max(1) } }
    })
}

/// Empty, or one of these.
fn or_none(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), proptest::sample::select(values).prop_map(str::to_owned)]
}

/// Any of these, in their order.
fn some_of(values: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    proptest::sample::subsequence(values, 0..=values.len()).prop_map(|values| texts(&values))
}

fn spans(seconds: std::ops::RangeInclusive<u64>) -> impl Strategy<Value = Option<Duration>> {
    proptest::option::of(seconds.prop_map(Duration::from_secs))
}

prop_compose! {
    fn any_hosts()(
        hosts in proptest::collection::vec(
            (0..=65_535_u32, any::<bool>(), 0..=65_535_u32, proptest::option::of(0..=65_535_u32)), 0..4),
    ) -> Vec<SmartHostDraft> {
        let written = |(n, (port, implicit_tls, priority, weight))| {
            SmartHostDraft { port, implicit_tls, priority, weight, ..host(&format!("H{n}.Example")) }
        };
        hosts.into_iter().enumerate().map(written).collect()
    }
}

prop_compose! {
    fn any_route()(
        spaces in proptest::collection::vec(
            (proptest::sample::select(vec!["", "smtp"]), proptest::option::of(1..=100_u32)), 1..4),
        listener in any::<bool>(),
        sender_filter in some_of(&["App@Contoso.com", "contoso.com", "*.contoso.com", "<>"]),
        source_relays in some_of(&["Relay-1", "group:edge", "group:tier=edge"]),
        scoped in any::<bool>(),
        smart_hosts in any_hosts(),
        size in proptest::option::of(0..=2_147_483_647_u64),
        usage in proptest::sample::select(vec![Usage::Custom, Usage::Internal, Usage::Internet, Usage::Partner]),
    ) -> ConnectorDraft {
        let written = |(n, (kind, cost)): (usize, (&str, _))| {
            AddressSpaceDraft { kind: kind.to_owned(), cost, ..space(&format!("*.D{n}.example")) }
        };
        let mut draft = ConnectorDraft {
            usage,
            address_spaces: spaces.into_iter().enumerate().map(written).collect(),
            scoped: scoped && !source_relays.is_empty(),
            source_relays,
            dns_routing: Some(smart_hosts.is_empty()),
            max_message_size: size,
            smart_hosts,
            sender_filter,
            ..sound()
        };
        if listener && !draft.smart_hosts.is_empty() {
            linked(&mut draft);
            draft.max_message_size = None;
            draft.sender_filter.clear();
        }
        draft
    }
}

prop_compose! {
    fn any_values()(
        (enabled, xclient, verbose, inject, mandatory) in any::<(Option<bool>, bool, bool, bool, bool)>(),
        comment in "\\PC{0,20}",
        labels in proptest::collection::btree_map("[a-z]{1,8}", "\\PC{0,8}", 0..4),
        (port, per_connection) in (0..=65_535_u32, 0..=2_147_483_647_u32),
        (connections, per_minute) in (0..=65_535_u32, 0..=2_147_483_647_u32),
        (idle, reply) in (spans(1..=86_400), spans(0..=600)),
        helo in or_none(&["Mail.Contoso.com"]),
        source_ip in or_none(&["10.0.0.1", "2001:DB8::1", "0.0.0.0", "::"]),
        family in proptest::sample::select(vec![AddressFamily::Any, AddressFamily::Ipv4Only, AddressFamily::Ipv6Only]),
        policies in proptest::sample::subsequence(vec![
            ErrorPolicy::DowngradeDnsFailures,
            ErrorPolicy::DowngradeCustomFailures,
            ErrorPolicy::UpgradeCustomFailures,
        ], 0..=3),
    ) -> ConnectorDraft {
        let fits = match source_ip.as_str() {
            "10.0.0.1" => family != AddressFamily::Ipv6Only,
            "2001:DB8::1" => family != AddressFamily::Ipv4Only,
            _ => true,
        };
        ConnectorDraft {
            comment, enabled, labels, port,
            helo_name: helo,
            source_ip: if fits { source_ip } else { String::new() },
            address_family: family,
            connection_inactivity_timeout: idle,
            max_messages_per_connection: per_connection,
            max_connections: connections,
            max_messages_per_minute: per_minute,
            final_reply_timeout: reply,
            error_policies: policies,
            custom_failures: texts(&["550", "5.7.1", "451 4.3.2"]),
            verbose_protocol_log: verbose,
            xclient,
            inject_trace_context: inject,
            mandatory,
            ..sound()
        }
    }
}

/// Puts the parts together, as far as the rules let them.
fn whole(route: ConnectorDraft, values: ConnectorDraft, security: Security, force_helo: bool) -> ConnectorDraft {
    let ConnectorDraft { address_spaces, linked_listener, sender_filter, scoped, source_relays, .. } = route;
    let ConnectorDraft { max_message_size, dns_routing, smart_hosts, usage, .. } = route;
    let mut draft = ConnectorDraft { address_spaces, linked_listener, sender_filter, scoped, source_relays, ..values };
    draft = ConnectorDraft { max_message_size, dns_routing, smart_hosts, usage, ..draft };
    if dns_routing == Some(false) {
        draft.auth_mechanism = security.mechanism;
        draft.credential = security.credential;
    }
    draft.ignore_starttls = security.tls == 0;
    draft.require_tls = security.tls >= 2;
    draft.tls_auth_level = match security.tls {
        3 => Some(TlsAuthLevel::EncryptionOnly),
        4 => Some(TlsAuthLevel::CertificateValidation),
        5 => Some(TlsAuthLevel::DomainValidation),
        _ => None,
    };
    if draft.tls_auth_level == Some(TlsAuthLevel::DomainValidation) {
        draft.tls_domain = "*.Contoso.com".to_owned();
    }
    if draft.ignore_starttls {
        draft.smart_hosts.iter_mut().for_each(|host| host.implicit_tls = false);
    } else {
        draft.client_certificate = "Relays".to_owned();
        draft.trusted_roots = "partner.roots".to_owned();
    }
    let logs_in = !matches!(draft.auth_mechanism, AuthMechanism::None | AuthMechanism::ExternallySecured);
    draft.force_helo = force_helo && !draft.require_tls && !draft.xclient && !logs_in;
    draft
}

proptest! {
    #[test]
    fn the_draft_of_a_connector_gives_it_back(
        route in any_route(),
        values in any_values(),
        security in securities(),
        force_helo in any::<bool>(),
    ) {
        let (connector, warnings) = match Connector::from_draft(whole(route, values, security, force_helo)) {
            Ok(read) => read,
            Err(violations) => return Err(TestCaseError::fail(violations.to_string())),
        };
        let stored = connector.to_draft();
        let again = Connector::from_draft(stored.clone());
        prop_assert_eq!(&again, &Ok((connector, warnings)));
        // The stored form is its own stored form.
        prop_assert_eq!(again.unwrap().0.to_draft(), stored);
    }
}
