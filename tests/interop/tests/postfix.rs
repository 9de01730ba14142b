//! A real Postfix behind STARTTLS and a login receives, byte for byte, what swaks and Python's smtplib hand to a
//! relay.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use postroad_api::connector::v1::{AuthMechanism, BasicCredential, Connector, Credential, credential};
use postroad_interop::{Client, Envelope, Errand, Mode, PASSWORD, Postfix, Ready, Said, USER, have, root_for};
use postroad_test_support::{Bench, Message, ScriptedHost, Verdict, connector, report, skipped};

/// Why the test cannot run here, if so.
fn obstacle() -> Option<String> {
    if let Err(reason) = root_for("Postfix can be started") {
        return Some(reason);
    }
    let missing = have(&["postfix", "saslpasswd2", "swaks", "python3", "timeout"]).err()?;
    Some(format!("{missing} is not installed"))
}

fn send(client: &Ready, to: SocketAddr, message: &Path) -> Result<Said, String> {
    let envelope = Envelope::PLAIN;
    client.send(&Errand { to, mode: Mode::Clear, login: None, ca: Path::new(""), envelope, message })
}

fn login(name: &str, host: SocketAddr, password: &str) -> Connector {
    let basic = BasicCredential { user: USER.to_owned(), password: password.to_owned(), password_set: false };
    Connector {
        auth_mechanism: AuthMechanism::Basic.into(),
        credential: Some(Credential { kind: Some(credential::Kind::Basic(basic)) }),
        require_tls: true,
        ..connector(name, &["*"], &[host])
    }
}

fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let mut eight_bit = b"Subject: eight\r\n\r\n".to_vec();
    for _ in 0..40 {
        // Every octet above 127, in lines of its own.
        eight_bit.extend(128..=255_u8);
        eight_bit.extend_from_slice(b"\r\n");
    }
    let long = [b"Subject: long\r\n\r\n".to_vec(), [b"y".repeat(998), b"\r\n".to_vec()].concat().repeat(50)].concat();
    let dots = b"Subject: dots\r\n\r\n.\r\n..\r\n.dot\r\n...three\r\n\r\n.\r\nlast\r\n".to_vec();
    let line = [b"z".repeat(76), b"\r\n".to_vec()].concat();
    let large = [b"Subject: large\r\n\r\n".to_vec(), line.repeat(30_000_000 / 78 + 1)].concat();
    vec![("eight-bit", eight_bit), ("lines of 998", long), ("dots", dots), ("30 MB", large), ("empty", Vec::new())]
}

/// Waits for the message that comes next and takes the Received fields off its top.
fn arrived(sink: &ScriptedHost, count: usize, postfix: &Postfix) -> Vec<u8> {
    let began = Instant::now();
    while sink.messages().len() < count {
        assert!(began.elapsed() < Duration::from_secs(60), "Postfix delivers nothing:\n{}", postfix.log());
        thread::sleep(Duration::from_millis(50));
    }
    let mut message = sink.messages().pop().unwrap();
    // Postfix's own, then the relay's.
    for _ in 0..2 {
        assert!(message.bytes.starts_with(b"Received:"), "{}", String::from_utf8_lossy(&message.bytes));
        message.bytes = message.without_received();
    }
    message.bytes
}

#[test]
fn postfix_receives_byte_for_byte_what_clients_send() {
    if let Some(reason) = obstacle() {
        return skipped("postfix_receives_byte_for_byte_what_clients_send", &reason);
    }
    let sink = ScriptedHost::honest();
    let postfix = Postfix::start(sink.address());
    let bench = Bench::with_connector(login("postfix", postfix.address(), PASSWORD), &["--max-message-size", "0"]);
    let path = bench.folder().join("message");
    let mut count = 0;
    for (name, bytes) in messages() {
        fs::write(&path, &bytes).unwrap();
        for client in [Client::Swaks, Client::Smtplib] {
            let ready = client.ready().unwrap();
            if client == Client::Swaks && bytes.is_empty() {
                // swaks refuses to send nothing.
                continue;
            }
            // What the client makes of the file, without anybody in between.
            let direct = ScriptedHost::honest();
            send(&ready, direct.address(), &path).unwrap_or_else(|said| panic!("{client:?}, {name}, direct: {said}"));
            let sent = direct.messages().pop().unwrap().bytes;
            assert!(sent.starts_with(&bytes), "{client:?} changed {name} on its own");
            send(&ready, bench.relay.smtp(), &path).unwrap_or_else(|said| panic!("{client:?}, {name}: {said}"));
            count += 1;
            let came = arrived(&sink, count, &postfix);
            let same = came.iter().zip(&sent).take_while(|(one, other)| one == other).count();
            assert!(
                came == sent,
                "{client:?}, {name}: {} bytes sent, {} came, the first {same} alike, then {:?}",
                sent.len(),
                came.len(),
                String::from_utf8_lossy(&came[same..came.len().min(same + 200)])
            );
        }
    }
    let verdict =
        bench.sender().send("a@sender.example", "b@rcpt.example", &Message { id: String::new(), bytes: vec![] });
    assert!(matches!(verdict, Verdict::Acked(_)), "an empty message: {verdict:?}");
    assert_eq!(arrived(&sink, count + 1, &postfix), b"", "an empty message stays empty");
    let log = postfix.log();
    assert!(log.contains("sasl_username=connector"), "the login is not in Postfix's log:\n{log}");
    report(&format!("interop: {} messages came through Postfix unchanged", count + 1));
}

#[test]
fn m5_a_wrong_password_is_451_4_7_0_and_never_the_users_bounce() {
    if let Some(reason) = obstacle() {
        return skipped("m5_a_wrong_password_is_451_4_7_0_and_never_the_users_bounce", &reason);
    }
    let sink = ScriptedHost::honest();
    let postfix = Postfix::start(sink.address());
    let bench = Bench::with_connector(login("postfix", postfix.address(), "wrong donkey"), &[]);
    let answer = bench.sender().envelope("a@sender.example", "b@rcpt.example").unwrap();
    assert!(answer.starts_with("451 4.7.0"), "{answer:?}");
    let log = bench.relay.process.log().join("\n");
    assert!(!log.contains("wrong donkey") && !log.contains("d3JvbmcgZG9ua2V5"), "the password is in the log:\n{log}");
}

/// The control: without TLS and a login this Postfix takes nothing, so what arrives has passed both.
#[test]
fn this_postfix_takes_no_mail_without_a_login() {
    if let Some(reason) = obstacle() {
        return skipped("this_postfix_takes_no_mail_without_a_login", &reason);
    }
    let sink = ScriptedHost::honest();
    let postfix = Postfix::start(sink.address());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("message");
    fs::write(&path, b"Subject: x\r\n\r\nx\r\n").unwrap();
    let said = send(&Client::Smtplib.ready().unwrap(), postfix.address(), &path).unwrap_err();
    assert!(said.contains("554") && said.contains("5.7.1"), "{said}");
}
