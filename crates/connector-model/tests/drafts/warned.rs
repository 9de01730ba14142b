//! What is accepted with a warning. What depends on other objects is warned of by the control plane.

use postroad_connector_model::{AddressSpaceDraft, AuthMechanism, ConnectorDraft};

use super::sound::{accept, basic, host, named, space};

#[test]
fn the_smallest_connector_is_not_warned_of() {
    let (_, warnings) = accept(|_| {}).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
}

/// Warnings of a connector that logs in with a password.
fn warned(change: fn(&mut ConnectorDraft)) -> Vec<(String, String)> {
    let (_, warnings) = accept(|d| {
        d.auth_mechanism = AuthMechanism::Basic;
        d.credential = basic("u", true);
        change(d);
    })
    .unwrap();
    warnings.into_iter().map(|warning| (warning.field, warning.text)).collect()
}

#[test]
fn a_password_that_may_go_in_clear() {
    let expected =
        [("require_tls".to_owned(), "The password may go in clear, because TLS is not required.".to_owned())];
    assert_eq!(warned(|_| {}), expected);
    assert_eq!(warned(|d| d.ignore_starttls = true), expected);
    let one_of_two: fn(&mut ConnectorDraft) = |d| {
        d.smart_hosts.push(host("b.example"));
        d.smart_hosts[0].implicit_tls = true;
    };
    assert_eq!(warned(one_of_two), expected);
    assert!(warned(|d| d.require_tls = true).is_empty());
    assert!(warned(|d| d.smart_hosts[0].implicit_tls = true).is_empty());
    let in_tls_only: fn(&mut ConnectorDraft) = |d| {
        named(d);
        d.auth_mechanism = AuthMechanism::BasicRequireTls;
    };
    assert!(warned(in_tls_only).is_empty());
}

#[test]
fn a_space_that_matches_nothing() {
    let (_, warnings) = accept(|d| {
        d.address_spaces.push(AddressSpaceDraft { kind: "fax".to_owned(), ..space("+420 5550100") });
        d.address_spaces.push(AddressSpaceDraft { kind: "notes".to_owned(), ..space("any text") });
    })
    .unwrap();
    let fields: Vec<_> = warnings.iter().map(|warning| warning.field.as_str()).collect();
    assert_eq!(fields, ["address_spaces[1].type", "address_spaces[2].type"]);
    assert!(warnings[0].text.contains("FAX:+420 5550100;1"), "{}", warnings[0].text);
}
