//! What stays true when a message is broken off, refused, or answered late.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

use std::thread;
use std::time::{Duration, Instant};

use postroad_test_support::{Act, At, Bench, Conversation, Message, ScriptedHost};

const FROM: &str = "a@sender.example";
const TO: &str = "b@rcpt.example";

fn host(conversation: Conversation) -> ScriptedHost {
    ScriptedHost::start(vec![conversation])
}

/// Waits until the host has seen the end of its first connection.
fn over(host: &ScriptedHost) {
    let began = Instant::now();
    while !host.seen().first().is_some_and(|seen| seen.over) {
        assert!(began.elapsed() < Duration::from_secs(10), "the connection to the host stays");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn s14_a_client_lost_in_the_data_leaves_nothing_whole_at_the_host() {
    let host = ScriptedHost::honest();
    let bench = Bench::start(&[host.address()], &[]);
    let mut sender = bench.sender();
    assert_eq!(sender.envelope(FROM, TO).unwrap().code, 250);
    assert_eq!(sender.command("DATA").unwrap().code, 354);
    sender.wire.write(b"Subject: broken off\r\n\r\nx\r\n").unwrap();
    sender.wire.close();
    over(&host);
    let raw = host.seen()[0].raw.clone();
    assert!(host.messages().is_empty());
    assert!(!raw.windows(5).any(|five| five == b"\r\n.\r\n"), "{}", String::from_utf8_lossy(&raw));
}

#[test]
fn s20_what_was_refused_after_the_data_never_comes_later() {
    for reply in ["450 4.2.0 later", "554 5.7.1 spam"] {
        let host = host(Conversation::honest().but(At::DotUnstored, Act::say(reply)));
        let bench = Bench::start(&[host.address()], &["--drain-deadline", "5s"]);
        let mut sender = bench.sender();
        assert_eq!(sender.envelope(FROM, TO).unwrap().code, 250);
        assert_eq!(sender.command("DATA").unwrap().code, 354);
        sender.wire.write(&Message::of_size("refused", 400).stuffed()).unwrap();
        assert!(sender.answer().unwrap().starts_with(reply));
        over(&host);
        drop(sender);
        thread::sleep(Duration::from_secs(2));
        assert_eq!(host.seen().len(), 1, "the relay came back by itself");
        assert!(host.messages().is_empty());
    }
}

#[test]
fn t05_a_return_path_is_neither_added_nor_taken_away() {
    let host = ScriptedHost::honest();
    let bench = Bench::start(&[host.address()], &[]);
    let mut sender = bench.sender();
    for header in ["Subject: none\r\n", "Return-Path: <other@x.example>\r\nSubject: one\r\n"] {
        let bytes = format!("{header}\r\nx\r\n").into_bytes();
        let verdict = sender.send(FROM, TO, &Message { id: String::new(), bytes: bytes.clone() });
        assert!(matches!(verdict, postroad_test_support::Verdict::Acked(_)), "{verdict:?}");
        assert_eq!(host.messages().pop().unwrap().without_received(), bytes);
    }
}

#[test]
fn l5d_a_host_that_answers_the_dot_after_our_timer_is_in_doubt() {
    for timer in [1, 2] {
        let late = Duration::from_secs(timer + 5);
        let host = host(Conversation::honest().but(At::Dot, Act::Late(late)));
        let bench = Bench::start(&[host.address()], &["--final-reply-timeout", &format!("{timer}s")]);
        let mut sender = bench.sender();
        assert_eq!(sender.envelope(FROM, TO).unwrap().code, 250);
        assert_eq!(sender.command("DATA").unwrap().code, 354);
        let began = Instant::now();
        sender.wire.write(&Message::of_size("late", 400).stuffed()).unwrap();
        let answer = sender.answer().unwrap();
        assert!(answer.starts_with("451 4.4.2"), "{answer:?}");
        assert!(began.elapsed() < late, "the client was told only when the host had answered");
        let said = || bench.relay.process.log().iter().any(|line| line.contains("in_doubt: "));
        while !said() {
            assert!(began.elapsed() < Duration::from_secs(20), "{:?}", bench.relay.process.log());
            thread::sleep(Duration::from_millis(20));
        }
    }
}
