use super::*;
use crate::connector::secret_slot::Slot;
use crate::connector::{catalogue, sample};
use crate::secret::Source;
use crate::{address_space, smart_host};

const WHOLE: &str = "\
name: first
enabled: false
address_spaces: ['*.x.example;5', {type: SMTP, space: y.example, cost: 2}]
smart_hosts:
  - '[2001:db8::1]:465,implicit-tls'
  - {host: h.example, port: 26, weight: 3}
port: 587
auth_mechanism: basic
credential:
  basic: {user: u, password: 'env:SECRET'}
require_tls: true
max_message_size: 10MB
final_reply_timeout: 30s
custom_failures: [550, 5.7.1]
labels: {tier: gold, rack: 7}
---
- name: second
  max_message_size: 1000
- name: third
  max_message_size: unlimited
  sender_filter:
";

#[test]
fn documents_and_lists_hold_connectors() {
    let entries = parse(WHOLE).unwrap();
    assert_eq!(entries.len(), 3);
    let first = &entries[0].change;
    let spaces: Vec<_> = first.connector.address_spaces.iter().map(address_space::show).collect();
    assert_eq!(spaces, ["SMTP:*.x.example;5", "SMTP:y.example;2"]);
    let hosts: Vec<_> = first.connector.smart_hosts.iter().map(smart_host::show).collect();
    assert_eq!(hosts, ["[2001:db8::1]:465,implicit-tls", "h.example:26,weight=3"]);
    assert_eq!(first.secrets, [(Slot::Password, Source::Variable("SECRET".into()))]);
    assert_eq!(first.connector.max_message_size, Some(10 << 20));
    assert_eq!(first.connector.custom_failures, ["550", "5.7.1"]);
    assert_eq!(first.connector.labels["rack"], "7");
    assert!(!first.mask.contains(&"comment".to_owned()));
    assert_eq!(entries[1].change.connector.max_message_size, Some(1000));
    assert_eq!(entries[2].change.connector.max_message_size, Some(0));
    assert_eq!(entries[2].change.mask, ["name", "max_message_size", "sender_filter"]);
}

#[test]
fn every_field_is_read_from_a_file() {
    let wanted = sample();
    let map: serde_json::Map<_, _> =
        catalogue::FIELDS.iter().map(|field| (field.path.to_owned(), field.json(&wanted))).collect();
    let entries = parse(&serde_yaml_ng::to_string(&map).unwrap()).unwrap();
    for field in catalogue::FIELDS {
        assert_eq!(field.json(&entries[0].change.connector), field.json(&wanted), "{}", field.path);
    }
}

#[test]
fn unknown_keys_are_told_with_their_lines() {
    let problems =
        parse("name: a\nsmarthosts: []\n---\nname: b\nport: 25\nsmart_hosts:\n  - host: h\n    prt: 3\n").err();
    let problems = problems.unwrap();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("smarthosts") && problems[0].contains("line 2"), "{problems:?}");
    assert!(problems[1].contains("prt") && problems[1].contains("line 7"), "{problems:?}");
}

#[test]
fn bad_values_are_told_with_their_lines() {
    for (text, says, line) in [
        ("name: a\naddress_spaces:\n  - '*x'\n", "A star stands alone", "line 3"),
        ("name: a\nfinal_reply_timeout: 30\n", "length of time", "line 2"),
        ("name: a\nmax_message_size: -1\n", "size", "line 2"),
        ("name: a\n\nauth_mechanism: plain\n", "NONE, BASIC", "line 3"),
        ("name: a\nsmart_hosts: ['h:0']\n", "is no port", "line 2"),
        ("name: a\nport: [25]\n", "one value", "line 2"),
        ("name: a\nrequire_tls: maybe\n", "true or false", "line 2"),
        ("name: a\nname: b\n", "twice", "line 2"),
        ("- name: a\n- 5\n", "invalid type", "line 2"),
    ] {
        let problems = parse(text).unwrap_err();
        assert!(problems[0].contains(says) && problems[0].contains(line), "{problems:?}");
    }
}

#[test]
fn a_secret_in_clear_is_refused_and_not_repeated() {
    let problems = parse("name: a\ncredential: {basic: {user: u, password: hunter2}}\n").unwrap_err();
    assert!(problems[0].contains("env:NAME") && problems[0].contains("line 2"), "{problems:?}");
    assert!(!problems[0].contains("hunter2"), "{problems:?}");
    for text in [
        "credential: {basic: {password: 271828}}\n",
        "credential: {oauth: {static_token: {token: 271828}}}\n",
        "credential: {kerberos: {keytab: 271828}}\n",
    ] {
        let number = parse(text).unwrap_err();
        assert!(!number[0].contains("271828"), "{number:?}");
    }
}

#[test]
fn an_empty_file_and_twins_are_refused() {
    assert!(parse("").is_err());
    assert!(parse("# nothing\n").is_err());
    assert!(parse("[{name: a}, {name: A}]").unwrap_err()[0].contains("two connectors"));
}

#[test]
fn a_connector_to_change_is_found_by_id_else_by_name() {
    let mut entries = parse("[{id: '7', name: new}, {name: old, port: 25}, {port: 25}]").unwrap().into_iter();
    let (target, change) = entries.next().unwrap().target().unwrap();
    assert_eq!((target.as_str(), change.mask), ("7", vec!["name".to_owned()]));
    let (target, change) = entries.next().unwrap().target().unwrap();
    assert_eq!((target.as_str(), change.mask), ("old", vec!["port".to_owned()]));
    assert!(entries.next().unwrap().target().is_err());
}
