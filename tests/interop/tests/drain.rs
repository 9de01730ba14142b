//! The end of a relay, as its clients see it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and wait")]

use std::thread::sleep;
use std::time::{Duration, Instant};

use postroad_interop::{Front, Mode};
use postroad_test_support::{Act, At, Conversation, ScriptedHost};

const DEADLINE: Duration = Duration::from_secs(3);
/// What a relay may take beyond the deadline to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

#[test]
fn m20_a_relay_that_is_told_to_end_tells_its_clients_the_truth_and_ends_in_time() {
    let host = ScriptedHost::start(vec![Conversation::honest().but(At::Dot, Act::Stall)]);
    let mut front = Front::with(&[host.address()], "", &["--drain-deadline", "3s"]);
    front.bench.relay.wait_until_ready();
    let mut idle: Vec<_> = Mode::ALL.iter().map(|&mode| front.talker(mode).unwrap()).collect();
    let mut sender = front.talker(Mode::StartTls).unwrap();
    sender.say("MAIL FROM:<a@sender.example>", 250).unwrap();
    sender.say("RCPT TO:<b@rcpt.example>", 250).unwrap();
    sender.say("DATA", 354).unwrap();
    sender.write(b"Subject: x\r\n\r\nx\r\n.\r\n").unwrap();
    let began = Instant::now();
    while host.messages().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "the message does not come to the host");
        sleep(Duration::from_millis(10));
    }

    let began = Instant::now();
    front.bench.relay.process.signal("TERM");
    while front.bench.relay.health("/readyz") != 503 {
        assert!(began.elapsed() < Duration::from_secs(1), "it still says that it is ready");
        sleep(Duration::from_millis(10));
    }
    for talker in &mut idle {
        talker.expect(421).unwrap();
        assert!(talker.replies().is_empty(), "421 is the last word");
    }
    assert!(began.elapsed() < DEADLINE, "idle clients waited {:?}", began.elapsed());
    let reply = sender.reply().unwrap();
    assert!(reply.starts_with("451 4.4.2 "), "{reply}");
    let status = front.bench.relay.process.wait(Duration::from_secs(20));
    assert!(status.success(), "{status}");
    let took = began.elapsed();
    assert!(took < DEADLINE + FAREWELL, "it took {took:?} to end");
}
