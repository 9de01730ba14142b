//! A message of 300 MB through a relay with a slow smart host takes no memory.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and wait")]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use postroad_test_support::{Bench, Conversation, Message, ScriptedHost, Verdict, report};

const SIZE: usize = 300_000_000;
const LIMIT_KIB: u64 = 4 * 1024;

#[test]
fn a_large_message_to_a_slow_host_raises_the_memory_by_at_most_four_mib() {
    let slow = Conversation::honest().slow(1 << 20, Duration::from_millis(15));
    let host = ScriptedHost::start(vec![slow]);
    let bench = Bench::start(&[host.address()], &["--max-message-size", "0"]);
    let mut sender = bench.sender();
    // What the first messages leave behind is not the large one's.
    for number in 0..3 {
        let verdict =
            sender.send("a@sender.example", "b@rcpt.example", &Message::of_size(&number.to_string(), 1 << 20));
        assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
    }
    let before = bench.relay.process.resident_kib();
    let passed = host.body_bytes();
    let (most, over) = (AtomicU64::new(before), AtomicBool::new(false));
    let answer = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                most.fetch_max(bench.relay.process.resident_kib(), Ordering::SeqCst);
                thread::sleep(Duration::from_millis(20));
            }
        });
        let answer = stream(&mut sender);
        over.store(true, Ordering::SeqCst);
        answer
    });
    let answer = answer.unwrap();
    let raised = most.load(Ordering::SeqCst) - before;
    report(&format!("constant memory: {SIZE} bytes passed, resident memory {before} KiB, raised by {raised} KiB"));
    assert_eq!(answer.code, 250, "{answer:?}");
    assert!(host.body_bytes() - passed >= SIZE as u64, "only {} bytes came through", host.body_bytes() - passed);
    assert!(raised <= LIMIT_KIB, "raised by {raised} KiB");
}

fn stream(sender: &mut postroad_test_support::Sender) -> std::io::Result<postroad_test_support::Answer> {
    assert_eq!(sender.envelope("a@sender.example", "b@rcpt.example")?.code, 250);
    assert_eq!(sender.command("DATA")?.code, 354);
    let line = [b"x".repeat(900), b"\r\n".to_vec()].concat();
    let block = line.repeat(64);
    sender.wire.write(b"Subject: large\r\n\r\n")?;
    let mut written = 0;
    while written < SIZE {
        sender.wire.write(&block)?;
        written += block.len();
    }
    sender.wire.write(b".\r\n")?;
    sender.answer()
}
