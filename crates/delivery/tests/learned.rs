//! F3: what is offered to clients is what every host can honour, as it said last.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::time::{Duration, Instant};

use postroad_connector_model::{
    AddressSpaceDraft, AuthMechanism, BasicDraft, Connector, ConnectorDraft, CredentialDraft, SmartHostDraft,
};
use postroad_delivery::{HEADER_ROOM, Learned, extensions};
use postroad_smtp_codec::{Capabilities, Extensions, Limits};

type Lack = fn(&mut Capabilities);
type Left = fn(&mut Extensions);
type Change = fn(&mut ConnectorDraft);

const EVERYTHING: Capabilities = Capabilities {
    pipelining: true,
    eight_bit_mime: true,
    smtp_utf8: true,
    dsn: true,
    chunking: true,
    binary_mime: true,
    enhanced_status_codes: true,
    starttls: true,
    require_tls: true,
    size: true,
    max_size: None,
    limits: Limits { max_transactions: None, max_recipients: None, max_recipient_domains: None },
    auth: postroad_smtp_codec::AuthMechanisms { plain: false, login: false },
};

fn account(user: &str) -> Option<CredentialDraft> {
    Some(CredentialDraft::Basic(BasicDraft { user: user.to_owned(), has_password: true }))
}

fn draft(id: &str, hosts: &[&str]) -> ConnectorDraft {
    let host = |host: &&str| SmartHostDraft { host: (*host).to_owned(), port: 25, ..SmartHostDraft::default() };
    ConnectorDraft {
        id: id.to_owned(),
        name: id.to_owned(),
        address_spaces: vec![AddressSpaceDraft { space: "*".to_owned(), ..AddressSpaceDraft::default() }],
        smart_hosts: hosts.iter().map(host).collect(),
        max_message_size: Some(0),
        ..ConnectorDraft::default()
    }
}

fn connector(draft: ConnectorDraft) -> Connector {
    Connector::from_draft(draft).unwrap().0
}

fn learnt(connectors: &[Connector], offers: impl Fn(usize) -> Capabilities) -> Learned {
    let mut learned = Learned::default();
    let hosts = connectors.iter().flat_map(|connector| connector.smart_hosts.iter().map(move |host| (connector, host)));
    for (at, (connector, host)) in hosts.enumerate() {
        assert!(learned.learn(connector, host, &offers(at)));
    }
    learned
}

#[test]
fn f3_before_any_host_has_answered_it_is_8bitmime_and_the_connectors_size() {
    let mut small = draft("small", &["a.example"]);
    small.max_message_size = Some(2048);
    let connectors = [connector(small), connector(draft("large", &["b.example"]))];
    let expected = Extensions { max_size: Some(2048), ..Extensions::of_unknown_host() };
    assert_eq!(extensions(&connectors, &Learned::default()), expected);
    assert!(expected.eight_bit_mime && !expected.smtp_utf8 && !expected.dsn);
    // Without a connector nothing more is promised either.
    assert_eq!(extensions([], &Learned::default()), Extensions::of_unknown_host());
}

#[test]
fn f3_e3d_e5a_one_host_that_lacks_an_extension_takes_it_from_the_list() {
    let connectors = [connector(draft("A", &["a.example", "b.example"])), connector(draft("B", &["c.example"]))];
    assert_eq!(extensions(&connectors, &learnt(&connectors, |_| EVERYTHING)), Extensions::all());
    let lacks: [(Lack, Left); 6] = [
        (|host| host.dsn = false, |all| all.dsn = false),
        (|host| host.smtp_utf8 = false, |all| all.smtp_utf8 = false),
        (|host| host.binary_mime = false, |all| all.binary_mime = false),
        // Binary content goes by BDAT only.
        (|host| host.chunking = false, |all| all.binary_mime = false),
        (|host| host.require_tls = false, |all| all.require_tls = false),
        // SMTPUTF8 is nothing without it.
        (|host| host.eight_bit_mime = false, |all| (all.eight_bit_mime, all.smtp_utf8) = (false, false)),
    ];
    for (lack, left) in lacks {
        for which in 0..3 {
            let learned = learnt(&connectors, |at| {
                let mut host = EVERYTHING;
                if at == which {
                    lack(&mut host);
                }
                host
            });
            let mut expected = Extensions::all();
            left(&mut expected);
            assert_eq!(extensions(&connectors, &learned), expected, "host {which}");
        }
    }
}

#[test]
fn f3_e1a_e13_of_limits_the_smallest_counts_and_size_leaves_room_for_our_header() {
    let connectors = [connector(draft("A", &["a.example", "b.example"]))];
    let learned = learnt(&connectors, |at| Capabilities {
        max_size: Some([10_000_000, 5_000_000][at]),
        limits: Limits { max_recipients: [Some(500), None][at], ..Limits::default() },
        ..EVERYTHING
    });
    let offered = extensions(&connectors, &learned);
    assert_eq!((offered.max_size, offered.max_recipients), (Some(5_000_000 - HEADER_ROOM), Some(500)));
    // No limit is ever told where there is one.
    let learned = learnt(&connectors, |_| Capabilities { max_size: Some(10), ..EVERYTHING });
    assert_eq!(extensions(&connectors, &learned).max_size, Some(1));
}

#[test]
fn f3_a_connector_that_cannot_be_chosen_takes_nothing_away() {
    let mut disabled = draft("disabled", &["a.example"]);
    disabled.enabled = Some(false);
    let mut foreign = draft("foreign", &["b.example"]);
    foreign.address_spaces[0].kind = "X400".to_owned();
    foreign.address_spaces[0].space = "c=us".to_owned();
    let used = connector(draft("used", &["c.example"]));
    let mut learned = Learned::default();
    learned.learn(&used, &used.smart_hosts[0], &EVERYTHING);
    assert_eq!(extensions(&[connector(disabled), connector(foreign), used], &learned), Extensions::all());
}

#[test]
fn f3_saying_the_same_again_is_no_change() {
    let one = connector(draft("A", &["a.example"]));
    let mut learned = Learned::default();
    assert!(learned.learn(&one, &one.smart_hosts[0], &EVERYTHING));
    assert!(!learned.learn(&one, &one.smart_hosts[0], &EVERYTHING));
    assert!(learned.learn(&one, &one.smart_hosts[0], &Capabilities { dsn: false, ..EVERYTHING }));
    assert_eq!(learned.len(), 1);
}

/// Which fields belong to a connection, each changed alone.
#[test]
fn th21_f3_what_was_learned_lasts_as_long_as_the_fields_of_the_connection() {
    let base = || ConnectorDraft {
        auth_mechanism: AuthMechanism::Basic,
        credential: account("user"),
        ..draft("A", &["a.example"])
    };
    let changes: [(&str, bool, Change); 12] = [
        ("comment", true, |draft| draft.comment = "new".to_owned()),
        ("name", true, |draft| draft.name = "new".to_owned()),
        ("size", true, |draft| draft.max_message_size = Some(4096)),
        ("spaces", true, |draft| draft.address_spaces[0].space = "x.example".to_owned()),
        ("labels", true, |draft| drop(draft.labels.insert("a".to_owned(), "b".to_owned()))),
        ("one more host", true, |draft| {
            draft.smart_hosts.push(SmartHostDraft { host: "z.example".into(), ..Default::default() })
        }),
        ("host", false, |draft| draft.smart_hosts[0].host = "b.example".to_owned()),
        ("port", false, |draft| draft.smart_hosts[0].port = 26),
        ("implicit TLS", false, |draft| draft.smart_hosts[0].implicit_tls = true),
        ("require TLS", false, |draft| draft.require_tls = true),
        ("user", false, |draft| draft.credential = account("other")),
        ("helo", false, |draft| draft.helo_name = "other.example".to_owned()),
    ];
    let before = connector(base());
    for (what, lasts, change) in changes {
        let mut learned = learnt(std::slice::from_ref(&before), |_| EVERYTHING);
        let mut changed = base();
        change(&mut changed);
        let after = connector(changed);
        assert_eq!(learned.offered(&after, &after.smart_hosts[0]).is_some(), lasts, "{what}");
        assert_eq!(learned.keep_only([&after]), !lasts, "{what}");
        assert_eq!(learned.is_empty(), !lasts, "{what}");
    }
    let mut learned = learnt(std::slice::from_ref(&before), |_| EVERYTHING);
    assert!(learned.keep_only([]) && learned.is_empty(), "a connector that is gone");
    // Another connector to the same host has its own.
    let other = connector(ConnectorDraft { id: "B".to_owned(), ..base() });
    assert!(learnt(&[before], |_| EVERYTHING).offered(&other, &other.smart_hosts[0]).is_none());
}

/// It is worked out anew when something changes, so it must be cheap with as many connectors as there may be.
#[test]
fn f3_ten_thousand_connectors_are_cheap() {
    let connectors: Vec<_> =
        (0..10_000).map(|at| connector(draft(&format!("c{at}"), &["a.example", "b.example"]))).collect();
    let mut learned = learnt(&connectors, |_| EVERYTHING);
    let began = Instant::now();
    assert_eq!(extensions(&connectors, &learned), Extensions::all());
    assert!(!learned.keep_only(&connectors));
    let took = began.elapsed();
    println!("10,000 connectors with 2 hosts each: {took:?}");
    assert!(took < Duration::from_millis(500), "{took:?}");
}
