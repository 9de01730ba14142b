//! A connector that the relay cannot use is applied and reported by name; its mail is refused for now, or goes by the next
//! connector of the same address space.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

use std::time::{Duration, Instant};

use postroad_api::connector::v1::Connector;
use postroad_test_support::{Bench, Message, ScriptedHost, Verdict, connector, space};

const FROM: &str = "a@sender.example";
const TO: &str = "b@receiver.example";

fn by_mx(name: &str) -> Connector {
    Connector { dns_routing: Some(true), ..connector(name, &["*"], &[]) }
}

/// Connector, field and text of what the relay is shown to be unable to use, once it is as many.
fn shown(bench: &Bench, count: usize) -> Vec<(String, String, String)> {
    let began = Instant::now();
    loop {
        let relays = bench.api.relays().unwrap();
        let fields = &relays[0].unusable;
        if fields.len() == count {
            let tell = |f: &postroad_api::fleet::v1::RefusedField| {
                (f.connector_id.clone(), f.field_path.clone(), f.text.clone())
            };
            return fields.iter().map(tell).collect();
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{relays:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_unusable_connector_is_applied_reported_and_stood_in_for() {
    let bench = Bench::with_connector(by_mx("By MX"), &[]);
    let id = bench.api.get("By MX").unwrap().id;
    let told = "\"By MX\": This relay cannot route by MX yet; give smart hosts.";
    assert_eq!(shown(&bench, 1), [(id.clone(), "dns_routing".to_owned(), told.to_owned())]);
    let answer = bench.sender().envelope(FROM, TO).unwrap();
    assert!(answer.starts_with("451 4.3.2"), "{answer:?}");

    // Dearer, so that the one that cannot be used is still the one that is chosen.
    let host = ScriptedHost::honest();
    let stands_in =
        Connector { address_spaces: vec![space("*", 5)], ..connector("Stands in", &["*"], &[host.address()]) };
    let stored = bench.api.create(stands_in).unwrap();
    bench.relay.wait_for_revision(stored.revision, Duration::from_secs(5));
    let verdict = bench.sender().send(FROM, TO, &Message::of_size("x", 300));
    assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
    assert_eq!(host.messages().len(), 1);
    assert_eq!(shown(&bench, 1)[0].0, id);

    // Another relay's connector, and one that nobody uses.
    let elsewhere = Connector {
        source_relays: vec!["relay-b".to_owned()],
        ..connector("Elsewhere", &["elsewhere.example"], &[host.address()])
    };
    bench.api.create(elsewhere).unwrap();
    let off = Connector { enabled: Some(false), ..bench.api.get("By MX").unwrap() };
    let stored = bench.api.update(&off, &["enabled"]).unwrap();
    bench.relay.wait_for_revision(stored.revision, Duration::from_secs(5));
    let began = Instant::now();
    while shown(&bench, 1)[0].1 != "source_relays" {
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}
