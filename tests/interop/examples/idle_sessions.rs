//! What many clients that do little cost: memory for each, and what a healthy client notices of them, in clear and inside
//! TLS. A program that prints a table: `cargo build --release --workspace --bins && cargo run --release -p
//! postroad-interop --example idle_sessions -- 9500`. It holds an open file for each client, and so does the relay.
//!
//! Memory is what the relay's process is larger by, measured from outside: the clients are in this process.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it measures the programs as the tests start them, and tells figures"
)]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use postroad_interop::{Front, Talker};
use postroad_test_support::ScriptedHost;

/// How the many behave.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// They said EHLO and nothing more.
    Idle,
    /// One octet of a command every ten seconds.
    DrippingCommand,
    /// One octet of message data every ten seconds.
    DrippingData,
    /// They never read a reply.
    NeverReading,
}

/// What lies between all clients, the healthy one too, and the relay.
#[derive(Clone, Copy, Debug)]
enum Wire {
    Clear,
    /// From the first octet; each client has made a handshake of its own, and none resumes a session.
    Tls,
}

/// The listeners of the many, which take as many as come.
const LISTENERS: &str = "
- { name: Clear, mode: smtp, listen: 127.0.0.1:0, allow_networks: [127.0.0.0/8], limits: LIMITS }
- { name: Tls, mode: implicit-tls, listen: 127.0.0.1:0, allow_networks: [127.0.0.0/8], limits: LIMITS,
    tls: { certificate: relay.pem, key: relay.key }, auth: { users: users.yaml, required: false } }
";
const LIMITS: &str = "{ max_sessions: 100000, max_sessions_per_address: 0 }";

fn main() {
    let count: usize = std::env::args().nth(1).map_or(9_500, |count| count.parse().unwrap());
    println!("{count} clients that do little, and one healthy client: 500 messages of 4 KiB, one connection");
    println!(
        "{:>6} {:<5} {:<18} {:>14} {:>10} {:>10} {:>8}",
        "", "wire", "the many", "KiB a session", "p50", "p99", "p50 to before"
    );
    for manner in [Manner::Idle, Manner::DrippingCommand, Manner::DrippingData, Manner::NeverReading] {
        for wire in [Wire::Clear, Wire::Tls] {
            measure(wire, manner, count);
        }
    }
}

/// One relay, one crowd, one line of the table.
fn measure(wire: Wire, manner: Manner, count: usize) {
    let host = ScriptedHost::honest();
    // A session with message data has a connection to the host too, and this program holds both ends.
    let count = if matches!(manner, Manner::DrippingData) { count / 4 } else { count };
    let front = Front::with(&[host.address()], &LISTENERS.replace("LIMITS", LIMITS), &[]);
    let _warm = healthy(&front, wire);
    let before = healthy(&front, wire);
    let resident = front.bench.relay.process.resident_kib();
    let crowd: Vec<Talker> = (0..count).map(|number| join(&front, wire, manner, number)).collect();
    // The last of them have been greeted; what the relay does for them is done in a moment.
    std::thread::sleep(Duration::from_millis(500));
    let each = (front.bench.relay.process.resident_kib() as f64 - resident as f64) / crowd.len() as f64;
    let stop = Arc::new(AtomicBool::new(false));
    let dripping = {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || drip(crowd, manner, &stop))
    };
    let during = healthy(&front, wire);
    stop.store(true, Ordering::Relaxed);
    drop(dripping.join().unwrap());
    println!(
        "{count:>6} {:<5} {:<18} {each:>14.1} {:>10.2?} {:>10.2?} {:>8.2}",
        format!("{wire:?}"),
        format!("{manner:?}"),
        during.0,
        during.1,
        during.0.as_secs_f64() / before.0.as_secs_f64()
    );
}

/// Median and 99th percentile of a transaction of a client that is quick.
fn healthy(front: &Front, wire: Wire) -> (Duration, Duration) {
    let mut sender = greeted(connect(front, wire, Front::INSIDE));
    let message = [b"x".repeat(62), b"\r\n".to_vec()].concat().repeat(64);
    let mut times: Vec<Duration> = (0..500)
        .map(|_| {
            let began = Instant::now();
            envelope(&mut sender);
            sender.write(&message).unwrap();
            sender.say(".", 250).unwrap();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// A client that has made its handshake, where there is one.
fn connect(front: &Front, wire: Wire, source: IpAddr) -> Talker {
    let mut talker = front.caller(&format!("{wire:?}"), source).unwrap();
    if matches!(wire, Wire::Tls) {
        talker.shake_hands(&front.authority.ca).unwrap();
    }
    talker
}

fn greeted(mut talker: Talker) -> Talker {
    talker.expect(220).unwrap();
    talker.say("EHLO client.example", 250).unwrap();
    talker
}

fn envelope(talker: &mut Talker) {
    talker.say("MAIL FROM:<a@x.example>", 250).unwrap();
    talker.say("RCPT TO:<b@y.example>", 250).unwrap();
    talker.say("DATA", 354).unwrap();
}

/// One of the many, from a loopback address that few of the others share.
fn join(front: &Front, wire: Wire, manner: Manner, number: usize) -> Talker {
    let host = u8::try_from(number / 200 % 250).unwrap() + 2;
    let mut talker = connect(front, wire, Ipv4Addr::new(127, 0, 1, host).into());
    if !matches!(manner, Manner::NeverReading) {
        talker = greeted(talker);
    }
    if matches!(manner, Manner::DrippingData) {
        envelope(&mut talker);
    }
    talker
}

/// Each of the many sends an octet every ten seconds, spread over the time.
fn drip(mut crowd: Vec<Talker>, manner: Manner, stop: &AtomicBool) -> Vec<Talker> {
    let pause = Duration::from_secs(10) / u32::try_from(crowd.len()).unwrap();
    while !stop.load(Ordering::Relaxed) {
        for talker in &mut crowd {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            if !matches!(manner, Manner::Idle) {
                let _gone = talker.write(b"N").is_err();
            }
            std::thread::sleep(pause);
        }
    }
    crowd
}
