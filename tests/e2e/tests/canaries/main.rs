//! Secrets of every kind are written, changed, refused and asked for; then every place where one could lie about is
//! searched for each of them in every form.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

mod calls;
mod needles;
mod secrets;

use std::fs;
use std::time::Duration;

use postroad_test_support::{ControlPlane, Process, Relay, RelaySetup, report, skipped};

use calls::Calls;
use needles::Needles;

/// Every event of ours and of the libraries, which are quiet unless asked one by one.
const EVERYTHING: &str = "trace,h2=trace,hyper=trace,hyper_util=trace,rustls=trace,tonic=trace,tower=trace";

/// What the system shows of a process to everyone who may look.
fn shown_by_the_system(process: &Process) -> Vec<u8> {
    let read = |name: &str| fs::read(format!("/proc/{}/{name}", process.id())).unwrap();
    [read("cmdline"), read("environ")].concat()
}

/// What a health or metrics path answers.
fn health(process: &Process, path: &str) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(process.listener("admin")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

#[test]
fn th24_no_secret_lies_in_store_logs_answers_or_what_the_system_shows() {
    let folder = tempfile::tempdir().unwrap();
    let key = secrets::Key::new();
    let needles = Needles::of(&secrets::all(&key));
    let open = Needles::of(&[secrets::OPEN.as_bytes()]);

    let flags = ["--log", EVERYTHING];
    let mut plane = ControlPlane::start_with(folder.path(), "127.0.0.1:0", &flags);
    let relay = Relay::start(&RelaySetup::new("canary-relay", plane.grpc()).with(&flags));
    let mut calls = Calls::to(plane.grpc());
    let revision = calls.make(&key);
    relay.wait_for_revision(revision, Duration::from_secs(20));
    let mut places = vec![];
    for (name, process) in [("the control plane", &plane.process), ("the relay", &relay.process)] {
        places.push((format!("what the system shows of {name}"), shown_by_the_system(process)));
        for path in ["/livez", "/readyz", "/version", "/metrics"] {
            places.push((format!("{path} of {name}"), health(process, path)));
        }
    }
    assert!(plane.process.terminate(Duration::from_secs(20)).success());
    for (name, process) in [("the control plane", &plane.process), ("the relay", &relay.process)] {
        places.push((format!("the log of {name}"), process.log().join("\n").into_bytes()));
    }

    // The search sees what is there: requests hold every secret, and what stands beside them comes back and is stored.
    for (what, octets) in calls.sent() {
        assert!(needles.find(octets).is_some(), "{what} was sent without a secret");
    }
    assert!(calls.heard().iter().any(|(_, octets)| open.find(octets).is_some()), "the search sees no answers");
    assert!(open.find_below(folder.path()).0.is_some(), "the search sees no files");
    for (name, log) in places.iter().rev().take(2) {
        assert!(log.windows(7).any(|part| part == b"\"TRACE\""), "{name} is not as talkative as it was to be");
    }

    let (found, octets) = needles.find_below(folder.path());
    assert_eq!(found, None, "a secret lies in the store");
    for (what, octets) in places.iter().chain(calls.heard()) {
        assert_eq!(needles.find(octets), None, "a secret lies in {what}");
    }
    let told: usize = places.iter().chain(calls.heard()).map(|(_, octets)| octets.len()).sum();
    report(&format!("searched: {octets} octets of files, {told} of {} places", places.len() + calls.heard().len()));
    report(&format!("answered with a refusal: {}", calls.refused()));
    if !calls.missing().is_empty() {
        let test = "th24_no_secret_lies_in_store_logs_answers_or_what_the_system_shows";
        skipped(test, &format!("calls that this control plane does not have: {:?}", calls.missing()));
    }
}
