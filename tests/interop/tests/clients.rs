//! Mailers that others wrote hand messages to a relay, in every mode; the smart host gets, byte for byte and parameter
//! for parameter, what the same mailer sends to it without a relay between.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postroad_interop::{Client, Delivered, Envelope, Errand, Front, Mode, Reading, Ready, Sink};
use postroad_test_support::{report, skipped};

/// What both offer: the stand-in to the mailers and to the relay.
const OFFERS: [&str; 4] = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING"];

const HEADER: &str = "Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nFrom: A <a@sender.example>\r\nTo: B <b@rcpt.example>\r\n\
                      Message-ID: <interop@sender.example>\r\nMIME-Version: 1.0\r\n\
                      Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";

fn message(subject: &str, body: &[u8]) -> Vec<u8> {
    [HEADER.as_bytes(), format!("Subject: {subject}\r\n\r\n").as_bytes(), body].concat()
}

fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let eight_bit = [(128..=255_u8).collect(), b"\r\n".to_vec()].concat().repeat(40);
    let long = [b"y".repeat(998), b"\r\n".to_vec()].concat().repeat(50);
    let dots = b".\r\n..\r\n.dot\r\n...three\r\n\r\n.\r\n\r\nlast\r\n".to_vec();
    let large = [b"z".repeat(76), b"\r\n".to_vec()].concat().repeat(5_000_000 / 78);
    [("eight-bit", eight_bit), ("lines of 998", long), ("dots", dots), ("5 MB", large)]
        .map(|(name, body)| (name, message(name, &body)))
        .into()
}

/// What MAIL or RCPT says, but for what each hop says for itself.
fn parameters(command: &str) -> BTreeSet<String> {
    let own = |word: &&str| ["SIZE=", "AUTH="].iter().any(|start| word.to_ascii_uppercase().starts_with(start));
    let words = command.split_whitespace().filter(|word| !own(word));
    // Verbs, FROM and TO know no case.
    words.map(|word| if word.len() == 4 { word.to_ascii_uppercase() } else { word.to_owned() }).collect()
}

/// Sends one message directly and through the relay, and compares what came.
struct Comparison<'a> {
    client: &'a Ready,
    front: &'a Front,
    direct: &'a Sink,
    behind: &'a Sink,
    path: PathBuf,
}

impl Comparison<'_> {
    fn send(&self, mode: Mode, envelope: Envelope) -> (Delivered, Delivered) {
        let errand =
            |to, mode| Errand { to, mode, login: None, ca: &self.front.authority.ca, envelope, message: &self.path };
        let who = self.client.client;
        let sent = taken(self.direct, who, || self.client.send(&errand(self.direct.address(), Mode::Clear)));
        let came = taken(self.behind, who, || self.client.send(&errand(self.front.address(mode), mode)));
        (sent, came)
    }

    fn compare(&self, name: &str, mode: Mode, envelope: Envelope) -> (Delivered, Delivered) {
        let (sent, came) = self.send(mode, envelope);
        let who = self.client.client;
        let own = self.client.own_received();
        let (one, other) = (sent.without_received(own), came.without_received(own + 1));
        let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
        assert!(
            one == other,
            "{who:?}, {mode:?}, {name}: {} bytes sent, {} came, the first {same} alike, then {:?}",
            one.len(),
            other.len(),
            String::from_utf8_lossy(&other[same..other.len().min(same + 200)])
        );
        assert_eq!(parameters(&came.mail), parameters(&sent.mail), "{who:?}, {mode:?}, {name}");
        let rcpts = |delivered: &Delivered| delivered.rcpts.iter().map(|rcpt| parameters(rcpt)).collect::<Vec<_>>();
        assert_eq!(rcpts(&came), rcpts(&sent), "{who:?}, {mode:?}, {name}");
        (sent, came)
    }
}

/// Does it; the one message that comes meanwhile.
fn taken(sink: &Sink, who: Client, send: impl FnOnce() -> Result<postroad_interop::Said, String>) -> Delivered {
    let (before, _) = sink.last();
    send().unwrap_or_else(|said| panic!("{who:?}: {said}"));
    let come =
        |heard: &[postroad_interop::Heard]| heard.iter().map(|heard| heard.messages.len()).sum::<usize>() > before;
    assert!(sink.wait_until(Duration::from_secs(10), come), "{who:?} says that it sent, and nothing came");
    let (after, last) = sink.last();
    assert_eq!(after, before + 1, "{who:?} sent one message");
    last.unwrap()
}

fn with(client: Client, test: &str, check: impl FnOnce(&Comparison<'_>)) {
    let ready = match client.ready() {
        Ok(ready) => ready,
        Err(reason) => return skipped(test, &format!("{client:?}: {reason}")),
    };
    let (direct, behind) = (Sink::start(Reading::Strict, &OFFERS), Sink::start(Reading::Strict, &OFFERS));
    let front = Front::start(&[behind.address()], &["--max-message-size", "0"]);
    let path = front.bench.folder().join("message");
    check(&Comparison { client: &ready, front: &front, direct: &direct, behind: &behind, path });
}

fn goes_through_unchanged(client: Client) {
    with(client, &format!("goes_through_unchanged: {client:?}"), |comparison| {
        let mut count = 0;
        for (name, bytes) in messages() {
            write(&comparison.path, &bytes);
            for &mode in Front::modes() {
                let (sent, _) = comparison.compare(name, mode, Envelope::PLAIN);
                // swaks puts an empty line at the end.
                let body = bytes[HEADER.len()..].trim_ascii_end();
                assert!(sent.bytes.trim_ascii_end().ends_with(body), "{client:?} changed {name} on its own");
                count += 1;
            }
        }
        report(&format!("interop: {client:?} sent {count} messages through a relay unchanged"));
    });
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
}

#[test]
fn s19_swaks_goes_through_unchanged() {
    goes_through_unchanged(Client::Swaks);
}

#[test]
fn s19_smtplib_goes_through_unchanged() {
    goes_through_unchanged(Client::Smtplib);
}

#[test]
fn s19_nodemailer_goes_through_unchanged() {
    goes_through_unchanged(Client::Nodemailer);
}

#[test]
fn s19_msmtp_goes_through_unchanged() {
    goes_through_unchanged(Client::Msmtp);
}

#[test]
fn s19_curl_goes_through_unchanged() {
    goes_through_unchanged(Client::Curl);
}

#[test]
fn s19_postfix_goes_through_unchanged() {
    goes_through_unchanged(Client::Postfix);
}
