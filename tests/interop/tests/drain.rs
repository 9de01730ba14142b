//! The end of a relay, as its clients see it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and wait")]

use std::net::TcpListener;
use std::thread::sleep;
use std::time::{Duration, Instant};

use postroad_interop::{Front, Mode, Talker};
use postroad_test_support::{Act, At, Conversation, ScriptedHost};

/// The process is gone by then. Nothing is allowed beyond it: the relay itself plans with a margin of a sixteenth.
const DEADLINE: Duration = Duration::from_secs(8);
const FLAGS: [&str; 2] = ["--drain-deadline", "8s"];

/// A client that has sent this behind DATA.
fn sender(front: &Front, data: &str) -> Talker {
    let mut sender = front.talker(Mode::StartTls).unwrap();
    sender.say("MAIL FROM:<a@sender.example>", 250).unwrap();
    sender.say("RCPT TO:<b@rcpt.example>", 250).unwrap();
    sender.say("DATA", 354).unwrap();
    sender.write(data.as_bytes()).unwrap();
    sender
}

/// A client whose message the host has, whole; it is owed the reply.
fn owed(front: &Front, host: &ScriptedHost) -> Talker {
    let sender = sender(front, "Subject: whole\r\n\r\nx\r\n.\r\n");
    let began = Instant::now();
    while host.messages().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "the message does not come to the host");
        sleep(Duration::from_millis(10));
    }
    sender
}

/// Waits for the end of a relay that was told to end at this moment.
fn ends_in_time(front: &mut Front, told: Instant) {
    let status = front.bench.relay.process.wait(Duration::from_secs(20));
    let took = told.elapsed();
    assert!(status.success(), "{status}");
    assert!(took < DEADLINE, "it took {took:?} to end");
}

#[test]
fn m20_a_relay_that_is_told_to_end_tells_its_clients_the_truth_and_ends_in_time() {
    let stalls = || Conversation::honest().but(At::Dot, Act::Stall);
    let host = ScriptedHost::start(vec![stalls(), stalls()]);
    let mut front = Front::with(&[host.address()], "", &FLAGS);
    front.bench.relay.wait_until_ready();
    let mut idle: Vec<_> = Mode::ALL.iter().map(|&mode| front.talker(mode).unwrap()).collect();
    // It never begins its handshake.
    let _mute = Talker::connect(front.address(Mode::ImplicitTls)).unwrap();
    let mut owed = owed(&front, &host);
    let mut broken = sender(&front, &format!("Subject: half\r\n\r\n{}", "x\r\n".repeat(100_000)));

    let told = Instant::now();
    front.bench.relay.process.signal("TERM");
    while front.bench.relay.health("/readyz") != 503 {
        assert!(told.elapsed() < Duration::from_secs(1), "it still says that it is ready");
        sleep(Duration::from_millis(10));
    }
    for talker in &mut idle {
        talker.expect(421).unwrap();
        assert!(talker.replies().is_empty(), "421 is the last word");
    }
    assert!(told.elapsed() < DEADLINE / 4, "idle clients waited {:?}", told.elapsed());
    broken.expect(421).unwrap();
    // These two keep their connections open, and are not waited for.
    let reply = owed.reply().unwrap();
    assert!(reply.starts_with("451 4.4.2 "), "{reply}");
    ends_in_time(&mut front, told);
    let half = host.seen().into_iter().find(|seen| seen.raw.windows(13).any(|octets| octets == b"Subject: half"));
    let half = half.expect("the host has not seen what there was");
    assert!(!half.raw.ends_with(b"\r\n.\r\n"), "it went on as if it were whole");
}

/// A host that answers before the end of the drain is heard, and its client learns the truth.
#[test]
fn rg20_a_late_answer_to_the_dot_is_passed_on_while_the_relay_ends() {
    // Later than messages that are not whole are waited for.
    let late = Act::Late(DEADLINE / 2);
    let host = ScriptedHost::start(vec![Conversation::honest().but(At::Dot, late)]);
    let mut front = Front::with(&[host.address()], "", &FLAGS);
    front.bench.relay.wait_until_ready();
    let mut owed = owed(&front, &host);
    let told = Instant::now();
    front.bench.relay.process.signal("TERM");
    owed.expect(250).unwrap();
    owed.expect(421).unwrap();
    assert!(told.elapsed() > DEADLINE / 8 * 3, "it was not late");
    drop(owed);
    ends_in_time(&mut front, told);
}

/// Traces that nobody takes do not keep a relay that has said its last word.
#[test]
fn a_collector_that_does_not_answer_does_not_move_the_deadline() {
    // It accepts, and says nothing.
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let flags = [&FLAGS[..], &["--otlp-endpoint", &endpoint, "--trace-sample-ratio", "1"]].concat();
    let host = ScriptedHost::start(vec![Conversation::honest().but(At::Dot, Act::Stall)]);
    let mut front = Front::with(&[host.address()], "", &flags);
    front.bench.relay.wait_until_ready();
    let mut owed = owed(&front, &host);
    let told = Instant::now();
    front.bench.relay.process.signal("TERM");
    let reply = owed.reply().unwrap();
    assert!(reply.starts_with("451 4.4.2 "), "{reply}");
    ends_in_time(&mut front, told);
    let log = front.bench.relay.process.log();
    assert!(log.iter().any(|line| line.contains("not all traces were taken")), "it did not wait for the collector");
}
