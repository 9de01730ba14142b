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
use std::path::PathBuf;
use std::time::Duration;

use postroad_interop::{
    Client, Delivered, Envelope, Errand, Feature, Front, Heard, Mechanism, Mode, Reading, Ready, Said, Sink,
};
use postroad_test_support::{report, skipped};

/// What both offer: the stand-in to the mailers and to the relay.
const OFFERS: [&str; 6] = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING", "DSN", "SMTPUTF8"];

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

/// Sends messages directly and through the relay, and compares what came.
struct Comparison<'a> {
    client: &'a Ready,
    front: &'a Front,
    direct: &'a Sink,
    behind: &'a Sink,
    path: PathBuf,
}

impl Comparison<'_> {
    /// What the mailer sends of its own, without a relay.
    fn sent(&self, envelope: Envelope) -> Delivered {
        let (to, mode, ca, message) = (self.direct.address(), Mode::Clear, &self.front.authority.ca, &self.path);
        taken(self.direct, self.client, &Errand { to, mode, login: None, ca, envelope, message }).0
    }

    /// What comes through the relay must be the same; what the mailer said.
    fn compare(&self, sent: &Delivered, mode: Mode, mechanism: Mechanism, envelope: Envelope) -> Said {
        let (to, ca, message) = (self.front.address(mode), &self.front.authority.ca, &self.path);
        let login = Front::login(mode, mechanism);
        let (came, said) = taken(self.behind, self.client, &Errand { to, mode, login, ca, envelope, message });
        let who = format!("{:?}, {mode:?}, {mechanism:?}, {envelope:?}", self.client.client);
        let own = self.client.own_received();
        let (one, other) = (sent.without_received(own), came.without_received(own + 1));
        let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
        assert!(
            one == other,
            "{who}: {} bytes sent, {} came, the first {same} alike, then {:?}",
            one.len(),
            other.len(),
            String::from_utf8_lossy(&other[same..other.len().min(same + 200)])
        );
        assert_eq!(parameters(&came.mail), parameters(&sent.mail), "{who}");
        let rcpts = |delivered: &Delivered| delivered.rcpts.iter().map(|rcpt| parameters(rcpt)).collect::<Vec<_>>();
        assert_eq!(rcpts(&came), rcpts(sent), "{who}");
        let received = String::from_utf8_lossy(&came.bytes[..came.bytes.len() - other.len()]).into_owned();
        let protocol = protocol(mode, envelope);
        assert!(received.contains(&format!("with {protocol} ")), "{who}: not {protocol} but {received}");
        said
    }
}

/// The protocol as the relay's Received field must tell it (RFC 3848, RFC 6531 §4.3).
fn protocol(mode: Mode, envelope: Envelope) -> String {
    let base = if envelope.feature == Some(Feature::Utf8) { "UTF8SMTP" } else { "ESMTP" };
    let tail = match mode {
        Mode::Clear => "",
        Mode::StartTls => "S",
        Mode::Submission | Mode::ImplicitTls => "SA",
    };
    format!("{base}{tail}")
}

/// Sends a message; the one that comes meanwhile, and what the mailer said.
fn taken(sink: &Sink, client: &Ready, errand: &Errand<'_>) -> (Delivered, Said) {
    let who = format!("{:?}, {:?}, {:?}", client.client, errand.mode, errand.envelope);
    let (before, _) = sink.last();
    let said = client.send(errand).unwrap_or_else(|said| panic!("{who}: {said}"));
    let come = |heard: &[Heard]| heard.iter().map(|heard| heard.messages.len()).sum::<usize>() > before;
    assert!(sink.wait_until(Duration::from_secs(10), come), "{who}: it says that it sent, and nothing came");
    let (after, last) = sink.last();
    assert_eq!(after, before + 1, "{who}: it sent one message");
    (last.unwrap(), said)
}

/// Runs a check with a mailer and a relay before smart hosts that offer this, if the mailer can be run.
fn with(client: Client, test: &str, offers: &[&str], check: impl FnOnce(&Comparison<'_>)) {
    let ready = match client.ready() {
        Ok(ready) => ready,
        Err(reason) => return skipped(test, &format!("{client:?}: {reason}")),
    };
    let (direct, behind) = (Sink::start(Reading::Strict, offers), Sink::start(Reading::Strict, offers));
    let front = Front::start(&[behind.address()]);
    front.wait_until_offered(&["DSN", "SMTPUTF8"]);
    let path = front.bench.folder().join("message");
    check(&Comparison { client: &ready, front: &front, direct: &direct, behind: &behind, path });
}

fn goes_through_unchanged(client: Client) {
    with(client, &format!("goes_through_unchanged: {client:?}"), &OFFERS, |comparison| {
        let mut count = 0;
        for (number, (name, bytes)) in messages().into_iter().enumerate() {
            fs::write(&comparison.path, &bytes).unwrap();
            let sent = comparison.sent(Envelope::PLAIN);
            // swaks puts an empty line at the end.
            let body = bytes[HEADER.len()..].trim_ascii_end();
            assert!(sent.bytes.trim_ascii_end().ends_with(body), "{client:?} changed {name} on its own");
            for mode in Mode::ALL {
                let mechanisms = client.mechanisms();
                let count_of = if mode.has_login() && number == 0 { mechanisms.len() } else { 1 };
                for &mechanism in &mechanisms[..count_of] {
                    comparison.compare(&sent, mode, mechanism, Envelope::PLAIN);
                    count += 1;
                }
            }
        }
        report(&format!("interop: {client:?} sent {count} messages through a relay unchanged"));
        fs::write(&comparison.path, message("features", b"x\r\n")).unwrap();
        for envelope in [Envelope::DSN, Envelope::UTF8] {
            if !envelope.feature.is_some_and(|feature| client.can(feature)) {
                continue;
            }
            let sent = comparison.sent(envelope);
            assert!(uses(&sent, envelope), "{client:?} does not use what was offered: {sent:?}");
            for mode in Mode::ALL {
                comparison.compare(&sent, mode, client.mechanisms()[0], envelope);
            }
        }
    });
}

/// Whether the commands have what the envelope is for.
fn uses(sent: &Delivered, envelope: Envelope) -> bool {
    match envelope.feature {
        Some(Feature::Dsn) => sent.mail.contains(" RET=") && sent.rcpts[0].contains(" NOTIFY="),
        Some(Feature::Utf8) => sent.mail.contains(" SMTPUTF8"),
        None => true,
    }
}

#[test]
fn e3d_what_exim_sends_in_chunks_goes_out_as_data_where_the_host_has_no_chunks() {
    let test = "e3d_what_exim_sends_in_chunks_goes_out_as_data";
    let offers: Vec<&str> = OFFERS.into_iter().filter(|offer| *offer != "CHUNKING").collect();
    with(Client::Exim, test, &offers, |comparison| {
        for (_, bytes) in messages() {
            fs::write(&comparison.path, &bytes).unwrap();
            let sent = comparison.sent(Envelope::PLAIN);
            let Said(said) = comparison.compare(&sent, Mode::Clear, Mechanism::Plain, Envelope::PLAIN);
            // Exim's mark of chunks in its log.
            assert!(said.contains(" K "), "Exim sent no chunks: {said}");
        }
        assert!(comparison.behind.messages().iter().all(|message| !message.in_chunks));
    });
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
fn s19_exim_goes_through_unchanged() {
    goes_through_unchanged(Client::Exim);
}

#[test]
fn s19_postfix_goes_through_unchanged() {
    goes_through_unchanged(Client::Postfix);
}
