//! Faults of the smart host: what the client is told, row by row of the reply map, within the relay's own timers, and
//! with the client's own connection left open.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::time::{Duration, Instant};

use postroad_test_support::{
    Act, Answer, At, Bench, ClosedPort, Conversation, Message, ScriptedHost, Sender, connector, report,
};

const FROM: &str = "a@sender.example";
const TIMERS: [&str; 8] =
    ["--command-timeout", "1s", "--data-timeout", "2s", "--final-reply-timeout", "1s", "--connect-timeout", "2s"];

/// Where the client was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Rcpt,
    Data,
    End,
}

/// One row: what the host does, and what the client must be told where.
struct Row {
    name: &'static str,
    at: At,
    act: Act,
    told: Told,
    reply: &'static str,
    /// Messages that the host has stored afterwards.
    stored: usize,
}

fn row(name: &'static str, at: At, act: Act, told: Told, reply: &'static str) -> Row {
    Row { name, at, act, told, reply, stored: 0 }
}

fn stored(name: &'static str, at: At, act: Act, reply: &'static str) -> Row {
    Row { name, at, act, told: Told::End, reply, stored: 1 }
}

fn said(text: &str) -> Act {
    Act::say(text)
}

fn half(text: &str) -> Act {
    Act::RawThenClose(text.as_bytes().to_vec())
}

fn one_transaction(bench: &Bench, domain: &str) -> (Told, Answer, Sender) {
    let mut sender = bench.sender();
    let answer = sender.envelope(FROM, &format!("b@{domain}")).unwrap();
    if answer.code != 250 {
        return (Told::Rcpt, answer, sender);
    }
    let answer = sender.command("DATA").unwrap();
    if answer.code != 354 {
        return (Told::Data, answer, sender);
    }
    sender.wire.write(&Message::of_size("fault", 400).stuffed()).unwrap();
    let answer = sender.answer().unwrap();
    (Told::End, answer, sender)
}

/// Runs all rows against one relay and tells every one that is not as it must be.
fn check(rows: Vec<Row>) {
    let closed = ClosedPort::new();
    let bench = Bench::start(&[closed.address()], &TIMERS);
    let mut wrong = Vec::new();
    for (number, row) in rows.into_iter().enumerate() {
        let host = ScriptedHost::start(vec![Conversation::honest().but(row.at, row.act)]);
        let domain = format!("row{number}.example");
        let made = bench.api.create(connector(&format!("row-{number}"), &[&domain], &[host.address()])).unwrap();
        bench.relay.wait_for_revision(made.revision, Duration::from_secs(5));
        let began = Instant::now();
        let (told, answer, mut sender) = one_transaction(&bench, &domain);
        let took = began.elapsed();
        let alive = sender.command("NOOP").is_ok_and(|answer| answer.code == 250);
        let have = host.messages().len();
        let good = told == row.told && answer.starts_with(row.reply) && have == row.stored;
        if !good || !alive || took > Duration::from_secs(6) {
            wrong.push(format!(
                "{}: told {told:?} {:?}, must be {:?} {:?}; stored {have}, must be {}; NOOP afterwards {alive}; {took:?}",
                row.name, answer.lines, row.told, row.reply, row.stored
            ));
        }
    }
    assert!(wrong.is_empty(), "{} rows are not as they must be:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn m2_m3_refusals_before_the_envelope() {
    check(vec![
        row("m3_greeting_4xx", At::Greeting, said("421 4.3.2 busy"), Told::Rcpt, "451 4.4.0"),
        row("m3_greeting_5xx", At::Greeting, said("554 5.3.2 never"), Told::Rcpt, "451 4.4.0"),
        row("m3_greeting_521", At::Greeting, said("521 no mail here"), Told::Rcpt, "451 4.4.0"),
        row("m3_ehlo_refused", At::Ehlo, said("554 5.7.1 not you"), Told::Rcpt, "451 4.4.0"),
    ]);
    let closed = ClosedPort::new();
    let bench = Bench::start(&[closed.address()], &TIMERS);
    let (told, answer, _) = one_transaction(&bench, "closed.example");
    assert!(told == Told::Rcpt && answer.starts_with("451 4.4.1"), "m2: {told:?} {answer:?}");
}

#[test]
fn m7_to_m11_answers_to_the_envelope() {
    check(vec![
        row("m7_mail_4xx", At::Mail, said("450 4.2.0 later"), Told::Rcpt, "450 4.2.0"),
        row("m7_mail_5xx", At::Mail, said("553 5.1.8 who?"), Told::Rcpt, "553 5.1.8"),
        row("m7_rcpt_4xx", At::Rcpt, said("452 4.2.2 full"), Told::Rcpt, "452 4.2.2"),
        row("m7_rcpt_5xx", At::Rcpt, said("550 5.1.1 nobody"), Told::Rcpt, "550 5.1.1"),
        row("m7_rcpt_without_enhanced_code", At::Rcpt, said("550 nobody"), Told::Rcpt, "550 "),
        row("m8_rcpt_421", At::Rcpt, said("421 4.3.2 leaving"), Told::Rcpt, "451 4.4.2"),
        row("m8_mail_421", At::Mail, said("421 4.3.2 leaving"), Told::Rcpt, "451 4.4.2"),
        row("m9_mail_530", At::Mail, said("530 5.7.0 log in first"), Told::Rcpt, "451 4.7.0"),
        row("m9_rcpt_535", At::Rcpt, said("535 5.7.8 who are you"), Told::Rcpt, "451 4.7.0"),
        row("m10_rcpt_600", At::Rcpt, said("600 what"), Told::Rcpt, "451 4.5.0"),
        row("m10_rcpt_354", At::Rcpt, said("354 what"), Told::Rcpt, "451 4.5.0"),
        stored("m11_rcpt_299", At::Rcpt, said("299 2.1.5 fine"), "250 2.0.0"),
    ]);
}

#[test]
fn m13_answers_to_data() {
    check(vec![
        row("m13_data_4xx", At::Data, said("451 4.3.0 not now"), Told::Data, "451 4.3.0"),
        row("m13_data_5xx", At::Data, said("554 5.5.1 no"), Told::Data, "554 5.5.1"),
        row("m13_data_2xx", At::Data, said("250 2.0.0 thanks"), Told::Data, "451 4."),
    ]);
}

#[test]
fn m18_answers_to_the_dot() {
    check(vec![
        stored("m18_dot_4xx", At::Dot, said("452 4.3.1 disk full"), "452 4.3.1"),
        stored("m18_dot_5xx", At::Dot, said("554 5.7.1 spam"), "554 5.7.1"),
        stored("m18_dot_421", At::Dot, said("421 4.3.2 leaving"), "451 4.4.2"),
        stored("m18_dot_535", At::Dot, said("535 5.7.8 who"), "451 4.7.0"),
        stored("c9_quit_closes", At::Quit, Act::Close, "250 2.0.0 stored as 42"),
    ]);
}

#[test]
fn m17_closes_at_each_step() {
    check(vec![
        row("greeting", At::Greeting, Act::Close, Told::Rcpt, "451 4.4."),
        row("ehlo", At::Ehlo, Act::Close, Told::Rcpt, "451 4.4."),
        row("mail", At::Mail, Act::Close, Told::Rcpt, "451 4.4.2"),
        row("rcpt", At::Rcpt, Act::Close, Told::Rcpt, "451 4.4.2"),
        row("data", At::Data, Act::Close, Told::Data, "451 4.4.2"),
        row("body", At::Body, Act::Close, Told::End, "451 4.4.2"),
        stored("dot, stored", At::Dot, Act::Close, "451 4.4.2"),
        row("dot, not stored", At::DotUnstored, Act::Close, Told::End, "451 4.4.2"),
    ]);
}

#[test]
fn m17_stalls_at_each_step() {
    check(vec![
        row("greeting", At::Greeting, Act::Stall, Told::Rcpt, "451 4.4."),
        row("ehlo", At::Ehlo, Act::Stall, Told::Rcpt, "451 4.4."),
        row("mail", At::Mail, Act::Stall, Told::Rcpt, "451 4.4.2"),
        row("rcpt", At::Rcpt, Act::Stall, Told::Rcpt, "451 4.4.2"),
        row("data", At::Data, Act::Stall, Told::Data, "451 4.4.2"),
        row("body", At::Body, Act::Stall, Told::End, "451 4.4.2"),
        stored("dot", At::Dot, Act::Stall, "451 4.4.2"),
        stored("l5d_dot_too_late", At::Dot, Act::Late(Duration::from_secs(3)), "451 4.4.2"),
    ]);
}

#[test]
fn m17_half_replies_and_early_ones() {
    check(vec![
        row("half greeting", At::Greeting, half("220 hos"), Told::Rcpt, "451 4.4."),
        row("half multi-line ehlo", At::Ehlo, half("250-host.example\r\n"), Told::Rcpt, "451 4.4."),
        row("half rcpt", At::Rcpt, half("250 2.1.5 o"), Told::Rcpt, "451 4.4.2"),
        row("half 354", At::Data, half("354 g"), Told::Data, "451 4.4.2"),
        stored("half reply to the dot", At::Dot, half("250 2.0.0 sto"), "451 4.4.2"),
        stored("first line only", At::Dot, half("250-2.0.0 stored\r\n"), "451 4.4.2"),
        row("f9_early_250", At::Data, Act::Raw(b"354 go\r\n250 2.0.0 early\r\n".to_vec()), Told::Data, "451 4.4.2"),
        stored("garbage", At::Dot, Act::Raw(b"\x00\x01\x02\r\n".to_vec()), "451 4."),
    ]);
}

#[test]
fn m19_the_final_reply_is_the_hosts_own_with_our_id() {
    let host = ScriptedHost::honest();
    let bench = Bench::start(&[host.address()], &TIMERS);
    let (told, answer, _) = one_transaction(&bench, "rcpt.example");
    let line = answer.lines.last().unwrap();
    let id = line.rsplit(" id=").next().unwrap();
    assert!(told == Told::End && answer.starts_with("250 2.0.0 stored as 42 "), "{answer:?}");
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
    let message = String::from_utf8(host.messages()[0].bytes.clone()).unwrap();
    let received = message.split("\r\nX-Id").next().unwrap();
    assert!(received.starts_with("Received: from client.example") && received.contains(id), "{received}");
}

#[test]
fn in_doubt_is_an_event_once_the_dot_was_written_and_not_before() {
    for (at, act, expected) in
        [(At::Dot, Act::Close, 1), (At::Data, Act::Raw(b"354 go\r\n250 2.0.0 early\r\n".to_vec()), 0)]
    {
        let host = ScriptedHost::start(vec![Conversation::honest().but(at, act)]);
        let bench = Bench::start(&[host.address()], &TIMERS);
        let (_, answer, mut sender) = one_transaction(&bench, "rcpt.example");
        assert!(answer.starts_with("451 4.4.2"), "{answer:?}");
        assert_eq!(sender.command("QUIT").unwrap().code, 221);
        bench.relay.process.wait_for("the end of the transaction", Duration::from_secs(5), |line| {
            (line.get("message")? == "transaction").then_some(())
        });
        let log = bench.relay.process.log();
        let events = log.iter().filter(|line| line.contains(r#""message":"in_doubt"#)).count();
        assert_eq!(events, expected, "{at:?}: {}", log.join("\n"));
    }
}

/// F9: a reply that nobody asked for lies ready when the dot would be written, so the dot is not written.
#[test]
fn f9_a_reply_in_mid_body_keeps_the_dot_back() {
    let early = Conversation::honest().but(At::Body, Act::say("250 2.0.0 early"));
    let host = ScriptedHost::start(vec![early]);
    let bench = Bench::start(&[host.address()], &TIMERS);
    let mut sender = bench.sender();
    assert_eq!(sender.envelope(FROM, "b@rcpt.example").unwrap().code, 250);
    assert_eq!(sender.command("DATA").unwrap().code, 354);
    // The host reads the first line and speaks; the rest follows only when it has.
    sender.wire.write(&b"X: y\r\n".repeat(20_000)).unwrap();
    let began = Instant::now();
    while host.body_bytes() < 100_000 {
        assert!(began.elapsed() < Duration::from_secs(5), "the body does not reach the host before its end");
    }
    sender.wire.write(b"\r\nend\r\n.\r\n").unwrap();
    let answer = sender.answer().unwrap();
    assert!(answer.starts_with("451 4.4.2"), "{answer:?}");
    host.wait_until_left();
    assert_eq!(host.messages().len(), 0, "the dot was written although a reply lay ready");
}

#[test]
fn the_next_host_is_tried_before_the_first_body_byte_and_never_after_an_answer() {
    let faults = [
        ("greeting 554", At::Greeting, said("554 5.3.2 no"), 1),
        ("closes at MAIL", At::Mail, Act::Close, 1),
        ("421 at RCPT", At::Rcpt, said("421 4.3.2 leaving"), 1),
        ("stalls at EHLO", At::Ehlo, Act::Stall, 1),
        ("550 at RCPT", At::Rcpt, said("550 5.1.1 nobody"), 0),
        ("554 at the dot", At::Dot, said("554 5.7.1 spam"), 0),
        ("closes after the dot", At::Dot, Act::Close, 0),
    ];
    let mut wrong = Vec::new();
    for (name, at, act, reached) in faults {
        let first = ScriptedHost::start(vec![Conversation::honest().but(at, act)]);
        let second = ScriptedHost::honest();
        let bench = Bench::start(&[first.address(), second.address()], &TIMERS);
        let (told, answer, _) = one_transaction(&bench, "rcpt.example");
        let second_has = second.messages().len();
        let good = if reached == 1 { answer.code == 250 } else { answer.code != 250 && second.seen().is_empty() };
        if !good || second_has != reached {
            wrong.push(format!("{name}: {told:?} {:?}, second host has {second_has}", answer.lines));
        }
    }
    let second = ScriptedHost::honest();
    let closed = ClosedPort::new();
    let bench = Bench::start(&[closed.address(), second.address()], &TIMERS);
    let (_, answer, _) = one_transaction(&bench, "rcpt.example");
    assert!(answer.code == 250 && second.messages().len() == 1, "first host refuses connections: {answer:?}");
    report("host faults: failover checked for 8 faults");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_second_transaction_of_a_session_is_in_step_after_a_failed_one() {
    let broken = Conversation::honest().but(At::Dot, half("250 2.0.0 sto"));
    let host = ScriptedHost::start(vec![broken, Conversation::honest()]);
    let bench = Bench::start(&[host.address()], &TIMERS);
    let (_, answer, mut sender) = one_transaction(&bench, "rcpt.example");
    assert!(answer.starts_with("451 4.4.2"), "{answer:?}");
    for number in 0..2 {
        let verdict = sender.send(FROM, "b@rcpt.example", &Message::of_size(&format!("again-{number}"), 200));
        assert!(matches!(verdict, postroad_test_support::Verdict::Acked(_)), "{verdict:?}");
    }
    assert_eq!(host.messages().len(), 3);
}
