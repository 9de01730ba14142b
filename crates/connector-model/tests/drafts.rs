//! The operator's table of refused combinations, row by row, and the stored form of what is accepted.
#![allow(
    clippy::indexing_slicing,
    reason = "the rows of the table change the one host and the one space that the sound draft has"
)]

use std::time::Duration;

use postroad_connector_model::{
    AddressSpaceDraft, AuthMechanism, Authentication, BasicDraft, Connector, ConnectorDraft, CredentialDraft,
    HostAddress, SizeLimit, SmartHostDraft,
};
use proptest::prelude::*;

fn space(text: &str) -> AddressSpaceDraft {
    AddressSpaceDraft { space: text.to_owned(), ..AddressSpaceDraft::default() }
}

fn host(text: &str) -> SmartHostDraft {
    SmartHostDraft { host: text.to_owned(), ..SmartHostDraft::default() }
}

fn basic(user: &str, has_password: bool) -> Option<CredentialDraft> {
    Some(CredentialDraft::Basic(BasicDraft { user: user.to_owned(), has_password }))
}

/// The smallest draft that is accepted.
fn sound() -> ConnectorDraft {
    ConnectorDraft {
        id: "c0ffee00-0000-4000-8000-000000000001".to_owned(),
        name: "Smart host to Internet".to_owned(),
        address_spaces: vec![space("*")],
        smart_hosts: vec![host("192.168.3.2")],
        ..ConnectorDraft::default()
    }
}

fn check(change: fn(&mut ConnectorDraft)) -> Result<Connector, Vec<(String, String)>> {
    let mut draft = sound();
    change(&mut draft);
    Connector::from_draft(draft)
        .map(|(connector, _)| connector)
        .map_err(|violations| violations.0.into_iter().map(|v| (v.field, v.text)).collect())
}

const NAME: &str = "Give the connector a name of 1 to 64 printable characters.";
const TWICE: &str = "This entry is already in the list.";
const COST: &str = "Cost must be a whole number from 1 to 100.";
const HOST: &str = "Write an IP address or a host name; the port has its own field.";
const PORT: &str = "Must be from 0 to 65535.";
const LOGIN: &str = "This mechanism needs a user name and a password.";
const LABEL: &str = "At most 64 characters for a key and 256 for a value.";
const TIMEOUT: &str = "Must be 0, or from 1 second to 10 minutes.";

type Row = (fn(&mut ConnectorDraft), &'static str, &'static str);

const REFUSED: &[Row] = &[
    (|d| d.name = String::new(), "name", NAME),
    (|d| d.name = "é".repeat(65), "name", NAME),
    (|d| d.name = " a".to_owned(), "name", NAME),
    (|d| d.name = "a\u{a0}".to_owned(), "name", NAME),
    (|d| d.name = "a\u{7}b".to_owned(), "name", NAME),
    (|d| d.comment = "x".repeat(1025), "comment", "Too long."),
    (|d| d.address_spaces.clear(), "address_spaces", "Say which domains the connector serves, for example *."),
    (
        |d| d.address_spaces = (0..1001).map(|n| space(&format!("d{n}.example"))).collect(),
        "address_spaces",
        "At most 1000 address spaces.",
    ),
    (
        |d| d.address_spaces.push(space("*contoso.com")),
        "address_spaces[1].space",
        "A star stands alone or before a dot and a domain: * or *.contoso.com.",
    ),
    (
        |d| d.address_spaces[0].space = "--".to_owned(),
        "address_spaces[0].space",
        "Postroad has no accepted domains; write them out.",
    ),
    (|d| d.address_spaces[0].cost = Some(0), "address_spaces[0].cost", COST),
    (|d| d.address_spaces[0].cost = Some(101), "address_spaces[0].cost", COST),
    (|d| d.address_spaces[0].cost = Some(257), "address_spaces[0].cost", COST),
    (
        |d| d.address_spaces = vec![space("bücher.example"), space("*"), space("XN--BCHER-KVA.example")],
        "address_spaces[2]",
        TWICE,
    ),
    (
        |d| {
            d.address_spaces.push(AddressSpaceDraft { kind: "smtp".to_owned(), space: "*".to_owned(), cost: Some(7) });
        },
        "address_spaces[1]",
        TWICE,
    ),
    (|d| d.smart_hosts.clear(), "smart_hosts", "Add at least one smart host, or set dns_routing to true."),
    (
        |d| d.smart_hosts = (0..101).map(|n| host(&format!("h{n}.example"))).collect(),
        "smart_hosts",
        "At most 100 smart hosts.",
    ),
    (|d| d.smart_hosts.push(host("[192.168.3.2]")), "smart_hosts[1]", TWICE),
    (
        |d| {
            d.smart_hosts.push(SmartHostDraft { port: 25, ..host("192.168.3.2") });
        },
        "smart_hosts[1]",
        TWICE,
    ),
    (|d| d.smart_hosts[0].host = String::new(), "smart_hosts[0].host", HOST),
    (|d| d.smart_hosts[0].host = "smtp://a.example".to_owned(), "smart_hosts[0].host", HOST),
    (|d| d.smart_hosts[0].host = "a.example:587".to_owned(), "smart_hosts[0].host", HOST),
    (|d| d.smart_hosts[0].host = "[2001:db8::1]:587".to_owned(), "smart_hosts[0].host", HOST),
    (|d| d.smart_hosts[0].host = "*.example".to_owned(), "smart_hosts[0].host", HOST),
    (|d| d.smart_hosts[0].host = "192.168.3".to_owned(), "smart_hosts[0].host", HOST),
    (|d| d.smart_hosts[0].host = "[a.example]".to_owned(), "smart_hosts[0].host", HOST),
    (|d| d.smart_hosts[0].host = "a\r\nb".to_owned(), "smart_hosts[0].host", HOST),
    (|d| d.port = 65536, "port", PORT),
    (|d| d.smart_hosts[0].port = 65536, "smart_hosts[0].port", PORT),
    (|d| d.auth_mechanism = AuthMechanism::Basic, "credential", LOGIN),
    (
        |d| {
            d.auth_mechanism = AuthMechanism::Basic;
            d.credential = basic("", true);
        },
        "credential",
        LOGIN,
    ),
    (
        |d| {
            d.auth_mechanism = AuthMechanism::Basic;
            d.credential = basic("u", false);
        },
        "credential",
        LOGIN,
    ),
    (
        |d| {
            d.auth_mechanism = AuthMechanism::Basic;
            d.credential = basic("u\0v", true);
        },
        "credential.basic.user",
        "A user name holds no control characters.",
    ),
    (|d| d.credential = basic("u", true), "credential", "The chosen mechanism uses no credential."),
    (
        |d| {
            d.require_tls = true;
            d.ignore_starttls = true;
        },
        "ignore_starttls",
        "TLS is required, so STARTTLS cannot be ignored.",
    ),
    (
        |d| {
            d.ignore_starttls = true;
            d.smart_hosts[0].implicit_tls = true;
        },
        "smart_hosts[0].implicit_tls",
        "implicit_tls means TLS; ignore_starttls means none.",
    ),
    (|d| d.helo_name = "bücher.example".to_owned(), "helo_name", "Write a fully qualified host name."),
    (|d| d.helo_name = "a b".to_owned(), "helo_name", "Write a fully qualified host name."),
    (|d| d.max_message_size = Some(2_147_483_648), "max_message_size", "The largest value is 2147483647."),
    (|d| d.final_reply_timeout = Some(Duration::from_millis(999)), "final_reply_timeout", TIMEOUT),
    (|d| d.final_reply_timeout = Some(Duration::from_millis(600_001)), "final_reply_timeout", TIMEOUT),
    (|d| d.labels = (0..33).map(|n| (n.to_string(), String::new())).collect(), "labels", "At most 32 labels."),
    (|d| d.labels = [("team".to_owned(), "x".repeat(257))].into(), "labels[team]", LABEL),
    (
        |d| d.labels = [("kkkkkkkkkkkkkkkk".repeat(5), String::new())].into(),
        "labels[kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk]",
        LABEL,
    ),
];

#[test]
fn each_refused_draft_has_its_field_and_its_text() {
    for (row, (change, field, text)) in REFUSED.iter().enumerate() {
        let found = check(*change).expect_err(&format!("row {row} ({field}) was accepted"));
        assert_eq!(found, [((*field).to_owned(), (*text).to_owned())], "row {row}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let found = check(|d| {
        d.name = String::new();
        d.address_spaces = vec![space("*.")];
        d.smart_hosts = vec![host("a:1"), SmartHostDraft { port: 70_000, ..host("b.example") }];
        d.port = 70_000;
        d.credential = basic("u", true);
        d.helo_name = "-".to_owned();
        d.max_message_size = Some(u64::MAX);
        d.final_reply_timeout = Some(Duration::MAX);
    })
    .unwrap_err();
    let fields: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "name",
            "address_spaces[0].space",
            "smart_hosts[0].host",
            "smart_hosts[1].port",
            "port",
            "credential",
            "helo_name",
            "max_message_size",
            "final_reply_timeout",
        ]
    );
}

#[test]
fn what_is_absent_becomes_its_default() {
    let (connector, warnings) = Connector::from_draft(sound()).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert!(connector.enabled);
    assert_eq!(connector.port, 25);
    assert_eq!(connector.max_message_size.bytes(), Some(36_700_160));
    assert_eq!(connector.address_spaces[0].to_string(), "SMTP:*;1");
    assert_eq!(connector.authentication, Authentication::None);
    assert_eq!((connector.helo_name, connector.final_reply_timeout), (None, None));
}

#[test]
fn values_at_their_bounds_are_accepted() {
    let connector = check(|d| {
        d.name = "é".repeat(64);
        d.comment = "é".repeat(1024);
        d.address_spaces = (0..1000).map(|n| space(&format!("d{n}.example"))).collect();
        d.smart_hosts = (0..100).map(|n| host(&format!("h{n}.example"))).collect();
        d.port = 65_535;
        d.labels = (0..32).map(|n| (format!("{n:064}"), "é".repeat(256))).collect();
        d.final_reply_timeout = Some(Duration::from_secs(600));
        d.address_spaces[0].cost = Some(100);
    })
    .unwrap();
    assert_eq!(connector.port, 65_535);
    assert_eq!(connector.address_spaces[0].cost, 100);
}

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
fn a_password_that_may_go_in_clear_is_warned_of() {
    let warned = |change: fn(&mut ConnectorDraft)| {
        let mut draft = sound();
        draft.auth_mechanism = AuthMechanism::Basic;
        draft.credential = basic("u", true);
        change(&mut draft);
        let (_, warnings) = Connector::from_draft(draft).unwrap();
        warnings.into_iter().map(|w| w.field).collect::<Vec<_>>()
    };
    assert_eq!(warned(|_| ()), ["require_tls"]);
    assert_eq!(warned(|d| d.ignore_starttls = true), ["require_tls"]);
    assert!(warned(|d| d.require_tls = true).is_empty());
    assert!(warned(|d| d.smart_hosts[0].implicit_tls = true).is_empty());
}

#[test]
fn a_space_that_matches_nothing_is_warned_of() {
    let mut draft = sound();
    draft.address_spaces.push(AddressSpaceDraft { kind: "fax".to_owned(), ..space("+420 5550100") });
    let (_, warnings) = Connector::from_draft(draft).unwrap();
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].field, "address_spaces[1].type");
    assert!(warnings[0].text.contains("FAX:+420 5550100;1"), "{}", warnings[0].text);
}

#[test]
fn no_name_is_repaired_and_case_is_folded_for_comparison_only() {
    let connector = check(|d| d.name = "Ärger 10".to_owned()).unwrap();
    assert_eq!((connector.name.as_str(), connector.name.folded().as_str()), ("Ärger 10", "ärger 10"));
}

prop_compose! {
    fn any_draft()(
        enabled in proptest::option::of(any::<bool>()),
        costs in proptest::collection::vec(proptest::option::of(1..=100_u32), 1..5),
        ports in proptest::collection::vec(0..=65_535_u32, 1..5),
        (port, size) in (0..=65_535_u32, proptest::option::of(0..=2_147_483_647_u64)),
        (login, require_tls, ignore_starttls) in any::<(bool, bool, bool)>(),
        helo in prop_oneof![Just(""), Just("Mail.Contoso.com")],
        seconds in proptest::option::of(0..=600_u64),
    ) -> ConnectorDraft {
        ConnectorDraft {
            enabled,
            address_spaces: costs.iter().enumerate()
                .map(|(n, &cost)| AddressSpaceDraft { cost, ..space(&format!("*.D{n}.example")) })
                .collect(),
            smart_hosts: ports.iter().enumerate()
                .map(|(n, &port)| SmartHostDraft { port, ..host(&format!("[2001:DB8::{n}]")) })
                .collect(),
            port,
            max_message_size: size,
            auth_mechanism: if login { AuthMechanism::Basic } else { AuthMechanism::None },
            credential: if login { basic("u", true) } else { None },
            require_tls,
            ignore_starttls: ignore_starttls && !require_tls,
            helo_name: helo.to_owned(),
            final_reply_timeout: seconds.map(Duration::from_secs),
            ..sound()
        }
    }
}

proptest! {
    #[test]
    fn the_draft_of_a_connector_gives_it_back(draft in any_draft()) {
        let (connector, warnings) = Connector::from_draft(draft).unwrap();
        let again = Connector::from_draft(connector.to_draft());
        prop_assert_eq!(again, Ok((connector, warnings)));
    }
}
