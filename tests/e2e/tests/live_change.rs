//! With mail flowing through two relays, a connector is created, changed, disabled and deleted over gRPC; both obey
//! within a second, and nothing on the old path fails.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use postroad_test_support::{
    Answer, Bench, Message, Relay, RelaySetup, ScriptedHost, Sender, Verdict, connector, report,
};

const FROM: &str = "a@sender.example";
const TO: &str = "b@changing.example";

/// Waits until every relay answers so; a second after the change is the limit.
fn obeyed(what: &str, changed: Instant, relays: &[SocketAddr], now_so: impl Fn(SocketAddr) -> bool) {
    for relay in relays {
        while !now_so(*relay) {
            assert!(changed.elapsed() < Duration::from_secs(1), "{what}: not obeyed within a second");
            thread::sleep(Duration::from_millis(5));
        }
    }
    report(&format!("live change: {what} obeyed by {} relays after {:?}", relays.len(), changed.elapsed()));
}

/// What RCPT is answered now, without a message being sent.
fn rcpt(relay: SocketAddr) -> Answer {
    Sender::connect(relay).unwrap().envelope(FROM, TO).unwrap()
}

fn arrives(relay: SocketAddr, host: &ScriptedHost) -> bool {
    let before = host.messages().len();
    let verdict = Sender::connect(relay).unwrap().send(FROM, TO, &Message::of_size("x", 300));
    matches!(verdict, Verdict::Acked(_)) && host.messages().len() > before
}

/// Sends without a pause until it is told to stop; how many, and what was not acknowledged.
fn flow(relay: SocketAddr, over: &AtomicBool) -> (usize, Vec<Verdict>) {
    let (mut acked, mut others) = (0, Vec::new());
    let mut sender = Sender::connect(relay).unwrap();
    while !over.load(Ordering::SeqCst) {
        match sender.send(FROM, "b@steady.example", &Message::of_size("steady", 2_000)) {
            Verdict::Acked(_) => acked += 1,
            other => {
                others.push(other);
                sender = Sender::connect(relay).unwrap();
            }
        }
    }
    (acked, others)
}

#[test]
fn both_relays_obey_each_change_within_a_second_and_nothing_fails_on_the_old_path() {
    let [steady, old, new] = [(); 3].map(|()| ScriptedHost::honest());
    let bench = Bench::with_connector(connector("steady", &["steady.example"], &[steady.address()]), &[]);
    let second = Relay::start(&RelaySetup::new("relay-b", bench.control_plane.grpc()));
    second.wait_for_revision(1, Duration::from_secs(20));
    let relays = [bench.relay.smtp(), second.smtp()];
    let over = AtomicBool::new(false);
    let flows = thread::scope(|scope| {
        let flows = relays.map(|relay| {
            let over = &over;
            scope.spawn(move || flow(relay, over))
        });
        // Ends the flows also when an assertion fails.
        let changes = scope.spawn(|| change(&bench, &relays, &old, &new)).join();
        over.store(true, Ordering::SeqCst);
        let flows = flows.map(|flow| flow.join().unwrap());
        assert!(changes.is_ok(), "a change was not obeyed, see above");
        flows
    });
    for (acked, others) in flows {
        report(&format!("live change: {acked} messages flowed on the steady path"));
        assert!(acked > 10 && others.is_empty(), "{acked} acknowledged; on the old path failed: {others:?}");
    }
}

fn change(bench: &Bench, relays: &[SocketAddr], old: &ScriptedHost, new: &ScriptedHost) {
    let refused = |relay| rcpt(relay).starts_with("550 5.1.2");
    assert!(relays.iter().all(|relay| refused(*relay)), "{:?}", rcpt(relays[0]));

    bench.api.create(connector("changing", &["changing.example"], &[old.address()])).unwrap();
    let changed = Instant::now();
    obeyed("create", changed, relays, |relay| arrives(relay, old));

    // A transaction that stands on the old path when the path changes.
    let mut pinned = Sender::connect(relays[0]).unwrap();
    assert_eq!(pinned.envelope(FROM, TO).unwrap().code, 250);
    bench.api.update(&connector("changing", &[], &[new.address()]), &["smart_hosts"]).unwrap();
    let changed = Instant::now();
    obeyed("another smart host", changed, relays, |relay| arrives(relay, new));
    let at_old = old.messages().len();
    assert_eq!(pinned.command("DATA").unwrap().code, 354);
    pinned.wire.write(&Message::of_size("pinned", 300).stuffed()).unwrap();
    let answer = pinned.answer().unwrap();
    assert_eq!(answer.code, 250, "{answer:?}");
    assert_eq!(old.messages().len(), at_old + 1, "the open transaction left the path that it began on");

    let mut disabled = connector("changing", &[], &[]);
    disabled.enabled = Some(false);
    bench.api.update(&disabled, &["enabled"]).unwrap();
    let changed = Instant::now();
    obeyed("disable", changed, relays, |relay| rcpt(relay).starts_with("451 4.3.2"));

    bench.api.delete("changing").unwrap();
    let changed = Instant::now();
    obeyed("delete", changed, relays, refused);
}
