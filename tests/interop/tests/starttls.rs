//! Nothing that was said before TLS is obeyed inside it.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and there is no event between two segments"
)]

use std::thread;
use std::time::Duration;

use postroad_interop::{Front, Mode, Reading, Sink, Talker};
use postroad_test_support::report;

/// What an attacker puts behind STARTTLS, before he lets the client's TLS through.
const INJECTIONS: [&str; 5] = [
    "EHLO attacker.example\r\nMAIL FROM:<evil@evil.example>\r\n",
    "EHLO attacker.example\r\nMAIL FROM:<evil@evil.example>\r\nRCPT TO:<victim@rcpt.example>\r\nDATA\r\n",
    "NOOP\r\n",
    "AUTH PLAIN AGF0dGFja2VyAHg=\r\n",
    "MAIL FROM:<evil@evil.exam",
];

/// What came of an injection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// No handshake, or 421: the connection is of no more use.
    Broken,
    /// TLS, and a session that knows nothing of what was injected.
    Fresh,
}

/// Writes STARTTLS and the injection, cut in two, and goes on as an honest client would.
fn inject(front: &Front, octets: &[u8], cut: usize) -> Outcome {
    let mut talker = Talker::connect(front.address(Mode::StartTls)).unwrap();
    talker.expect(220).unwrap();
    talker.say("EHLO client.example", 250).unwrap();
    let (one, other) = octets.split_at(cut);
    talker.write(one).unwrap();
    if cut > 0 && !other.is_empty() {
        thread::sleep(Duration::from_millis(1));
    }
    // The relay may have closed already.
    let written = talker.write(other);
    let reply = talker.reply();
    let refused = reply.as_ref().map_or(true, |reply| reply.starts_with("421 "));
    if written.is_err() || refused {
        return Outcome::Broken;
    }
    assert!(reply.as_ref().is_ok_and(|reply| reply.starts_with("220 ")), "cut at {cut}: {reply:?}");
    let Ok(()) = talker.shake_hands(&front.authority.ca) else { return Outcome::Broken };
    // A reply to anything injected would come first, and be taken for the reply to this.
    let reply = talker.answer("RCPT TO:<victim@rcpt.example>").unwrap();
    assert!(reply.starts_with("503 "), "cut at {cut}: {reply}");
    let reply = talker.answer("MAIL FROM:<a@sender.example>").unwrap();
    assert!(reply.starts_with("503 "), "cut at {cut}, EHLO from before TLS is still known: {reply}");
    let offers = talker.say("EHLO client.example", 250).unwrap();
    assert!(!offers.contains("STARTTLS"), "cut at {cut}: {offers}");
    talker.say("MAIL FROM:<a@sender.example>", 250).unwrap();
    Outcome::Fresh
}

#[test]
fn th02_nothing_injected_behind_starttls_is_obeyed_inside_tls() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = Front::start(&[sink.address()]);
    let mut outcomes = Vec::new();
    for injection in INJECTIONS {
        let octets = format!("STARTTLS\r\n{injection}").into_bytes();
        for cut in 0..=octets.len() {
            outcomes.push(inject(&front, &octets, cut));
        }
    }
    assert!(sink.messages().is_empty(), "{:?}", sink.messages());
    assert_eq!(inject(&front, b"STARTTLS\r\n", 0), Outcome::Fresh, "the control, an honest client");
    let fresh = outcomes.iter().filter(|outcome| **outcome == Outcome::Fresh).count();
    report(&format!(
        "STARTTLS: {} injections, none obeyed: {fresh} were dropped, {} broke the connection",
        outcomes.len(),
        outcomes.len() - fresh
    ));
}

/// The other way to be inside TLS with what was said in clear: STARTTLS in the middle of a transaction or login.
#[test]
fn th02_a_transaction_from_before_tls_is_forgotten() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = Front::start(&[sink.address()]);
    let mut talker = Talker::connect(front.address(Mode::StartTls)).unwrap();
    talker.expect(220).unwrap();
    talker.say("EHLO client.example", 250).unwrap();
    talker.say("MAIL FROM:<evil@evil.example>", 250).unwrap();
    talker.say("RCPT TO:<victim@rcpt.example>", 250).unwrap();
    let reply = talker.answer("STARTTLS").unwrap();
    if reply.starts_with("503 ") {
        // Refused in a transaction: RSET, then it goes.
        talker.say("RSET", 250).unwrap();
        talker.say("STARTTLS", 220).unwrap();
    }
    talker.shake_hands(&front.authority.ca).unwrap();
    for line in ["DATA", "RCPT TO:<victim@rcpt.example>", "MAIL FROM:<a@sender.example>"] {
        let reply = talker.answer(line).unwrap();
        assert!(reply.starts_with("503 ") || reply.starts_with("554 "), "{line}: {reply}");
    }
}

#[test]
fn e09_clear_text_at_a_port_of_tls_meets_no_banner() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = Front::start(&[sink.address()]);
    let mut talker = Talker::connect(front.address(Mode::ImplicitTls)).unwrap();
    talker.write(b"EHLO client.example\r\nMAIL FROM:<evil@evil.example>\r\nQUIT\r\n").unwrap();
    let replies = talker.replies();
    let digits = replies.iter().any(|reply| reply.bytes().take(3).all(|octet| octet.is_ascii_digit()));
    assert!(!digits, "{replies:?}");
}
