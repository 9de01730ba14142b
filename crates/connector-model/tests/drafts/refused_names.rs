//! Name, comment, labels, and the names of what a connector refers to.

use std::time::Duration;

use postroad_connector_model::{ConnectorDraft, Usage};

use super::sound::{Row, basic, by_mx, check, host, linked, refuses, space, texts};

const NAME: (&str, &str) = ("name", "Give the connector a name of 1 to 64 printable characters.");
const RESOURCE: &str = "Write 1 to 64 letters, digits, dots, hyphens and underscores.";
const LABEL: &str = "At most 64 characters for a key and 256 for a value.";

#[test]
fn names_comments_and_labels() {
    let rows: &[Row] = &[
        (|d| d.name = String::new(), &[NAME]),
        (|d| d.name = "é".repeat(65), &[NAME]),
        (|d| d.name = " a".to_owned(), &[NAME]),
        (|d| d.name = "a ".to_owned(), &[NAME]),
        (|d| d.name = " ".to_owned(), &[NAME]),
        (|d| d.name = "a\u{a0}".to_owned(), &[NAME]),
        (|d| d.name = "a\u{7}b".to_owned(), &[NAME]),
        (|d| d.name = "a\r\nb".to_owned(), &[NAME]),
        (|d| d.name = "a\u{2028}b".to_owned(), &[NAME]),
        (|d| d.comment = "x".repeat(1025), &[("comment", "Too long.")]),
        (|d| d.labels = (0..33).map(|n| (n.to_string(), String::new())).collect(), &[("labels", "At most 32 labels.")]),
        (|d| d.labels = [("team".to_owned(), "x".repeat(257))].into(), &[("labels[team]", LABEL)]),
        (
            |d| d.labels = [("k".repeat(65), String::new())].into(),
            &[("labels[kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk]", LABEL)],
        ),
    ];
    refuses(rows);
}

#[test]
fn source_relays_and_scope() {
    const RELAY: &str = "Write the name of a relay, or group: and a label of relays.";
    let rows: &[Row] = &[
        (|d| d.scoped = true, &[("source_relays", "A scoped connector needs at least one source relay.")]),
        (
            |d| d.source_relays = texts(&["relay1", "group:edge", "RELAY1"]),
            &[("source_relays[2]", "This entry is already in the list.")],
        ),
        (
            |d| d.source_relays = texts(&["group:edge", "group:edge"]),
            &[("source_relays[1]", "This entry is already in the list.")],
        ),
        (|d| d.source_relays = texts(&[""]), &[("source_relays[0]", RELAY)]),
        (|d| d.source_relays = texts(&["relay 1"]), &[("source_relays[0]", RELAY)]),
        (|d| d.source_relays = texts(&["relay1", "group:"]), &[("source_relays[1]", RELAY)]),
        (
            |d| d.source_relays = (0..1001).map(|n| format!("relay{n}")).collect(),
            &[("source_relays", "At most 1000 source relays.")],
        ),
    ];
    refuses(rows);
}

#[test]
fn linked_listeners() {
    let rows: &[Row] = &[
        (
            |d| d.linked_listener = "appliances".to_owned(),
            &[("address_spaces", "A connector linked to a listener takes no address spaces.")],
        ),
        (
            |d| {
                linked(d);
                d.linked_listener = "a listener".to_owned();
            },
            &[("linked_listener", RESOURCE)],
        ),
        (
            |d| {
                linked(d);
                by_mx(d);
            },
            &[("dns_routing", "A connector linked to a listener must use smart hosts.")],
        ),
        (
            |d| {
                linked(d);
                d.max_message_size = Some(1);
            },
            &[("max_message_size", "A connector linked to a listener must be unlimited in size.")],
        ),
        (
            |d| {
                linked(d);
                d.sender_filter = texts(&["contoso.com"]);
            },
            &[("sender_filter", "A connector linked to a listener takes every sender.")],
        ),
    ];
    refuses(rows);
}

#[test]
fn every_usage_takes_mx_routing_and_smart_hosts() {
    // The limits of Exchange's admin page do not hold for its shell, nor here.
    for usage in [Usage::Custom, Usage::Internal, Usage::Internet, Usage::Partner] {
        assert!(check(|d| d.usage = usage).is_ok());
        let mx = |d: &mut ConnectorDraft| {
            d.usage = usage;
            by_mx(d);
        };
        assert!(check(mx).is_ok());
    }
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_fields() {
    let found = check(|d| {
        d.name = String::new();
        d.comment = "x".repeat(1025);
        d.address_spaces = vec![space("*.")];
        d.sender_filter = texts(&["@"]);
        d.scoped = true;
        d.max_message_size = Some(u64::MAX);
        d.dns_routing = Some(true);
        d.smart_hosts = vec![host("a:1")];
        d.port = 70_000;
        d.credential = basic("u", true);
        d.tls_domain = "*".to_owned();
        d.helo_name = "-".to_owned();
        d.source_ip = "localhost".to_owned();
        d.connection_inactivity_timeout = Some(Duration::ZERO);
        d.max_messages_per_connection = u32::MAX;
        d.max_connections = u32::MAX;
        d.max_messages_per_minute = u32::MAX;
        d.final_reply_timeout = Some(Duration::MAX);
        d.custom_failures = texts(&["250"]);
        d.labels = [(String::new(), "x".repeat(257))].into();
    })
    .unwrap_err();
    let fields: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "name",
            "comment",
            "address_spaces[0].space",
            "sender_filter[0]",
            "source_relays",
            "max_message_size",
            "dns_routing",
            "smart_hosts[0].host",
            "port",
            "credential",
            "tls_domain",
            "tls_domain",
            "helo_name",
            "source_ip",
            "connection_inactivity_timeout",
            "max_messages_per_connection",
            "max_connections",
            "max_messages_per_minute",
            "final_reply_timeout",
            "custom_failures[0]",
            "labels[]",
        ]
    );
}
