//! The mailers themselves: each can do, at a Postfix, what it is to do at a relay. What fails at a relay is not theirs.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::time::Duration;

use postroad_interop::{
    Client, Envelope, Errand, Heard, Login, Mode, PASSWORD, Postfix, Reading, Sink, USER, have, root_for,
};
use postroad_test_support::{report, skipped};

const MESSAGE: &str = "Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nFrom: A <a@sender.example>\r\nSubject: x\r\n\
                       Message-ID: <interop@sender.example>\r\n\r\nx\r\n";

#[test]
fn every_mailer_logs_in_under_tls_in_every_way_it_knows() {
    let test = "every_mailer_logs_in_under_tls_in_every_way_it_knows";
    if let Err(reason) = root_for("Postfix can be started") {
        return skipped(test, &reason);
    }
    if let Err(missing) = have(&["postfix", "saslpasswd2", "timeout"]) {
        return skipped(test, &format!("{missing} is not installed"));
    }
    let sink = Sink::start(Reading::Strict, &["8BITMIME", "DSN", "SMTPUTF8"]);
    let postfix = Postfix::start(sink.address());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("message");
    fs::write(&path, MESSAGE).unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for client in Client::ALL {
        let ready = match client.ready() {
            Ok(ready) => ready,
            Err(reason) => {
                skipped(test, &format!("{client:?}: {reason}"));
                continue;
            }
        };
        for (mode, to) in [(Mode::Submission, postfix.address()), (Mode::ImplicitTls, postfix.tls_address())] {
            for &mechanism in client.mechanisms() {
                let login = Some(Login { user: USER, password: PASSWORD, mechanism });
                let errand = Errand { to, mode, login, ca: &postfix.ca(), envelope: Envelope::PLAIN, message: &path };
                let used = format!("sasl_method={}", mechanism.name());
                let before = postfix.log().matches(&used).count();
                match ready.send(&errand) {
                    Err(said) => wrong.push(format!("{client:?}, {mode:?}, {mechanism:?}: {said}")),
                    Ok(_) if postfix.log().matches(&used).count() == before => {
                        wrong.push(format!("{client:?}, {mode:?}: it did not log in by {mechanism:?}"));
                    }
                    Ok(_) => count += 1,
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let come = |heard: &[Heard]| heard.iter().map(|heard| heard.messages.len()).sum::<usize>() == count;
    assert!(sink.wait_until(Duration::from_secs(60), come), "{count} were sent:\n{}", postfix.log());
    report(&format!("interop: {count} logins of mailers at a Postfix"));
}
