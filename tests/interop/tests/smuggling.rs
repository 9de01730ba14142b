//! One message in is at most one message out, whatever stands where its end might be, and no smart host ever gets a
//! bare CR, LF or NUL.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::path::Path;
use std::time::Duration;

use postroad_interop::{
    Attempt, Class, Front, Heard, Mode, Payload, Postfix, Reading, Role, Sink, Talker, Verb, Writing, bare_on_the_wire,
    have, root_for,
};
use postroad_test_support::{report, skipped};

const OFFERS: [&str; 3] = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"];

fn attempts(name: &str, verbs: impl Fn(&Payload) -> Vec<Verb>) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for payload in Payload::all() {
        for verb in verbs(&payload) {
            // What is cut into chunks is cut enough.
            let cut = matches!(verb, Verb::BdatCut(_));
            let writings = [Writing::AtOnce, Writing::OctetByOctet];
            for &writing in if cut { &writings[..1] } else { &writings } {
                let id = format!("{name}{}", attempts.len());
                attempts.push(Attempt { id, payload: payload.clone(), writing, verb });
            }
        }
    }
    attempts
}

/// Makes the attempts in clear and under TLS, in front of a strict and of a lenient smart host; what went wrong.
fn besiege(offers: &[&str], verbs: impl Fn(&Payload) -> Vec<Verb>) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for reading in [Reading::Strict, Reading::Lenient] {
        let sink = Sink::start(reading, offers);
        let mut front = Front::start(&[sink.address()]);
        let mut made = Vec::new();
        for mode in Mode::ALL.into_iter().filter(|mode| !mode.has_login()) {
            for attempt in attempts(&format!("{mode:?}").to_lowercase(), &verbs) {
                let replies = front.talker(mode).and_then(|talker| attempt.make(talker));
                let replies = replies.unwrap_or_else(|error| panic!("{mode:?}, {attempt:?}: {error}"));
                wrong.extend(attempt.complaint(&replies).map(|complaint| format!("{mode:?}, {complaint}")));
                made.push(attempt);
            }
        }
        // Whatever is still on its way arrives before the connections are over.
        front.bench.relay.process.terminate(Duration::from_secs(60));
        let over = |heard: &[Heard]| heard.iter().all(|heard| heard.over);
        assert!(sink.wait_until(Duration::from_secs(10), over), "the relay is gone, its connections are not");
        let heard = sink.heard();
        wrong.extend(made.iter().filter_map(|attempt| attempt.breach(&heard)));
        wrong.extend(bare_on_the_wire(&heard));
        count += made.len();
    }
    (count, wrong)
}

fn must_hold(what: &str, (count, wrong): (usize, Vec<String>)) {
    assert!(wrong.is_empty(), "{} of {count} attempts:\n{}", wrong.len(), wrong.join("\n"));
    report(&format!("smuggling: {count} attempts {what}, none succeeded"));
}

/// Payloads in one chunk, and in two that are cut after each octet.
fn chunks(payload: &Payload) -> Vec<Verb> {
    let cuts = (0..=payload.octets.len()).map(Verb::BdatCut);
    std::iter::once(Verb::Bdat).chain(cuts).collect()
}

#[test]
fn th01_no_payload_in_chunks_makes_a_second_message() {
    must_hold("in chunks", besiege(&OFFERS, chunks));
}

#[test]
fn th01_no_payload_in_chunks_makes_a_second_message_at_a_host_that_takes_chunks() {
    must_hold("in chunks for chunks", besiege(&[OFFERS.as_slice(), &["CHUNKING"]].concat(), chunks));
}

#[test]
fn th01_no_payload_in_data_makes_a_second_message() {
    must_hold("in DATA", besiege(&OFFERS, |_| vec![Verb::Data]));
}

/// Without a control a run proves nothing: a Postfix of Debian 12 with its defaults does not hold.
#[test]
fn th01_a_postfix_that_takes_bare_line_ends_fails_the_same_run() {
    let test = "th01_a_postfix_that_takes_bare_line_ends_fails_the_same_run";
    if let Err(reason) = root_for("Postfix can be started") {
        return skipped(test, &reason);
    }
    if let Err(missing) = have(&["postfix", "timeout"]) {
        return skipped(test, &format!("{missing} is not installed"));
    }
    let sink = Sink::start(Reading::Lenient, &OFFERS);
    let postfix = Postfix::in_role(&Role::Forwarder, sink.address());
    let payloads = Payload::all().into_iter().filter(|payload| payload.class == Class::Nothing);
    let attempts: Vec<Attempt> = payloads
        .enumerate()
        .map(|(number, payload)| Attempt {
            id: format!("control{number}"),
            payload,
            writing: Writing::AtOnce,
            verb: Verb::Data,
        })
        .collect();
    for attempt in &attempts {
        let mut talker = Talker::connect(postfix.address()).unwrap();
        talker.begin(Mode::Clear, Path::new("")).unwrap();
        attempt.make(talker).unwrap();
    }
    let from = |heard: &[Heard], sender: &str| {
        let messages = heard.iter().flat_map(|heard| &heard.messages);
        messages.filter(|message| message.mail.contains(sender)).count()
    };
    // All that was sent has come, and a message that nobody sent who knows CRLF alone.
    let come = |heard: &[Heard]| from(heard, "<first-") == attempts.len() && from(heard, "<second-") > 0;
    let came = sink.wait_until(Duration::from_secs(60), come);
    let heard = sink.heard();
    let breaches: Vec<String> = attempts.iter().filter_map(|attempt| attempt.breach(&heard)).collect();
    assert!(came, "the control holds: {} breaches, its log:\n{}", breaches.len(), postfix.log());
    assert!(!breaches.is_empty() && bare_on_the_wire(&heard).is_some(), "the judge does not see what came");
    report(&format!("smuggling: the control failed in {} of {} attempts, as it must", breaches.len(), attempts.len()));
}
