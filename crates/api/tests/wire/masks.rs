//! Update masks: every field that is not the server's can be named, alone, and changes alone.

use postroad_api::connector::v1::Connector;
use postroad_api::{apply_mask, clear_secret_marks};
use protox::prost_reflect::Value;

use super::descriptors::{self, Place, at, is_output_only, is_redacted, places};
use super::examples;
use super::secrets::{example_with, reflect, with};

fn paths(mask: &[&str]) -> Vec<String> {
    mask.iter().map(|&path| path.to_owned()).collect()
}

/// Every field of a connector that a mask can name: those inside lists cannot (AIP-161).
fn nameable() -> Vec<Place> {
    let all = places(&descriptors::message("postroad.connector.v1.Connector"));
    all.into_iter().filter(|place| !place.in_list).collect()
}

/// An example that says this, and one that does not or says something else.
fn two_that_differ(path: &str) -> (Connector, Connector) {
    let with = example_with(path);
    let value = at(&reflect(&with), path);
    let other = |connector: &Connector| at(&reflect(connector), path) != value;
    let without = examples::written().into_iter().find(other).unwrap_or_else(|| panic!("all examples agree on {path}"));
    (with, without)
}

#[test]
fn every_field_is_known_and_changes_alone() {
    for Place { path, field, .. } in nameable() {
        // The account and the usage have rules of their own, below; an etag names a state and is no part of one.
        if is_output_only(&field) || path.starts_with("credential") || path == "usage" || path == "etag" {
            continue;
        }
        let (one, other) = two_that_differ(&path);
        for (current, change) in [(&one, &other), (&other, &one)] {
            let current = examples::stored(current);
            let merged =
                apply_mask(current.clone(), change, &paths(&[&path])).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(at(&reflect(&merged), &path), at(&reflect(change), &path), "{path}");
            for Place { path: rest, .. } in nameable().iter().filter(|place| place.path != path) {
                assert_eq!(at(&reflect(&merged), rest), at(&reflect(&current), rest), "{path} changed {rest}");
            }
        }
    }
}

#[test]
fn the_servers_fields_are_known_and_change_nothing() {
    let mut count = 0;
    for Place { path, .. } in nameable().iter().filter(|place| is_output_only(&place.field) || place.path == "etag") {
        if path.contains('.') {
            continue;
        }
        count += 1;
        let change = Connector {
            id: "x".into(),
            revision: 9,
            etag: "\"x\"".into(),
            create_time: Some(prost_types::Timestamp::default()),
            update_time: Some(prost_types::Timestamp::default()),
            warnings: vec![Default::default()],
            ..examples::written().remove(0)
        };
        let current = examples::stored(&examples::written()[1]);
        assert_eq!(apply_mask(current.clone(), &change, &paths(&[path])).unwrap(), current, "{path}");
    }
    assert!(count >= 6, "the option is not seen at all");
}

#[test]
fn a_usage_that_is_not_said_stays() {
    let current = examples::stored(&examples::written()[0]);
    let silent = Connector { usage: 0, ..current.clone() };
    assert_eq!(apply_mask(current.clone(), &silent, &paths(&["usage"])).unwrap(), current);
    let said = Connector { usage: 2, ..current.clone() };
    assert_eq!(apply_mask(current, &said, &paths(&["usage"])).unwrap(), said);
}

/// Fields of the account, secrets apart.
fn of_account() -> Vec<Place> {
    let inside = |place: &Place| place.path.starts_with("credential.");
    nameable().into_iter().filter(|place| inside(place) && !is_output_only(&place.field)).collect()
}

#[test]
fn every_text_of_an_account_changes_alone() {
    let texts = of_account()
        .into_iter()
        .filter(|place| !is_redacted(&place.field) && place.field.kind() == prost_reflect::Kind::String);
    let mut count = 0;
    for Place { path, .. } in texts {
        count += 1;
        let written = example_with(&path);
        let current = examples::stored(&written);
        let change = with(&written, &path, Value::String("changed".to_owned()));
        let merged = apply_mask(current.clone(), &change, &paths(&[&path])).unwrap();
        assert_eq!(merged, with(&current, &path, Value::String("changed".to_owned())), "{path}");
    }
    assert!(count >= 9, "{count}");
}

#[test]
fn every_secret_is_replaced_and_removed_by_its_path_and_stays_otherwise() {
    for path in super::secrets::paths() {
        let written = example_with(&path);
        let current = examples::stored(&written);
        let mark = format!("{path}_set");
        let given = at(&reflect(&written), &path);
        let set = |connector: &Connector| at(&reflect(connector), &mark) == Some(Value::Bool(true));
        assert!(set(&current), "{path}");

        let replaced = apply_mask(current.clone(), &written, &paths(&[&path])).unwrap();
        assert_eq!((at(&reflect(&replaced), &path), set(&replaced)), (given, false), "{path}");
        let removed = apply_mask(current.clone(), &current, &paths(&[&path])).unwrap();
        assert_eq!((at(&reflect(&removed), &path), set(&removed)), (None, false), "{path}");
        for mask in [&["*"] as &[&str], &["credential"], &[]] {
            let kept = apply_mask(current.clone(), &current, &paths(mask)).unwrap();
            assert_eq!((at(&reflect(&kept), &path), set(&kept)), (None, true), "{path} under {mask:?}");
        }
    }
}

#[test]
fn parts_of_an_account_can_be_named_whole() {
    let wholes = of_account().into_iter().filter(|place| place.field.kind().as_message().is_some());
    let mut count = 0;
    for Place { path, .. } in wholes {
        count += 1;
        let written = example_with(&path);
        let mut current = examples::stored(&written);
        current.credential = None;
        let merged = apply_mask(current, &written, &paths(&[&path])).unwrap();
        assert_eq!(merged.credential, written.credential, "{path}");
    }
    assert_eq!(count, 6);
}

#[test]
fn everything_is_replaced_by_a_star() {
    for current in examples::written() {
        for change in examples::written() {
            let mut merged = apply_mask(examples::stored(&current), &change, &paths(&["*"])).unwrap();
            // A mark tells that one is stored beside the one that is given.
            clear_secret_marks(&mut merged);
            assert_eq!(merged, change, "{} to {}", current.name, change.name);
        }
    }
}

#[test]
fn what_is_inside_a_list_or_a_map_or_no_field_is_refused_by_name() {
    for path in [
        "smart_hosts.host",
        "smart_hosts[0]",
        "address_spaces.cost",
        "labels.team",
        "credential.basic.pass",
        "Name",
        "",
    ] {
        let current = examples::stored(&examples::written()[0]);
        let error = apply_mask(current.clone(), &current, &paths(&[path])).unwrap_err();
        assert_eq!(error.0.0.len(), 1, "{path}");
        assert_eq!(error.0.0[0].field, "update_mask");
        assert!(error.to_string().contains(&format!("{path:?}")), "{error}");
    }
}
