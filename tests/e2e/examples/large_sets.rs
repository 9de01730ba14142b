//! A large set of connectors: how fast it is written and how soon a relay has it. A program that prints figures:
//! `cargo build --release --workspace --bins && cargo run --release -p postroad-e2e --example large_sets -- 10000`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it measures the programs as the tests start them, and tells figures"
)]

use std::thread;
use std::time::{Duration, Instant};

use postroad_test_support::{AdminApi, ControlPlane, Relay, RelaySetup, connector};

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let control_plane = ControlPlane::start(folder.path());
    let count: usize = std::env::args().nth(1).map_or(10_000, |count| count.parse().unwrap());
    let began = Instant::now();
    let writers = 16;
    thread::scope(|scope| {
        for writer in 0..writers {
            let address = control_plane.grpc();
            scope.spawn(move || {
                let api = AdminApi::new(address);
                for number in (writer..count).step_by(writers) {
                    let domain = format!("d{number}.example");
                    api.create(connector(&format!("c{number}"), &[&domain], &["192.0.2.1:25".parse().unwrap()]))
                        .unwrap();
                    if number % 1_000 == 0 {
                        println!("{number} at {:?}", began.elapsed());
                    }
                }
            });
        }
    });
    println!("{count} created in {:?}, control plane {} KiB", began.elapsed(), control_plane.process.resident_kib());
    let began = Instant::now();
    let relay = Relay::start(&RelaySetup::new("r", control_plane.grpc()));
    let started = began.elapsed();
    relay.wait_for_revision(count as u64, Duration::from_secs(60));
    println!(
        "relay listens after {started:?}, applied after {:?}, {} KiB",
        began.elapsed(),
        relay.process.resident_kib()
    );
    let api = AdminApi::new(control_plane.grpc());
    for round in 0..20 {
        let began = Instant::now();
        let one = connector(&format!("late{round}"), &["late.example"], &["192.0.2.1:25".parse().unwrap()]);
        let revision = api.create(one).unwrap().revision;
        let answered = began.elapsed();
        relay.wait_for_revision(revision, Duration::from_secs(60));
        println!("one more: answered after {answered:?}, applied after {:?}", began.elapsed());
    }
    println!("control plane {} KiB, relay {} KiB", control_plane.process.resident_kib(), relay.process.resident_kib());
}
