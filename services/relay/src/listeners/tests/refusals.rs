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
        let said = problems.iter().any(|line| line.split_once(": ").is_some_and(|(_, rest)| rest.starts_with(problem)));
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
    for (fields, path) in [
        (", allow_networks: [0.0.0.0/0]", "allow_networks"),
        (", allow_networks: [64.0.0.0/7]", "allow_networks"),
        (", allow_networks: ['::/0']", "allow_networks"),
        (", allow_networks: ['::ffff:0:0/96']", "allow_networks"),
        (", proxy_protocol: {from: [0.0.0.0/0]}", "proxy_protocol.from"),
        (", xclient: {from: ['::/0']}", "xclient.from"),
    ] {
        refused_as_open(fields, path);
        let words = format!("{LISTENER}{fields}, open_relay: i-accept-that-anyone-can-relay}}\n");
        assert!(load(&words).is_ok(), "{fields}: {:?}", load(&words));
    }
    assert!(load(&format!("{LISTENER}, allow_networks: [10.0.0.0/8, 192.168.0.0/16]}}\n")).is_ok());
    assert!(load(&format!("{LISTENER}, allow_networks: ['fc00::/7', 'fe80::/10']}}\n")).is_ok());
}

/// None of these is wide by itself; together they are half of a family.
#[test]
fn th06_many_networks_that_are_together_half_of_the_internet_are_an_open_relay() {
    let four = |count: u32| (0..count).map(|first| format!("{first}.0.0.0/8")).collect::<Vec<_>>().join(", ");
    let six = |count: u32| (0..count).map(|first| format!("'{first:x}::/16'")).collect::<Vec<_>>().join(", ");
    for (half, less) in [(four(128), four(127)), (six(32_768), six(32_767))] {
        refused_as_open(&format!(", allow_networks: [{half}]"), "allow_networks");
        let less = load(&format!("{LISTENER}, allow_networks: [{less}]}}\n"));
        assert!(less.is_ok(), "{less:?}");
    }
}

/// The only problem of a listener with these fields is that it is an open relay by this one.
fn refused_as_open(fields: &str, path: &str) {
    let problems = problems(&format!("{LISTENER}{fields}}}\n"));
    let shown: String = fields.chars().take(60).collect();
    let [problem] = problems.as_slice() else { panic!("{shown}: {problems:?}") };
    let (_, rest) = problem.split_once(": ").unwrap();
    assert!(rest.starts_with(&format!("listeners[0].{path}: ")), "{shown}: {problem}");
    assert!(problem.contains("i-accept-that-anyone-can-relay"), "{shown}: {problem}");
}

/// A file with two listeners, whose fields are these: the refusal names the later one.
#[test]
fn listeners_do_not_get_in_each_others_way() {
    for (one, other, path) in [
        ("name: a, listen: '127.0.0.1:2600'", "name: a, listen: '127.0.0.1:2601'", "name"),
        ("name: a, listen: '127.0.0.1:2600'", "name: b, listen: '127.0.0.1:2600'", "listen"),
        ("name: a, listen: '0.0.0.0:2600'", "name: b, listen: '127.0.0.1:2600'", "listen"),
    ] {
        let problems = problems(&format!("listeners:\n- {{{one}, mode: smtp}}\n- {{{other}, mode: smtp}}\n"));
        let named = problems.iter().any(|line| line.contains(&format!("listeners[1].{path}: ")));
        assert!(named, "{one}; {other}: {problems:?}");
    }
}

#[test]
fn tls_and_logins_go_together() {
    for (fields, path) in [
        ("mode: submission", "tls"),
        ("mode: submission", "auth"),
        ("mode: implicit-tls, auth: {users: u}", "tls"),
        ("mode: smtp, auth: {users: u}", "tls"),
        ("mode: smtp, tls: {key: k}", "tls.certificate"),
        ("mode: smtp, tls: {certificate: c, key: k, client_certificate: required}", "tls.client_ca"),
        ("mode: smtp, tls: {certificate: c, key: k}, auth: {users: u, mechanisms: [EXTERNAL]}", "auth.mechanisms[0]"),
        ("mode: smtp, tls: {certificate: c, key: k}, auth: {users: u, mechanisms: [XOAUTH2]}", "auth.mechanisms[0]"),
    ] {
        let problems = problems(&format!("listeners:\n- {{name: a, {fields}}}\n"));
        let named = problems.iter().any(|line| line.contains(&format!("listeners[0].{path}: ")));
        assert!(named, "{fields}: {path} is not among {problems:#?}");
    }
}

#[test]
fn th06_without_a_word_only_this_machine_may_relay() {
    let listener = load(&format!("{LISTENER}}}\n")).unwrap().remove(0);
    for (address, may) in [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.1", false)] {
        assert_eq!(listener.may_relay(address.parse().unwrap()), may, "{address}");
    }
}
