//! Who is believed when they say who the client is: listed proxies (PROXY), and listed peers (XCLIENT).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::net::IpAddr;
use std::time::Duration;

use postroad_interop::{Front, Reading, Sink, Talker};

/// Only 192.0.2.1 may relay; nobody of this machine.
const LISTENERS: &str = "\
- { name: proxied, mode: smtp, listen: 127.0.0.1:0, allow_networks: [192.0.2.1/32], proxy_protocol: { from: [127.0.0.1] } }
- { name: xclient, mode: smtp, listen: 127.0.0.1:0, allow_networks: [192.0.2.1/32], xclient: { from: [127.0.0.1] } }
";

fn start(sink: &Sink) -> Front {
    Front::with(&[sink.address()], LISTENERS, &[])
}

/// A client behind a proxy that has written this header.
fn behind(front: &Front, header: &[u8]) -> Talker {
    let mut talker = front.caller("proxied", Front::INSIDE).unwrap();
    talker.write(header).unwrap();
    talker
}

fn version_2(command: u8, source: [u8; 4]) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
    header.extend([0x20 | command, 0x11, 0, 12]);
    header.extend(source);
    header.extend([198, 51, 100, 1, 0x9c, 0x40, 0, 25]);
    header
}

/// The answer to RCPT, after EHLO.
fn recipient(talker: &mut Talker) -> String {
    talker.say("EHLO client.example", 250).unwrap();
    talker.say("MAIL FROM:<a@sender.example>", 250).unwrap();
    talker.answer("RCPT TO:<b@rcpt.example>").unwrap()
}

#[test]
fn th06_the_address_that_a_listed_proxy_names_decides_who_may_relay() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(&sink);
    let line = |address: &str| format!("PROXY TCP4 {address} 198.51.100.1 40000 25\r\n").into_bytes();
    for (what, header, start) in [
        ("version 1, inside", line("192.0.2.1"), "250 "),
        ("version 1, outside", line("192.0.2.2"), "550 5.7.1 "),
        ("version 2, inside", version_2(1, [192, 0, 2, 1]), "250 "),
        ("version 2, outside", version_2(1, [192, 0, 2, 2]), "550 5.7.1 "),
        // It speaks for itself, and whatever address it writes is not the client's.
        ("version 1, unknown", b"PROXY UNKNOWN\r\n".to_vec(), "550 5.7.1 "),
        ("version 2, local", version_2(0, [192, 0, 2, 1]), "550 5.7.1 "),
    ] {
        let mut talker = behind(&front, &header);
        talker.expect(220).unwrap();
        let reply = recipient(&mut talker);
        assert!(reply.starts_with(start), "{what}: {reply}");
    }
}

#[test]
fn th06_a_listed_proxy_without_its_header_is_dropped_without_a_word() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(&sink);
    for header in ["EHLO client.example\r\n", "PROXY TCP4 192.0.2.1\r\n", "PROXY TCP4 192.0.2.256 192.0.2.1 1 2\r\n"] {
        let replies = behind(&front, header.as_bytes()).replies();
        assert!(replies.is_empty(), "{header:?}: {replies:?}");
    }
    front.bench.relay.process.wait_for("who was dropped", Duration::from_secs(10), |line| {
        let line = line.to_string();
        (line.contains("\"rule\":\"proxy-header\"") && line.contains("\"peer\":\"127.0.0.1:")).then_some(())
    });
}

#[test]
fn th06_the_proxy_line_of_a_peer_that_is_not_listed_is_a_command_in_error() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(&sink);
    let mut talker = front.caller("proxied", Front::OUTSIDE).unwrap();
    talker.expect(220).unwrap();
    let reply = talker.answer("PROXY TCP4 192.0.2.1 198.51.100.1 40000 25").unwrap();
    assert!(reply.starts_with("500 "), "{reply}");
    let reply = recipient(&mut talker);
    assert!(reply.starts_with("550 5.7.1 "), "{reply}");
}

/// A greeted client of the listener that believes XCLIENT of 127.0.0.1.
fn greeted(front: &Front, source: IpAddr) -> (Talker, String) {
    let mut talker = front.caller("xclient", source).unwrap();
    talker.expect(220).unwrap();
    let offers = talker.say("EHLO proxy.example", 250).unwrap();
    (talker, offers)
}

#[test]
fn e16a_xclient_of_a_listed_peer_changes_who_may_relay() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(&sink);
    let (mut talker, offers) = greeted(&front, Front::INSIDE);
    assert!(offers.contains("XCLIENT"), "{offers}");
    let reply = recipient(&mut talker);
    assert!(reply.starts_with("550 5.7.1 "), "before: {reply}");
    talker.say("RSET", 250).unwrap();
    for (address, start) in [("192.0.2.1", "250 "), ("192.0.2.2", "550 5.7.1 "), ("[UNAVAILABLE]", "550 5.7.1 ")] {
        talker.say(&format!("XCLIENT ADDR={address} NAME=client.example"), 220).unwrap();
        let reply = recipient(&mut talker);
        assert!(reply.starts_with(start), "{address}: {reply}");
        talker.say("RSET", 250).unwrap();
    }
}

#[test]
fn e16a_xclient_of_others_is_550_and_changes_nothing() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(&sink);
    let (mut talker, offers) = greeted(&front, Front::OUTSIDE);
    assert!(!offers.contains("XCLIENT"), "{offers}");
    talker.say("XCLIENT ADDR=192.0.2.1", 550).unwrap();
    let reply = recipient(&mut talker);
    assert!(reply.starts_with("550 5.7.1 "), "{reply}");
}
