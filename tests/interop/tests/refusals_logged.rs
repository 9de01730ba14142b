//! Every refusal can be found in the log, and no password can.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

use std::fs;
use std::time::{Duration, Instant};

use postroad_interop::{Front, Mode, Reading, Sink, base64, user};

#[test]
fn th10_every_refusal_is_logged_with_peer_phase_and_rule() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = Front::start(&[sink.address()]);
    let mut talker = front.stranger(Mode::Clear, Front::OUTSIDE).unwrap();
    let commands = [
        "RCPT TO:<b@rcpt.example>",
        "DATA",
        "NONSENSE",
        "AUTH PLAIN AGEAYg==",
        "XCLIENT ADDR=127.0.0.1",
        "MAIL FROM:<a@@sender.example>",
        "MAIL FROM:<a@sender.example> NOSUCH=1",
        "MAIL FROM:<a@sender.example>",
        "RCPT TO:<b@rcpt.example>",
        "RCPT TO:<>",
    ];
    let replies = commands.map(|command| talker.answer(command).unwrap());
    let refused: Vec<String> =
        replies.iter().filter(|reply| reply.starts_with(['4', '5'])).map(|reply| reply[..3].to_owned()).collect();
    assert_eq!(refused.len(), commands.len() - 1, "all but one are refused: {replies:?}");
    talker.say("QUIT", 221).unwrap();
    let logged = || -> Vec<(String, String, String)> {
        let text = |line: &serde_json::Value, field: &str| {
            let value = line.get("fields").and_then(|fields| fields.get(field)).or_else(|| line.get(field));
            value.map(|value| value.to_string().trim_matches('"').to_owned()).unwrap_or_default()
        };
        let lines = front.bench.relay.process.log();
        let lines = lines.iter().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let ours =
            lines.filter(|line| text(line, "message") == "refused" && text(line, "peer").starts_with("127.0.0.2:"));
        ours.map(|line| (text(&line, "code"), text(&line, "phase"), text(&line, "rule"))).collect()
    };
    // The log is read by another thread.
    let until = Instant::now() + Duration::from_secs(10);
    while logged().len() < refused.len() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    let logged = logged();
    let codes: Vec<&String> = logged.iter().map(|(code, _, _)| code).collect();
    assert_eq!(codes, refused.iter().collect::<Vec<_>>(), "{logged:?}\n{replies:?}");
    assert!(logged.iter().all(|(_, phase, rule)| !phase.is_empty() && !rule.is_empty()), "{logged:?}");
}

/// No password that is right or wrong stands in the log, as it is or in base64 wherever it begins.
#[test]
fn th10_no_password_is_logged() {
    const RIGHT: &str = "canary-right-6f1d2c";
    const WRONG: &str = "canary-wrong-9b3e7a";
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = Front::with(&[sink.address()], "", &["--reload-interval", "200ms", "--log", "trace"]);
    let users = front.folder().join("users.yaml");
    fs::write(&users, format!("users:\n{}", user("canary", RIGHT))).unwrap();
    let process = &front.bench.relay.process;
    process.wait_for("the users", Duration::from_secs(20), |line| {
        line.to_string().contains("users file read again").then_some(())
    });
    for (password, code) in [(WRONG, 535), (RIGHT, 235)] {
        for mode in [Mode::StartTls, Mode::Submission, Mode::ImplicitTls] {
            let mut talker = front.stranger(mode, Front::OUTSIDE).unwrap();
            let plain = base64(format!("\0canary\0{password}").as_bytes());
            talker.say(&format!("AUTH PLAIN {plain}"), code).unwrap();
            let mut talker = front.stranger(mode, Front::OUTSIDE).unwrap();
            talker.say("AUTH LOGIN", 334).unwrap();
            talker.say(&base64(b"canary"), 334).unwrap();
            talker.say(&base64(password.as_bytes()), code).unwrap();
        }
        // Said out of turn, it is nothing but an unknown command.
        let mut talker = front.stranger(Mode::Submission, Front::OUTSIDE).unwrap();
        talker.say(password, 500).unwrap();
        talker.say(&base64(password.as_bytes()), 500).unwrap();
    }
    process.wait_for("a login that failed", Duration::from_secs(10), |line| {
        line.to_string().contains("\"rule\":\"login-failed\"").then_some(())
    });
    process.wait_for("a login", Duration::from_secs(10), |line| line.to_string().contains("logged in").then_some(()));
    let log = process.log().join("\n");
    for password in [RIGHT, WRONG] {
        assert!(!log.contains(password), "the log has {password}");
        for before in ["", "\0", "\0\0"] {
            // Its middle: what stands around it changes the digits at both ends.
            let digits = base64(format!("{before}{password}").as_bytes());
            let middle = &digits[4..digits.len() - 4];
            assert!(!log.contains(middle), "the log has {password} in base64: {middle}");
        }
    }
}
