//! What many clients that do little cost: memory for each, and what a healthy client notices of them. A program that
//! prints a table: `cargo build --release --workspace --bins && cargo run --release -p postroad-e2e --example
//! idle_sessions -- 10000`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it measures the programs as the tests start them, and tells figures"
)]

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use postroad_test_support::{Bench, Message, ScriptedHost, Sender, Verdict};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

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

fn main() {
    let count: usize = std::env::args().nth(1).map_or(10_000, |count| count.parse().unwrap());
    println!("{count} clients that do little, and one healthy client: 500 messages of 4 KiB, one connection");
    println!("{:>6} {:<18} {:>14} {:>10} {:>10} {:>8}", "", "the many", "KiB a session", "p50", "p99", "p50 to before");
    for manner in [Manner::Idle, Manner::DrippingCommand, Manner::DrippingData, Manner::NeverReading] {
        measure(manner, count);
    }
}

/// One relay, one crowd, one line of the table.
fn measure(manner: Manner, count: usize) {
    let host = ScriptedHost::honest();
    let flags = ["--max-sessions", "100000"];
    // A session with message data has a connection to the host too, and this program holds both ends.
    let count = if matches!(manner, Manner::DrippingData) { count / 4 } else { count };
    let bench = Bench::start(&[host.address()], &flags);
    let _warm = healthy(&bench);
    let before = healthy(&bench);
    let resident = bench.relay.process.resident_kib();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let crowd = runtime.block_on(gather(bench.relay.smtp(), manner, count));
    let each = (bench.relay.process.resident_kib() as f64 - resident as f64) / crowd.len() as f64;
    let stop = Arc::new(AtomicBool::new(false));
    let dripping = {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || drip(crowd, manner, &stop))
    };
    let during = healthy(&bench);
    stop.store(true, Ordering::Relaxed);
    drop(dripping.join().unwrap());
    println!(
        "{count:>6} {:<18} {each:>14.1} {:>10.2?} {:>10.2?} {:>8.2}",
        format!("{manner:?}"),
        during.0,
        during.1,
        during.0.as_secs_f64() / before.0.as_secs_f64()
    );
}

/// Median and 99th percentile of a transaction of a client that is quick.
fn healthy(bench: &Bench) -> (Duration, Duration) {
    let mut sender = Sender::connect(bench.relay.smtp()).unwrap();
    let mut times: Vec<Duration> = (0..500)
        .map(|number| {
            let message =
                Message { id: number.to_string(), bytes: [b"x".repeat(62), b"\r\n".to_vec()].concat().repeat(64) };
            let began = Instant::now();
            let verdict = sender.send("a@x.example", "b@y.example", &message);
            assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

async fn gather(relay: SocketAddr, manner: Manner, count: usize) -> Vec<TcpStream> {
    let mut crowd = Vec::with_capacity(count);
    for number in 0..count {
        crowd.push(join(relay, manner, number).await);
    }
    // The last of them have been greeted; what the relay does for them is done in a moment.
    tokio::time::sleep(Duration::from_millis(500)).await;
    crowd
}

/// One of the many, from a loopback address that few of the others share.
async fn join(relay: SocketAddr, manner: Manner, number: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let host = u8::try_from(number / 200 % 250).unwrap() + 2;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 1, host), 0))).unwrap();
    let mut stream = socket.connect(relay).await.unwrap();
    let lines: &[&str] = match manner {
        Manner::Idle | Manner::DrippingCommand => &["EHLO slow.example\r\n"],
        Manner::DrippingData => {
            &["EHLO slow.example\r\n", "MAIL FROM:<a@x.example>\r\n", "RCPT TO:<b@y.example>\r\n", "DATA\r\n"]
        }
        Manner::NeverReading => &[],
    };
    if !matches!(manner, Manner::NeverReading) {
        read_reply(&mut stream).await;
    }
    for line in lines {
        stream.write_all(line.as_bytes()).await.unwrap();
        read_reply(&mut stream).await;
    }
    stream
}

async fn read_reply(stream: &mut TcpStream) {
    let mut reply = [0; 2048];
    let read = stream.read(&mut reply).await.unwrap();
    assert!(matches!(reply[0], b'2' | b'3'), "{}", String::from_utf8_lossy(&reply[..read]));
}

/// Each of the many sends an octet every ten seconds, spread over the time.
fn drip(crowd: Vec<TcpStream>, manner: Manner, stop: &AtomicBool) -> Vec<std::net::TcpStream> {
    let mut crowd: Vec<_> = crowd.into_iter().map(|stream| stream.into_std().unwrap()).collect();
    let pause = Duration::from_secs(10) / u32::try_from(crowd.len()).unwrap();
    while !stop.load(Ordering::Relaxed) {
        for stream in &mut crowd {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            if !matches!(manner, Manner::Idle) {
                let _gone = stream.write(b"N").is_err();
            }
            std::thread::sleep(pause);
        }
    }
    crowd
}
