//! The form in which accepted values are stored.

use postroad_connector_model::{ConnectorDraft, HostAddress, SizeLimit, SmartHostDraft, TlsAuthLevel};

use super::sound::{by_mx, check, host, texts};

#[test]
fn hosts_are_stored_without_brackets_and_in_lower_case() {
    for (text, stored) in [
        ("[192.168.3.2]", "192.168.3.2"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:db8:0::1", "2001:db8::1"),
        ("Mail.Contoso.COM", "mail.contoso.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("localhost", "localhost"),
    ] {
        let read = HostAddress::parse(text).map(|host| host.to_string());
        assert_eq!(read.as_deref(), Some(stored), "{text}");
    }
}

#[test]
fn a_host_without_its_own_port_takes_the_connectors() {
    let connector = check(|d| {
        d.port = 2525;
        d.smart_hosts.push(SmartHostDraft { port: 25, ..host("192.168.3.2") });
    })
    .unwrap();
    let ports: Vec<_> = connector.smart_hosts.iter().map(|h| connector.smart_host_port(h)).collect();
    assert_eq!(ports, [2525, 25]);
}

#[test]
fn sizes_are_rounded_up_to_whole_kilobytes() {
    for (written, stored) in [
        (0, None),
        (1, Some(1024)),
        (1024, Some(1024)),
        (1025, Some(2048)),
        // The largest value stays writable, although it is no whole KB.
        (2_147_483_647, Some(2_147_483_647)),
    ] {
        let limit = SizeLimit::from_field(Some(written)).unwrap();
        assert_eq!(limit.bytes(), stored, "{written}");
    }
    let limit = SizeLimit::from_field(Some(1024)).unwrap();
    assert!(limit.allows(0) && limit.allows(1024) && !limit.allows(1025));
    assert!(SizeLimit::Unlimited.allows(u64::MAX));
}

#[test]
fn no_name_is_repaired_and_case_is_folded_for_comparison_only() {
    let connector = check(|d| d.name = "Ärger 10".to_owned()).unwrap();
    assert_eq!((connector.name.as_str(), connector.name.folded().as_str()), ("Ärger 10", "ärger 10"));
}

#[test]
fn domains_and_lists() {
    let draft = check(|d| {
        by_mx(d);
        d.require_tls = true;
        d.tls_auth_level = Some(TlsAuthLevel::DomainValidation);
        d.tls_domain = "*.Bücher.Example".to_owned();
        d.sender_filter = texts(&["Contoso.com", "contoso.COM"]);
        d.custom_failures = texts(&["550 5.7.1", "550 5.7.1"]);
        d.source_ip = "2001:DB8:0::1".to_owned();
    })
    .unwrap()
    .to_draft();
    assert_eq!(draft.tls_domain, "*.xn--bcher-kva.example");
    assert_eq!((draft.sender_filter.len(), draft.custom_failures.len()), (1, 1));
    assert_eq!(draft.source_ip, "2001:db8::1");
}

#[test]
fn the_tls_rank_is_the_highest_that_applies() {
    use postroad_connector_model::AuthMechanism as By;

    use super::sound::{basic, kerberos, named, oauth, static_token};
    type Change = fn(&mut ConnectorDraft);
    let rows: [(u8, Change); 12] = [
        (0, |d| d.ignore_starttls = true),
        (1, |_| {}),
        (2, |d| d.require_tls = true),
        (2, |d| (d.require_tls, d.tls_auth_level) = (true, Some(TlsAuthLevel::EncryptionOnly))),
        (2, |d| (d.auth_mechanism, d.credential) = (By::ExchangeServer, kerberos("u", true))),
        (2, |d| (d.auth_mechanism, d.client_certificate) = (By::External, "relays".to_owned())),
        (2, |d| d.smart_hosts[0].implicit_tls = true),
        (3, |d| (d.require_tls, d.tls_auth_level) = (true, Some(TlsAuthLevel::CertificateValidation))),
        (4, |d| {
            (d.require_tls, d.tls_auth_level) = (true, Some(TlsAuthLevel::DomainValidation));
            d.tls_domain = "contoso.com".to_owned();
        }),
        (4, |d| {
            named(d);
            (d.auth_mechanism, d.credential) = (By::BasicRequireTls, basic("u", true));
        }),
        (4, |d| {
            named(d);
            (d.auth_mechanism, d.credential) = (By::XOAuth2, oauth("u", static_token(true)));
        }),
        (4, |d| {
            named(d);
            (d.auth_mechanism, d.credential) = (By::OAuthBearer, oauth("u", static_token(true)));
        }),
    ];
    for (at, (rank, change)) in rows.into_iter().enumerate() {
        assert_eq!(check(change).unwrap().tls_rank().number(), rank, "row {at}");
    }
    let one_of_two = check(|d| {
        d.smart_hosts.push(host("b.example"));
        d.smart_hosts[0].implicit_tls = true;
    });
    assert_eq!(one_of_two.unwrap().tls_rank().number(), 1);
}
