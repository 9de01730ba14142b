//! What is known about relays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::time::{Duration, SystemTime};

use postroad_api::config::v1::{Problem, RecordKey};
use postroad_api::fleet::v1::{Relay, RelayState};
use postroad_config_publisher::{Greeting, Held, Note, Registry};

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn greeting(name: &str, boot: u8) -> Greeting {
    Greeting { name: name.into(), boot_id: [boot; 16], site: "hel".into(), ..Greeting::default() }
}

fn held(revision: u64) -> Held {
    Held { revision, ..Held::default() }
}

fn only(registry: &Registry, seconds: u64) -> Relay {
    let mut relays = registry.list(at(seconds));
    assert_eq!(relays.len(), 1, "{relays:?}");
    relays.remove(0)
}

#[test]
fn a_relay_is_followed_from_hello_to_goodbye() {
    let registry = Registry::default();
    registry.published(&held(7), at(0));
    let admission = registry.admit(greeting("r", 1), "127.0.0.1:9".into(), at(1)).unwrap();
    let relay = only(&registry, 2);
    assert_eq!((relay.state(), relay.applied_revision, relay.target_revision), (RelayState::Connected, 0, 7));
    assert_eq!((relay.peer_address.as_str(), relay.site.as_str()), ("127.0.0.1:9", "hel"));
    assert_eq!(only(&registry, 31).state(), RelayState::Stale);

    registry.note(
        &admission.stream,
        &Note::Applied { held: held(7), time: Some(at(3).into()), unusable: Vec::new() },
        at(3),
    );
    let relay = only(&registry, 60);
    assert_eq!((relay.state(), relay.applied_revision), (RelayState::Connected, 7));
    assert_eq!(relay.applied_time, Some(at(3).into()));

    registry.disconnect(&admission.stream, at(70));
    let relay = only(&registry, 80);
    assert_eq!((relay.state(), relay.state_time), (RelayState::Disconnected, Some(at(70).into())));
}

#[test]
fn the_last_refusal_is_kept_and_its_digest_too() {
    let registry = Registry::default();
    let admission = registry.admit(greeting("r", 1), String::new(), at(1)).unwrap();
    let problem = Problem {
        key: Some(RecordKey { kind: 1, id: "c-1".into() }),
        field_path: "name".into(),
        text: "no".into(),
        ..Problem::default()
    };
    registry.note(&admission.stream, &Note::Refused { refused: held(4), problems: vec![problem] }, at(2));
    let relay = only(&registry, 3);
    assert_eq!(relay.state(), RelayState::Refusing);
    let refusal = relay.last_refusal.unwrap();
    assert_eq!((refusal.revision, refusal.problems[0].connector_id.as_str()), (4, "c-1"));

    registry.note(&admission.stream, &Note::Applied { held: held(5), time: None, unusable: Vec::new() }, at(4));
    let relay = only(&registry, 5);
    assert_eq!(relay.state(), RelayState::Connected);
    assert!(relay.last_refusal.is_some(), "the last refusal stays to be read");

    let again = registry.admit(greeting("r", 1), String::new(), at(6)).unwrap();
    assert_eq!(again.refused.len(), 1, "the same process");
    let restarted = registry.admit(greeting("r", 2), String::new(), at(7)).unwrap();
    assert!(restarted.refused.is_empty(), "a new process may have learned");
}

#[test]
fn si3_a_revision_of_another_history_is_not_what_a_relay_ought_to_have() {
    let registry = Registry::default();
    registry.published(&Held { epoch: vec![2; 16].into(), ..held(1) }, at(0));
    let mut old = greeting("r", 1);
    old.held = Held { epoch: vec![1; 16].into(), ..held(900) };
    registry.admit(old, String::new(), at(1)).unwrap();
    let relay = only(&registry, 31);
    assert_eq!((relay.state(), relay.applied_revision, relay.target_revision), (RelayState::Stale, 900, 1));
}

#[test]
fn si13_a_newer_stream_of_the_same_process_supersedes() {
    let registry = Registry::default();
    let first = registry.admit(greeting("r", 1), "a".into(), at(1)).unwrap();
    let second = registry.admit(greeting("r", 1), "b".into(), at(2)).unwrap();
    assert!(*first.superseded.borrow());
    assert!(!*second.superseded.borrow());
    registry.note(&first.stream, &Note::Applied { held: held(9), time: None, unusable: Vec::new() }, at(3));
    registry.disconnect(&first.stream, at(3));
    let relay = only(&registry, 3);
    assert_eq!((relay.state(), relay.applied_revision), (RelayState::Connected, 0), "the old stream has no say");
    assert_eq!(relay.peer_address, "b");
}

#[test]
fn si14_processes_with_one_name_are_served_up_to_a_limit() {
    let registry = Registry::default();
    let mut admissions: Vec<_> =
        (0..4).map(|boot| registry.admit(greeting("r", boot), String::new(), at(1)).unwrap()).collect();
    assert_eq!(registry.list(at(1)).len(), 4);
    let error = registry.admit(greeting("r", 9), String::new(), at(1)).unwrap_err();
    assert!(error.to_string().contains("named r"), "{error}");
    registry.admit(greeting("s", 9), String::new(), at(1)).unwrap();
    registry.disconnect(&admissions.pop().unwrap().stream, at(2));
    registry.admit(greeting("r", 9), String::new(), at(3)).unwrap();
    let names: Vec<_> = registry.list(at(3)).into_iter().map(|relay| relay.name).collect();
    assert_eq!(names, ["r", "r", "r", "r", "s"], "the one that left is replaced");
}

#[test]
fn the_spread_grows_with_the_fleet() {
    let registry = Registry::default();
    let first = registry.admit(greeting("r", 1), String::new(), at(1)).unwrap();
    assert_eq!(first.spread, Duration::from_millis(200));
    let mut last = first;
    for at_index in 0..800_u32 {
        last = registry.admit(greeting(&format!("r{at_index}"), 1), String::new(), at(1)).unwrap();
    }
    assert!(last.spread > Duration::from_secs(1), "{:?}", last.spread);
}

#[test]
fn connectors_that_a_relay_cannot_use_are_shown_until_it_applies_something_else() {
    let registry = Registry::default();
    let admission = registry.admit(greeting("r", 1), String::new(), at(1)).unwrap();
    let unusable = |count: usize| {
        let problem = |n: usize| Problem {
            key: Some(RecordKey { kind: 1, id: format!("c-{n}") }),
            field_path: "dns_routing".into(),
            text: "\"MX\": not yet".repeat(100),
            ..Problem::default()
        };
        Note::Applied { held: held(4), time: None, unusable: (0..count).map(problem).collect() }
    };
    registry.note(&admission.stream, &unusable(100), at(2));
    let relay = only(&registry, 3);
    assert_eq!((relay.unusable.len(), relay.unusable[0].connector_id.as_str()), (10, "c-0"), "as many as are kept");
    assert_eq!(relay.unusable[0].field_path, "dns_routing");
    assert_eq!(relay.unusable[0].text.chars().count(), 300);
    assert_eq!(relay.state(), RelayState::Connected);
    registry.note(&admission.stream, &unusable(0), at(4));
    assert_eq!(only(&registry, 5).unusable, []);
}
