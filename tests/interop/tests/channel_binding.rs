//! Where SCRAM can be bound to TLS.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use postroad_interop::{Front, Mode, Reading, Sink, Talker};
use rustls::version::{TLS12, TLS13};

#[test]
fn e10a_scram_plus_is_offered_under_tls_1_3_and_not_under_1_2() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = Front::start(&[sink.address()]);
    for (version, offered, code) in [
        (&TLS13, "AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN", 334),
        (&TLS12, "AUTH SCRAM-SHA-256 PLAIN LOGIN", 504),
    ] {
        let mut talker = Talker::connect(front.address(Mode::ImplicitTls)).unwrap();
        talker.shake_hands_by(&front.authority.ca, &[version]).unwrap();
        talker.expect(220).unwrap();
        let reply = talker.say("EHLO client.example", 250).unwrap();
        let line = reply.lines().filter_map(|line| line.get(4..)).find(|line| line.starts_with("AUTH "));
        assert_eq!(line, Some(offered), "{version:?}");
        talker.say("AUTH SCRAM-SHA-256-PLUS", code).unwrap();
    }
}
