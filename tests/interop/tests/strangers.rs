//! Clients that speak too early, or another protocol.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use postroad_interop::{Reading, Sink, Talker};
use postroad_test_support::{Bench, Message, Verdict};

/// Commands that would send a message.
const MESSAGE: &str = "EHLO client.example\r\nMAIL FROM:<a@sender.example>\r\nRCPT TO:<b@rcpt.example>\r\nDATA\r\n\
                       Subject: strange\r\n\r\nstrange\r\n.\r\nQUIT\r\n";

#[test]
fn th15_what_is_said_before_the_greeting_waits_for_it_or_is_refused() {
    let sink = Sink::start(Reading::Strict, &[]);
    let bench = Bench::start(&[sink.address()], &[]);
    for _ in 0..20 {
        let mut talker = Talker::connect(bench.relay.smtp()).unwrap();
        talker.write(b"EHLO client.example\r\nNOOP\r\nQUIT\r\n").unwrap();
        let codes: Vec<String> = talker.replies().iter().map(|reply| reply.chars().take(3).collect()).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let waited = matches!(codes.as_slice(), ["220", "250", "250", "221"] | ["220", "421"]);
        let refused = matches!(codes.as_slice(), ["421"] | ["554", "503", "503", "221"]);
        assert!(waited || refused, "{codes:?}");
    }
}

#[test]
fn th15_a_request_of_http_is_closed_and_nothing_in_it_is_obeyed() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let bench = Bench::start(&[sink.address()], &[]);
    let http = |line: &str| format!("{line}\r\nHost: relay-a.relay.example:2525\r\n\r\n{MESSAGE}").into_bytes();
    for (name, octets) in [
        ("GET", http("GET / HTTP/1.1")),
        ("HEAD", http("HEAD / HTTP/1.1")),
        ("POST", http("POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x")),
        ("CONNECT", http("CONNECT mail.example:25 HTTP/1.1")),
        ("PUT", http("PUT /x HTTP/1.0")),
        ("OPTIONS", http("OPTIONS * HTTP/1.1")),
    ] {
        let mut talker = Talker::connect(bench.relay.smtp()).unwrap();
        talker.expect(220).unwrap();
        talker.write(&octets).unwrap();
        let replies = talker.replies();
        let obeyed = replies.iter().any(|reply| reply.starts_with('2') || reply.starts_with('3'));
        assert!(!obeyed, "{name}: {replies:?}");
        assert!(replies.len() <= 1, "{name}: it goes on listening: {replies:?}");
    }
    assert!(sink.heard().is_empty(), "a stranger's message reached the smart host: {:?}", sink.heard());
    let verdict = bench.sender().send("a@sender.example", "b@rcpt.example", &Message::of_size("control", 100));
    assert!(matches!(verdict, Verdict::Acked(_)), "the control, an honest client: {verdict:?}");
}

#[test]
fn th15_what_is_no_command_is_refused_and_does_no_harm() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let bench = Bench::start(&[sink.address()], &[]);
    // The start of a ClientHello; a record of 512 octets is announced.
    let hello = [&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03][..], &[b'\n'; 40]].concat();
    for (name, octets) in [
        ("TLS", hello),
        ("SSH", b"SSH-2.0-OpenSSH_9.2".to_vec()),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n".to_vec()),
        ("LMTP", b"LHLO client.example".to_vec()),
        ("PROXY v1", b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2".to_vec()),
        ("PROXY v2", b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0".to_vec()),
        ("XCLIENT", b"XCLIENT ADDR=192.0.2.1".to_vec()),
        ("telnet", b"\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0".to_vec()),
        ("all octets", (0..=255).collect()),
    ] {
        let mut talker = Talker::connect(bench.relay.smtp()).unwrap();
        talker.expect(220).unwrap();
        talker.write(&[octets.as_slice(), b"\r\nQUIT\r\n"].concat()).unwrap();
        let replies = talker.replies();
        let refusals = replies.strip_suffix(&[replies.last().cloned().unwrap_or_default()]).unwrap_or(&replies);
        assert!(refusals.iter().all(|reply| reply.starts_with('5')) && !refusals.is_empty(), "{name}: {replies:?}");
    }
    let verdict = bench.sender().send("a@sender.example", "b@rcpt.example", &Message::of_size("control", 100));
    assert!(matches!(verdict, Verdict::Acked(_)), "the control, an honest client: {verdict:?}");
}
