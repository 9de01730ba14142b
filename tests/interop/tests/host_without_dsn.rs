//! A smart host that offered DSN and does so no more.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and wait")]

use std::time::{Duration, Instant};

use postroad_interop::{Front, Mode, Talker};
use postroad_test_support::{Act, At, Conversation, ScriptedHost};

/// RFC 3461 §5.1 gives no ground to refuse for good, and what was asked for is not dropped: the client is told to come again,
/// and by then it is not offered DSN, so that the sender is told by the client.
#[test]
fn f4_e6a_rg26_a_client_whose_dsn_a_host_cannot_take_any_more_comes_again_and_is_offered_none() {
    let with_dsn = "250-host.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 DSN\r\n";
    let once = Conversation::honest().but(At::Ehlo, Act::Raw(with_dsn.as_bytes().to_vec()));
    let host = ScriptedHost::start(vec![once, Conversation::honest()]);
    let front = Front::start(&[host.address()]);
    let mut talker = Talker::connect(front.address(Mode::Clear)).unwrap();
    talker.expect(220).unwrap();
    talker.say("EHLO client.example", 250).unwrap();
    talker.say("MAIL FROM:<a@sender.example>", 250).unwrap();
    talker.say("RCPT TO:<b@rcpt.example>", 250).unwrap();
    wait_until_dsn_is(true, &mut talker);
    talker.say("MAIL FROM:<a@sender.example>", 250).unwrap();
    let reply = talker.say("RCPT TO:<b@rcpt.example> NOTIFY=SUCCESS", 451).unwrap();
    assert!(reply.starts_with("451 4.3.3 ") && reply.contains("EHLO"), "{reply}");

    wait_until_dsn_is(false, &mut talker);
    talker.say("MAIL FROM:<a@sender.example>", 250).unwrap();
    talker.say("RCPT TO:<b@rcpt.example> NOTIFY=SUCCESS", 555).unwrap();
    talker.say("RCPT TO:<b@rcpt.example>", 250).unwrap();
    talker.say("DATA", 354).unwrap();
    talker.write(b"Subject: again\r\n\r\nx\r\n").unwrap();
    talker.say(".", 250).unwrap();
    assert_eq!(host.messages().len(), 1);
}

/// Says EHLO until DSN is listed or not: no mail is needed for it, and nothing is asked of the host.
fn wait_until_dsn_is(listed: bool, talker: &mut Talker) {
    let began = Instant::now();
    loop {
        let offers = talker.say("EHLO client.example", 250).unwrap();
        if offers.lines().any(|line| line.get(4..).is_some_and(|line| line.trim() == "DSN")) == listed {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "DSN: not {listed}:\n{offers}");
        // A session has its commands counted.
        std::thread::sleep(Duration::from_millis(150));
    }
}
