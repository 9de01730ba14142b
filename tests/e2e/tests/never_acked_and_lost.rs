//! Never acknowledged and lost: a relay is killed with -9 at random moments under sixteen senders, and every message
//! that got 250 lies in the smart host's ledger.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and reads its one switch from the environment"
)]

use std::time::Duration;

use postroad_test_support::{AdminApi, ControlPlane, LedgerHost, Process, Relay, RelaySetup, Siege, connector, report};

#[test]
fn every_acknowledged_message_survives_kills_of_the_relay() {
    let rounds = if std::env::var("POSTROAD_LONG").is_ok() { 200 } else { 40 };
    let folder = tempfile::tempdir().unwrap();
    let host = LedgerHost::start(&folder.path().join("ledger"));
    let control_plane = ControlPlane::start(&folder.path().join("control-plane"));
    let api = AdminApi::new(control_plane.grpc());
    let stored = api.create(connector("main", &["*"], &[host.address()])).unwrap();
    let setup = RelaySetup::new("relay-a", control_plane.grpc());
    let toll = Siege::run(rounds, &host, || {
        let relay = Relay::start(&setup);
        relay.wait_for_revision(stored.revision, Duration::from_secs(20));
        let address = relay.smtp();
        (relay.process, address)
    });
    report(&format!("never acked and lost: {toll}"));
    assert!(toll.acked > rounds * 16, "too little mail was moved to prove anything: {toll}");
    assert!(toll.unknown > 0, "no kill hit a transaction: {toll}");
    assert!(toll.breaches().is_empty(), "{toll}: {:#?}", toll.breaches());
}

/// The positive control: the same siege of a relay that acknowledges before the smart host has answered.
#[test]
fn the_siege_catches_a_relay_that_acknowledges_early() {
    let folder = tempfile::tempdir().unwrap();
    let host = LedgerHost::start(&folder.path().join("ledger"));
    let toll = Siege::run(10, &host, || {
        let process = Process::start("postroad-test-early-relay", &[host.address().to_string()]);
        let address = process.listener("smtp");
        (process, address)
    });
    report(&format!("a relay that acknowledges early: {toll}"));
    assert!(!toll.lost.is_empty(), "the harness did not see what was lost: {toll}");
    assert!(toll.breaches().iter().any(|breach| breach.contains("acknowledged and lost")), "{toll}");
}
