//! A relay without a control plane: it says so at RCPT, becomes ready when the stream arrives, and goes on with its
//! table when the control plane is gone. A control plane keeps what it has answered.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and wait")]

use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use postroad_test_support::{
    AdminApi, Bench, ControlPlane, Message, Relay, RelaySetup, ScriptedHost, Sender, Verdict, connector,
};

const FROM: &str = "a@sender.example";
const TO: &str = "b@rcpt.example";

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn m2_without_configuration_rcpt_is_451_4_3_2_until_the_stream_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let host = ScriptedHost::honest();
    let address = free_address();
    let relay = Relay::start(&RelaySetup::new("early-bird", address));
    let mut sender = Sender::connect(relay.smtp()).unwrap();
    assert_eq!(sender.command(&format!("MAIL FROM:<{FROM}>")).unwrap().code, 250);
    let answer = sender.command(&format!("RCPT TO:<{TO}>")).unwrap();
    assert!(answer.starts_with("451 4.3.2"), "{answer:?}");
    assert_eq!(relay.health("/readyz"), 503);
    assert_eq!(relay.health("/livez"), 200);

    let control_plane = ControlPlane::start_at(folder.path(), &address.to_string());
    let api = AdminApi::new(control_plane.grpc());
    let stored = api.create(connector("main", &["*"], &[host.address()])).unwrap();
    relay.wait_for_revision(stored.revision, Duration::from_secs(30));
    relay.wait_until_ready();
    assert_eq!(sender.command("RSET").unwrap().code, 250);
    let verdict = sender.send(FROM, TO, &Message::of_size("late", 500));
    assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
    assert_eq!(host.messages().len(), 1);
}

#[test]
fn a_killed_control_plane_has_what_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut control_plane = ControlPlane::start(folder.path());
    for round in 0..5 {
        let name = format!("kept-{round}");
        let created = {
            let api = AdminApi::new(control_plane.grpc());
            api.create(connector(&name, &["kept.example"], &["192.0.2.1:25".parse().unwrap()])).unwrap()
        };
        control_plane.kill_and_restart();
        let found = AdminApi::new(control_plane.grpc()).get(&name).unwrap();
        assert_eq!(found, created, "round {round}");
    }
}

#[test]
fn the_relay_goes_on_while_the_control_plane_is_away_and_obeys_it_afterwards() {
    let host = ScriptedHost::honest();
    let other = ScriptedHost::honest();
    let mut bench = Bench::start(&[host.address()], &[]);
    bench.control_plane.process.kill();
    for number in 0..3 {
        let verdict = bench.sender().send(FROM, TO, &Message::of_size(&format!("alone-{number}"), 500));
        assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
    }
    assert_eq!(bench.relay.health("/readyz"), 200, "a relay with a table stays ready");
    bench.control_plane.restart();
    let api = AdminApi::new(bench.control_plane.grpc());
    api.create(connector("new", &["new.example"], &[other.address()])).unwrap();
    // Back-off is jittered; a relay is back within half a minute.
    let began = Instant::now();
    loop {
        let verdict = bench.sender().send(FROM, "b@new.example", &Message::of_size("back", 500));
        assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
        if !other.messages().is_empty() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(40), "the relay has not come back to the control plane");
        thread::sleep(Duration::from_millis(100));
    }
}
