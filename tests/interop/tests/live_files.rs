//! Certificates and users files that change while the relay runs, and what a users file says of senders.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use postroad_interop::{Authority, Front, Mode, Reading, Sink, Talker, base64, user};

fn start(sink: &Sink) -> Front {
    Front::with(&[sink.address()], "", &["--reload-interval", "200ms"])
}

/// Puts a file in its place at once: no reader sees half of it.
fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

/// Waits for a line of the log that is younger than the first `seen` lines.
fn says(front: &Front, seen: usize, text: &str) -> String {
    let began = Instant::now();
    loop {
        let log = front.bench.relay.process.log();
        if let Some(line) = log[seen..].iter().find(|line| line.contains(text)) {
            return line.clone();
        }
        assert!(began.elapsed() < Duration::from_secs(20), "the log does not say {text:?}: {}", log[seen..].join("\n"));
        sleep(Duration::from_millis(10));
    }
}

fn lines(front: &Front) -> usize {
    front.bench.relay.process.log().len()
}

fn log_in(front: &Front, name: &str, password: &str) -> (Talker, String) {
    let mut talker = front.stranger(Mode::ImplicitTls, Front::INSIDE).unwrap();
    let reply = talker.answer(&format!("AUTH PLAIN {}", base64(format!("\0{name}\0{password}").as_bytes()))).unwrap();
    (talker, reply)
}

/// Whether a handshake in this mode succeeds for who trusts this authority only.
fn is_shown(front: &Front, mode: Mode, ca: &Path) -> bool {
    let mut talker = Talker::connect(front.address(mode)).unwrap();
    talker.begin(mode, ca).is_ok()
}

#[test]
fn a_new_certificate_is_shown_to_new_connections_and_a_bad_one_is_not_taken() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(&sink);
    let mut old = front.stranger(Mode::ImplicitTls, Front::INSIDE).unwrap();
    let old_ca = front.folder().join("old-ca.pem");
    fs::copy(&front.authority.ca, &old_ca).unwrap();
    let next = Authority::found(front.folder());
    let began = Instant::now();
    for mode in [Mode::StartTls, Mode::Submission, Mode::ImplicitTls] {
        while !is_shown(&front, mode, &next.ca) {
            assert!(began.elapsed() < Duration::from_secs(20), "{mode:?}: the new certificate is not shown");
            sleep(Duration::from_millis(50));
        }
        assert!(!is_shown(&front, mode, &old_ca), "{mode:?}: the old certificate is still shown");
    }
    old.say("NOOP", 250).unwrap();

    let seen = lines(&front);
    replace(&next.certificate, "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n");
    let line = says(&front, seen, "the certificate cannot be used; the last good one stays");
    assert!(line.contains("relay.pem"), "the file is not named: {line}");
    for mode in [Mode::StartTls, Mode::Submission, Mode::ImplicitTls] {
        assert!(is_shown(&front, mode, &next.ca), "{mode:?}: the last good certificate is gone");
    }
}

#[test]
fn users_come_and_go_while_the_relay_runs_and_a_broken_file_keeps_them() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(&sink);
    let users = front.folder().join("users.yaml");
    let (mut first, reply) = log_in(&front, "app1", "correct horse");
    assert!(reply.starts_with("235 "), "{reply}");
    let seen = lines(&front);
    replace(&users, &format!("users:\n{}", user("app2", "battery staple")));
    // The listeners read it one by one; the last of them is the one that is asked below.
    says(&front, seen, "users file read again");
    let began = Instant::now();
    while !log_in(&front, "app2", "battery staple").1.starts_with("235 ") {
        assert!(began.elapsed() < Duration::from_secs(20), "the new user cannot log in");
    }
    let (_talker, reply) = log_in(&front, "app1", "correct horse");
    assert!(reply.starts_with("535 5.7.8 "), "who was removed logs in: {reply}");
    first.say("NOOP", 250).unwrap();

    let seen = lines(&front);
    replace(&users, "users: [\n");
    let line = says(&front, seen, "the users file cannot be used; the users stay as they were");
    assert!(line.contains("users.yaml"), "the file is not named: {line}");
    let (_talker, reply) = log_in(&front, "app2", "battery staple");
    assert!(reply.starts_with("235 "), "{reply}");
}

#[test]
fn th06_a_user_with_senders_sends_as_these_only() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = start(&sink);
    let seen = lines(&front);
    let entry = user("app3", "battery staple");
    let indent: String = entry.lines().nth(1).unwrap().chars().take_while(|c| *c == ' ').collect();
    let text = format!("users:\n{}\n{indent}senders: [\"a@sender.example\", \"*@*.shop.example\"]\n", entry.trim_end());
    replace(&front.folder().join("users.yaml"), &text);
    says(&front, seen, "users file read again");
    let began = Instant::now();
    let mut talker = loop {
        let (talker, reply) = log_in(&front, "app3", "battery staple");
        if reply.starts_with("235 ") {
            break talker;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{reply}");
    };
    for (sender, start) in [
        ("a@sender.example", "250 "),
        ("A@SENDER.example", "250 "),
        ("x@eu.shop.example", "250 "),
        ("b@sender.example", "550 5.7.1 "),
        ("x@shop.example", "550 5.7.1 "),
        ("", "550 5.7.1 "),
    ] {
        let reply = talker.answer(&format!("MAIL FROM:<{sender}>")).unwrap();
        assert!(reply.starts_with(start), "<{sender}>: {reply}");
        talker.say("RSET", 250).unwrap();
    }
}
