//! Whatever comes, in whatever order: no panic, one reply for each command, and nothing of a message that was not allowed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::Arc;

use postroad_dialogs::{Bench, Question, Setting};
use postroad_mail_types::Reply;
use postroad_smtp_codec::sasl::Mechanisms;
use postroad_smtp_codec::{Extensions, Line};
use postroad_smtp_session::{Action, BodyEnd, Client, Event, SaslAnswer, SaslFailure, Session, Timeout, TlsFacts};
use proptest::prelude::*;

const LINES: &[&str] = &[
    "EHLO c.example",
    "HELO c.example",
    "MAIL FROM:<a@x.example>",
    "MAIL FROM:<a@x.example> BODY=BINARYMIME SIZE=5",
    "RCPT TO:<u@y.example>",
    "DATA",
    "BDAT 4",
    "BDAT 0 LAST",
    "BDAT 7 LAST",
    "BDAT x",
    "RSET",
    "NOOP",
    "VRFY x",
    "QUIT",
    "STARTTLS",
    "AUTH PLAIN",
    "AUTH PLAIN AGEAYg==",
    "AUTH LOGIN",
    "*",
    "XCLIENT ADDR=192.0.2.3",
    "FOO",
    ".",
    "a\n.",
    "..",
    "Received: x",
    "",
];

/// A listener that has everything, and limits that are soon met.
fn setting() -> Setting {
    let mut setting = Setting { offer: Extensions::all(), may_xclient: true, ..Setting::default() };
    setting.session.starttls = true;
    setting.session.mechanisms = Mechanisms::all();
    setting.session.max_message_size = Some(40);
    setting.session.max_errors = 30;
    setting.session.max_hops = 1;
    setting
}

fn event(kind: usize, line: usize) -> Event<'static> {
    let text = LINES[line % LINES.len()].as_bytes();
    match kind % 16 {
        0 => Event::Connected,
        1 => Event::SpokeEarly,
        2..=6 => Event::Line { line: Line::Text(text), more: line.is_multiple_of(7) },
        7 => Event::Line { line: if line.is_multiple_of(2) { Line::TooLong } else { Line::Malformed }, more: true },
        8 => Event::Answer(Reply::fixed([250, 354, 450, 550, 250][line % 5], None, "answer")),
        9 => Event::Sasl(SaslAnswer::Challenge(b"x".to_vec())),
        10 => Event::Sasl(SaslAnswer::Failure(SaslFailure::Credentials)),
        11 => Event::TlsEstablished(TlsFacts::default()),
        12 => Event::TlsUnavailable,
        13 => Event::Client(Client::new("192.0.2.1".parse().unwrap(), true)),
        14 => Event::Timeout(Timeout::Phase),
        _ => Event::Shutdown,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Even a driver that errs does no harm: a session that is out of step closes.
    #[test]
    fn no_sequence_of_events_panics(steps in proptest::collection::vec((0_usize..20, 0_usize..1000), 0..60)) {
        let setting = setting();
        let client = Client { may_xclient: true, ..Client::new("192.0.2.7".parse().unwrap(), true) };
        let mut session = Session::new(Arc::new(setting.session.clone()), client, Arc::new(setting.offer));
        for (kind, line) in steps {
            if kind >= 16 {
                let octets = LINES[line % LINES.len()].as_bytes();
                let step = session.body(octets);
                prop_assert!(step.consumed <= octets.len());
                prop_assert!(!matches!(step.end, Some(BodyEnd::Complete)) || step.chunk.is_some());
            } else {
                let action = session.on(event(kind, line));
                if let Action::Reply(said) | Action::ReplyNow(said) | Action::Close(said) = action {
                    prop_assert!((200..600).contains(&said.reply.code()));
                    prop_assert_eq!(said.refusal.is_some(), said.reply.class() > 3);
                }
            }
        }
    }

    /// The replies do not depend on how the octets are cut, but where octets behind STARTTLS are an attack.
    #[test]
    fn e2a_the_replies_do_not_depend_on_how_the_octets_are_cut(
        lines in proptest::collection::vec(0..LINES.len(), 0..40),
        refused in proptest::collection::vec(any::<bool>(), 8),
        step in 1_usize..20,
    ) {
        let sent: Vec<u8> = lines
            .iter()
            .map(|line| LINES[*line])
            .filter(|line| *line != "STARTTLS")
            .flat_map(|line| [line.as_bytes(), b"\r\n"].concat())
            .collect();
        let hear = |step: usize| {
            let mut bench = Bench::new(&setting());
            for refused in &refused {
                let code = if *refused { 550 } else { 250 };
                bench.will_answer(Question::Rcpt, Reply::fixed(code, None, "answer"));
            }
            sent.chunks(step).for_each(|octets| bench.receive(octets));
            (bench.replies, bench.taken, bench.finished, bench.closed)
        };
        let whole = hear(usize::MAX);
        prop_assert_eq!(&whole, &hear(step));
        prop_assert_eq!(&whole, &hear(1));
    }

    /// After any refusal at MAIL, RCPT, DATA, BDAT or the end there is no transaction that goes on by itself.
    #[test]
    fn th08_after_a_refusal_the_state_is_the_one_the_rules_name(
        before in proptest::collection::vec(0..LINES.len(), 0..12),
        refuse in prop_oneof![Just(Question::Mail), Just(Question::Data), Just(Question::End)],
    ) {
        let mut bench = Bench::new(&setting());
        bench.reply();
        for line in before.into_iter().map(|line| LINES[line]).filter(|line| !matches!(*line, "STARTTLS" | "QUIT")) {
            bench.receive(line.as_bytes());
            bench.receive(b"\r\n");
        }
        // Out of whatever is being read, and of whatever is open.
        bench.receive(b"0123456789\r\n.\r\nRSET\r\nEHLO c.example\r\n");
        prop_assume!(!bench.closed && bench.session.is_idle());
        bench.replies.clear();
        bench.will_answer(refuse, Reply::fixed(550, None, "no"));
        bench.receive(b"MAIL FROM:<a@x.example>\r\n");
        bench.receive(b"RCPT TO:<u@y.example>\r\n");
        bench.receive(b"DATA\r\n");
        if refuse == Question::End {
            bench.receive(b"x\r\n.\r\n");
        }
        prop_assume!(!bench.closed);
        bench.replies.clear();
        prop_assert!(bench.say("DATA").starts_with("503"));
        prop_assert!(bench.say("RCPT TO:<u@y.example>").starts_with("503"));
    }
}
