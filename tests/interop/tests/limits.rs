//! What a client may take of a relay: sessions, and time for its message.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

use std::net::{IpAddr, SocketAddr};
use std::thread::sleep;
use std::time::{Duration, Instant};

use postroad_interop::{Front, Reading, Sink, Talker};
use postroad_test_support::{Conversation, ScriptedHost};

const LISTENERS: &str = "\
- { name: two, mode: smtp, listen: 127.0.0.1:0, limits: { max_sessions: 2 } }
- { name: one-each, mode: smtp, listen: 127.0.0.1:0, limits: { max_sessions_per_address: 1 } }
- { name: strict, mode: smtp, listen: 127.0.0.1:0, limits: { strict_pipelining: true } }
- { name: circle, mode: smtp, listen: 127.0.0.1:0, limits: { max_hops: 150 } }
- { name: brisk, mode: smtp, listen: 127.0.0.1:0, limits: { min_data_rate: 100000000, data_rate_grace: 1s } }
";

fn start(host: SocketAddr) -> Front {
    Front::with(&[host], LISTENERS, &[])
}

/// The first that a client from there is told, with the client.
fn told(front: &Front, listener: &str, source: IpAddr) -> (Talker, String) {
    let mut talker = front.caller(listener, source).unwrap();
    let reply = talker.reply().unwrap();
    (talker, reply)
}

/// A place comes free a moment after its client has left.
fn is_welcome_soon(front: &Front, listener: &str, source: IpAddr) {
    let began = Instant::now();
    loop {
        let (_talker, reply) = told(front, listener, source);
        if reply.starts_with("220 ") {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "the place does not come free: {reply}");
        sleep(Duration::from_millis(10));
    }
}

fn was_logged(front: &Front, rule: &str) {
    let rule = format!("\"rule\":\"{rule}\"");
    front.bench.relay.process.wait_for(&rule, Duration::from_secs(10), |line| {
        let line = line.to_string();
        (line.contains(&rule) && line.contains("\"peer\":\"127.0.0.1:")).then_some(())
    });
}

#[test]
fn th12_a_client_with_too_many_sessions_is_421_and_another_is_welcome() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(sink.address());
    let (mut first, reply) = told(&front, "one-each", Front::INSIDE);
    assert!(reply.starts_with("220 "), "{reply}");
    let (mut second, reply) = told(&front, "one-each", Front::INSIDE);
    assert!(reply.starts_with("421 4.3.2 "), "{reply}");
    assert!(second.replies().is_empty(), "421 is the last word");
    was_logged(&front, "max-sessions-per-address");
    let (_other, reply) = told(&front, "one-each", Front::OUTSIDE);
    assert!(reply.starts_with("220 "), "{reply}");
    first.say("EHLO client.example", 250).unwrap();
    first.say("QUIT", 221).unwrap();
    drop(first);
    is_welcome_soon(&front, "one-each", Front::INSIDE);
}

#[test]
fn th12_more_sessions_than_a_listener_has_are_421() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(sink.address());
    let (first, reply) = told(&front, "two", Front::OUTSIDE);
    assert!(reply.starts_with("220 "), "{reply}");
    let (_second, reply) = told(&front, "two", Front::INSIDE);
    assert!(reply.starts_with("220 "), "{reply}");
    let (_third, reply) = told(&front, "two", Front::INSIDE);
    assert!(reply.starts_with("421 4.3.2 "), "{reply}");
    was_logged(&front, "max-sessions");
    drop(first);
    is_welcome_soon(&front, "two", Front::INSIDE);
}

/// A client that may send the data now.
fn sending(front: &Front) -> Talker {
    let (mut talker, reply) = told(front, "brisk", Front::INSIDE);
    assert!(reply.starts_with("220 "), "{reply}");
    talker.say("EHLO client.example", 250).unwrap();
    talker.say("MAIL FROM:<a@sender.example>", 250).unwrap();
    talker.say("RCPT TO:<b@rcpt.example>", 250).unwrap();
    talker.say("DATA", 354).unwrap();
    talker.write(b"Subject: pace\r\n\r\n").unwrap();
    talker
}

#[test]
fn th12_a_client_that_drips_its_message_is_421() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(sink.address());
    let mut talker = sending(&front);
    let began = Instant::now();
    // An octet now and then is no standstill; it is the rate that is too low.
    for _ in 0..15 {
        sleep(Duration::from_millis(100));
        if talker.write(b"x").is_err() {
            break;
        }
    }
    let reply = talker.reply().unwrap();
    assert!(reply.starts_with("421 4.4.2 "), "{reply}");
    assert!(began.elapsed() < Duration::from_secs(20), "only after {:?}", began.elapsed());
    assert!(sink.messages().is_empty(), "half a message was delivered");
}

#[test]
fn th12_a_slow_host_is_not_held_against_a_quick_client() {
    // It takes 6.4 seconds for all of it, and the sockets between us can hold some 20 MB.
    let host = ScriptedHost::start(vec![Conversation::honest().slow(512 * 1024, Duration::from_millis(100))]);
    let front = start(host.address());
    let mut talker = sending(&front);
    let began = Instant::now();
    let lines = [b'x'; 62].iter().chain(b"\r\n").copied().cycle().take(32 * 1024 * 1024).collect::<Vec<u8>>();
    talker.write(&lines).unwrap();
    assert!(began.elapsed() > Duration::from_secs(2), "the host was not slow: {:?}", began.elapsed());
    talker.say(".", 250).unwrap();
}

/// A message with so many Received fields, handed in at a listener.
fn after_hops(front: &Front, listener: &str, hops: usize, code: u16) {
    let mut talker = front.caller(listener, Front::INSIDE).unwrap();
    talker.expect(220).unwrap();
    talker.say("EHLO client.example", 250).unwrap();
    talker.say("MAIL FROM:<a@sender.example>", 250).unwrap();
    talker.say("RCPT TO:<b@rcpt.example>", 250).unwrap();
    talker.say("DATA", 354).unwrap();
    let fields = "Received: from a by b; Mon, 2 Nov 2026 10:00:00 +0000\r\n".repeat(hops);
    talker.write(format!("{fields}Subject: round\r\n\r\nx\r\n").as_bytes()).unwrap();
    let reply = talker.say(".", code).unwrap();
    assert!(code == 250 || reply.starts_with("554 5.4.6 "), "{reply}");
}

#[test]
fn m16_t04_a_message_may_have_as_many_hops_as_the_listener_says() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(sink.address());
    after_hops(&front, "smtp", 100, 250);
    after_hops(&front, "smtp", 101, 554);
    after_hops(&front, "circle", 150, 250);
    after_hops(&front, "circle", 151, 554);
    assert_eq!(sink.messages().len(), 2);
}

#[test]
fn th15_a_strict_listener_turns_away_whoever_speaks_out_of_turn() {
    let sink = Sink::start(Reading::Strict, &[]);
    let front = start(sink.address());
    let mut talker = front.caller("strict", Front::INSIDE).unwrap();
    talker.expect(220).unwrap();
    talker.write(b"EHLO client.example\r\nMAIL FROM:<a@sender.example>\r\n").unwrap();
    talker.expect(421).unwrap();
    let mut talker = front.caller("smtp", Front::INSIDE).unwrap();
    talker.expect(220).unwrap();
    talker.write(b"EHLO client.example\r\nMAIL FROM:<a@sender.example>\r\n").unwrap();
    talker.expect(250).unwrap();
    talker.expect(250).unwrap();
}
