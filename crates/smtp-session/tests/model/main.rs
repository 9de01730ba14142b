//! Random dialogues against a naive model of the states of RFC 5321 and its extensions: the same replies, and the same
//! mail at the next hop, however the octets are cut and whatever the next hop answers (TH8).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod client;
mod house;
mod line;
mod next_hop;
mod server;
mod states;
mod vocabulary;

use proptest::prelude::*;

use client::{Dialogue, Write, dialogue};
use house::House;
use next_hop::{Answers, Heard};
use server::Server;
use states::Model;

/// Dialogues drawn in CI, and with `POSTROAD_LONG=1`.
fn cases() -> u32 {
    if std::env::var_os("POSTROAD_LONG").is_some_and(|long| long == "1") { 500_000 } else { 10_000 }
}

/// The session and the model, told the same.
struct Pair {
    server: Server,
    model: Model,
    shown: Vec<String>,
}

impl Pair {
    fn new(house: House, answers: Answers) -> Self {
        Self { server: Server::new(house, answers.clone()), model: Model::new(house, answers), shown: Vec::new() }
    }

    fn receive(&mut self, octets: &[u8]) -> Result<(), TestCaseError> {
        self.shown.push(octets.escape_ascii().to_string());
        self.server.receive(octets);
        self.model.receive(octets);
        let (codes, allowed) = (&self.server.codes, &self.model.replies);
        let agreed =
            codes.len() == allowed.len() && codes.iter().zip(allowed).all(|(code, allowed)| allowed.contains(code));
        prop_assert!(agreed, "replies {codes:?} in place of {allowed:?}, after {:#?}", self.shown);
        prop_assert_eq!(&self.server.heard, &self.model.heard, "what the next hop got, after {:#?}", self.shown);
        prop_assert_eq!(self.server.closed, self.model.closed, "closed, after {:#?}", self.shown);
        Ok(())
    }

    fn run(&mut self, dialogue: &Dialogue) -> Result<(), TestCaseError> {
        if let Some(cuts) = &dialogue.cuts {
            let octets: Vec<u8> = dialogue.writes.iter().flat_map(Write::octets).copied().collect();
            let (mut rest, mut cuts) = (&octets[..], cuts.iter().cycle());
            while !rest.is_empty() {
                let (piece, more) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
                self.receive(piece)?;
                rest = more;
            }
            return Ok(());
        }
        dialogue.writes.iter().try_for_each(|write| match write {
            // Who waits for replies sends no data without 354.
            Write::Data(_) if self.server.codes.last() != Some(&354) => Ok(()),
            write => self.receive(write.octets()),
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        max_shrink_iters: 20_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn th08_s10_any_dialogue_goes_as_the_model_says(house in House::any(), dialogue in dialogue(), answers in Answers::any()) {
        Pair::new(house, answers).run(&dialogue)?;
    }
}

/// The model is no use if it never leaves the first state.
#[test]
fn drawn_dialogues_reach_every_state() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut codes, mut messages, mut given_up) = (std::collections::BTreeMap::<u16, u32>::new(), 0, 0);
    for _ in 0..2000 {
        let drawn = (House::any(), dialogue(), Answers::any()).new_tree(&mut runner).unwrap().current();
        let mut pair = Pair::new(drawn.0, drawn.2);
        pair.run(&drawn.1).unwrap();
        pair.server.codes.iter().for_each(|code| *codes.entry(*code).or_default() += 1);
        messages += pair.server.heard.iter().filter(|heard| matches!(heard, Heard::Message(_))).count();
        given_up += pair.server.heard.iter().filter(|heard| **heard == Heard::GivenUp).count();
    }
    for code in [
        214, 220, 221, 235, 250, 252, 334, 354, 421, 450, 451, 452, 454, 500, 501, 502, 503, 504, 530, 535, 550, 552,
        553, 554, 555,
    ] {
        assert!(codes.get(&code).is_some_and(|count| *count >= 5), "{code} came too seldom: {codes:?}");
    }
    assert!(messages >= 500 && given_up >= 500, "{messages} messages, {given_up} given up");
}

/// Where something is refused, and what the client may go on with.
#[test]
fn th08_after_each_refusal_nothing_goes_on_without_mail() {
    // The next hop's answers in turn, and what is said to get there.
    let cases: [(&[u16], &[&str]); 14] = [
        (&[451], &["MAIL FROM:<a@x.example>"]),
        (&[550], &["MAIL FROM:<a@x.example>"]),
        (&[250, 450], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "RSET"]),
        (&[250, 550], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "RSET"]),
        (&[250, 250, 451], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "DATA"]),
        (&[250, 250, 554], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "DATA"]),
        (&[250, 250, 451], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "BDAT 4 LAST\r\nab"]),
        (&[250, 250, 554], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "BDAT 4 LAST\r\nab"]),
        (&[250, 250, 354, 451], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "DATA", "ab\r\n."]),
        (&[250, 250, 354, 554], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "DATA", "ab\r\n."]),
        (&[250, 250, 354], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "DATA", "a\nb\r\n."]),
        (&[250, 250, 354, 451], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "BDAT 4 LAST\r\nab"]),
        (&[250, 250, 354], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "BDAT 5 LAST\r\na\nb"]),
        (&[250, 250, 451], &["MAIL FROM:<a@x.example>", "RCPT TO:<u@y.example>", "BDAT 4\r\nab", "RSET"]),
    ];
    for (answers, lines) in cases {
        for next in ["RCPT TO:<u@y.example>", "DATA", "BDAT 2 LAST\r\n"] {
            let mut pair = Pair::new(House::open(), Answers::these(answers));
            pair.receive(b"EHLO client.example\r\n").unwrap();
            lines.iter().for_each(|line| pair.receive(format!("{line}\r\n").as_bytes()).unwrap());
            let refused = pair.server.codes.iter().any(|code| *code >= 400);
            assert!(refused, "{lines:?} was not refused: {:?}", pair.server.codes);
            pair.receive(format!("{next}\r\n").as_bytes()).unwrap();
            assert_eq!(pair.server.codes.last(), Some(&503), "{next} after {lines:?}");
            pair.receive(b"MAIL FROM:<a@x.example>\r\n").unwrap();
            assert_eq!(pair.server.codes.last(), Some(&250), "MAIL after {lines:?} and {next}");
        }
    }
}
