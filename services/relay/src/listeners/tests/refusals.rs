//! What is refused, and how it is said.

use super::{load, problems};

const LISTENER: &str = "listeners:\n- {name: a, listen: '127.0.0.1:0', mode: smtp";

/// Each file is one listener with these fields more; one of its problems must begin so.
#[test]
fn every_problem_names_its_field() {
    for (fields, problem) in [
        (", nonsense: 1", "listeners[0].nonsense: there is no such field"),
        (", tls: {certificate: c.pem}", "listeners[0].tls.key: it is missing"),
        (", limits: {max_recipients: 99}", "listeners[0].limits.max_recipients: write a whole number from 100"),
        (", timeouts: {command: 0s}", "listeners[0].timeouts.command: "),
        (", allow_networks: [10.0.0.0/33]", "listeners[0].allow_networks[0]: "),
        (", xclient: {from: []}", "listeners[0].xclient.from: it is empty"),
        (", tls: {certificate: c, key: k}, auth: {mechanisms: [PLAIN]}", "listeners[0].auth.users: it is missing"),
        (", trace: {trust: all}", "listeners[0].trace.trust: "),
        (", host_name: 'a b'", "listeners[0].host_name: "),
    ] {
        let text = format!("{LISTENER}{fields}}}\n");
        let problems = problems(&text);
        let said = problems.iter().any(|line| line.contains(&format!(": {problem}")));
        assert!(said, "{fields}: {problem:?} is not among {problems:#?}");
    }
}

#[test]
fn everything_wrong_is_said_at_once() {
    let text = format!("{LISTENER}, nonsense: 1, limits: {{max_errors: 1}}}}\n- {{name: a, mode: other}}\n");
    let problems = problems(&text);
    for path in ["listeners[0].nonsense", "listeners[0].limits.max_errors", "listeners[1].mode"] {
        assert!(problems.iter().any(|line| line.contains(path)), "{path}: {problems:#?}");
    }
}

#[test]
fn th06_an_open_relay_is_refused_unless_it_is_said_in_so_many_words() {
    for fields in [
        ", allow_networks: [0.0.0.0/0]",
        ", allow_networks: [0.0.0.0/1, 128.0.0.0/1]",
        ", allow_networks: ['::/0']",
        ", allow_networks: ['::ffff:0:0/96']",
        ", allow_networks: [64.0.0.0/7]",
        ", proxy_protocol: {from: [0.0.0.0/0]}",
        ", xclient: {from: ['::/0']}",
    ] {
        assert!(!problems(&format!("{LISTENER}{fields}}}\n")).is_empty(), "{fields} is an open relay");
        let words = format!("{LISTENER}{fields}, open_relay: i-accept-that-anyone-can-relay}}\n");
        assert!(load(&words).is_ok(), "{fields}: {:?}", load(&words));
    }
    assert!(load(&format!("{LISTENER}, allow_networks: [10.0.0.0/8, 192.168.0.0/16]}}\n")).is_ok());
}

#[test]
fn th06_without_a_word_only_this_machine_may_relay() {
    let listener = load(&format!("{LISTENER}}}\n")).unwrap().remove(0);
    for (address, may) in [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.1", false)] {
        assert_eq!(listener.may_relay(address.parse().unwrap()), may, "{address}");
    }
}
