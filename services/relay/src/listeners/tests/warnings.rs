//! What works and may not be meant.

use super::base;
use crate::listeners::Listeners;

/// The warnings about a listener with these fields, without the name of the file.
fn warnings(fields: &str) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("listeners:\n- {{name: a, listen: '127.0.0.1:0'{fields}}}\n")).unwrap();
    let (_, warnings) = Listeners::load(file.path(), &base()).unwrap();
    warnings.iter().map(|warning| warning.to_string().split_once(": ").unwrap().1.to_owned()).collect()
}

const SMTP: &str = ", mode: smtp";
const SUBMISSION: &str = ", mode: submission, tls: {certificate: c, key: k}";
const LOGIN: &str = ", mode: submission, tls: {certificate: c, key: k}, auth: {users: u}";

#[test]
fn what_is_not_odd_is_not_warned_about() {
    for fields in [SMTP, LOGIN] {
        assert_eq!(warnings(fields), Vec::<String>::new(), "{fields}");
    }
}

#[test]
fn each_oddity_is_told_once_with_its_field() {
    for (mode, fields, told) in [
        (SMTP, ", timeouts: {command: 299s}", "timeouts.command: RFC 5321 asks"),
        (SMTP, ", timeouts: {data: 179s}", "timeouts.data: clients on poor lines"),
        (SMTP, ", timeouts: {final_reply: 601s}", "timeouts.final_reply: clients give up after ten minutes"),
        (LOGIN, ", timeouts: {final_reply: 121s}", "timeouts.final_reply: clients of submission give up"),
        (SMTP, ", trace: {trust: {networks: [0.0.0.0/0]}}", "trace.trust.networks: 0.0.0.0/0 is a large part"),
        (SMTP, ", allow_networks: []", "allow_networks: nobody may relay through this listener"),
        (SUBMISSION, ", auth: {offered: false}", "allow_networks: nobody may relay through this listener"),
        (LOGIN, ", allow_networks: [10.0.0.0/8]", "allow_networks: it changes nothing"),
        (SMTP, ", open_relay: i-accept-that-anyone-can-relay", "open_relay: nothing else here makes this listener"),
        (
            SMTP,
            ", allow_networks: [0.0.0.0/0], open_relay: i-accept-that-anyone-can-relay",
            "allow_networks: 0.0.0.0/0 is a large part of the Internet",
        ),
    ] {
        let warnings = warnings(&format!("{mode}{fields}"));
        let [warning] = warnings.as_slice() else { panic!("{fields}: {warnings:#?}") };
        assert!(warning.starts_with(&format!("listeners[0].{told}")), "{fields}: {warning}");
    }
}
