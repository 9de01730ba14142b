//! Rules that a dialogue would be too long for, or that show in what the pipeline and the log are told.

use std::time::Duration;

use postroad_dialogs::{Bench, PASSWORD, Question, Setting, USER};
use postroad_mail_types::{EnhancedCode, Reply};
use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};
use postroad_smtp_codec::{BodyForm, Extensions};
use postroad_smtp_session::{Action, Event, Phase, SaslInput, SessionSettings, Timeout};

/// A listener with TLS from the first octet and PLAIN.
fn submission() -> Setting {
    let mut setting = Setting { implicit_tls: true, ..Setting::default() };
    setting.session.mechanisms = [Mechanism::Plain].into_iter().collect();
    setting.session.require_auth = true;
    setting.session.submission = true;
    setting
}

fn bench() -> Bench {
    bench_with(&Setting::default())
}

/// Greeted, and past EHLO.
fn bench_with(setting: &Setting) -> Bench {
    let mut bench = Bench::new(setting);
    bench.reply();
    assert!(bench.say("EHLO c.example").starts_with("250"));
    bench
}

/// Up to the data, the 354 included.
fn up_to_the_data(bench: &mut Bench) {
    assert!(bench.say("MAIL FROM:<a@x.example>").starts_with("250"));
    assert!(bench.say("RCPT TO:<u@y.example>").starts_with("250"));
    assert!(bench.say("DATA").starts_with("354"));
}

/// The refusals that the log was told of.
fn refusals(bench: &Bench) -> Vec<(&'static str, Phase)> {
    bench.said.iter().filter_map(|said| said.refusal).map(|refusal| (refusal.rule, refusal.phase)).collect()
}

#[test]
fn l1_l3_a_hundred_recipients_and_452_above_the_limit() {
    let mut bench = bench();
    bench.say("MAIL FROM:<a@x.example>");
    for number in 0..1001 {
        let reply = bench.say(&format!("RCPT TO:<u{number}@y.example>"));
        let expected = if number < 1000 { "250" } else { "452 4.5.3" };
        assert!(reply.starts_with(expected), "recipient {number}: {reply}");
    }
    assert!(bench.say("DATA").starts_with("354"));
}

#[test]
fn l2a_l2b_lines_are_as_long_as_their_extensions_ask_for() {
    let mut bench = bench_with(&Setting { offer: Extensions::all(), implicit_tls: true, ..submission() });
    bench.say(&plain(USER, PASSWORD));
    let address = format!("{}@x.example", "a".repeat(64));
    let mail = format!(
        "MAIL FROM:<{address}> SIZE=10 BODY=BINARYMIME SMTPUTF8 REQUIRETLS RET=FULL AUTH={} ENVID={}",
        "a".repeat(490),
        "e".repeat(100)
    );
    let reply = bench.say(&mail);
    assert!(reply.starts_with("250"), "{reply}");
    let original = format!("rfc822;{}@{}.example", "o".repeat(64), "d".repeat(60));
    let reply = bench.say(&format!("RCPT TO:<u@y.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT={original}"));
    assert!(reply.starts_with("250"), "{reply}");
}

#[test]
fn l2b_lines_of_an_exchange_may_have_12288_octets_and_others_may_not() {
    let exchange = |octets: usize| {
        let mut bench = bench_with(&submission());
        assert_eq!(bench.say("AUTH PLAIN"), "334 ");
        let reply = bench.say(&"A".repeat(octets - 2));
        assert!(bench.say("NOOP").starts_with("250"), "out of step after {octets} octets");
        reply
    };
    // A base64 text of zeroes, too long to be a name and a password.
    assert!(exchange(12_286).starts_with("501 5.5.2"));
    assert!(exchange(12_289).starts_with("500 5.5.6"));
    let mut bench = bench_with(&submission());
    let reply = bench.say(&format!("AUTH PLAIN {}", "A".repeat(12_288 - 13)));
    assert!(reply.starts_with("501 5.5.2"), "{reply}");
    assert!(bench.say(&format!("AUTH PLAIN {}", "A".repeat(12_288))).starts_with("500 5.5.6"));
    assert!(bench.say(&format!("NOOP {}", "x".repeat(2048 - 7))).starts_with("250"));
    assert!(bench.say(&format!("NOOP {}", "x".repeat(2048 - 6))).starts_with("500 5.5.6"));
    // Once somebody is logged in, no longer line can come.
    assert!(bench.say(&plain(USER, PASSWORD)).starts_with("235"));
    assert_eq!(bench.session.line_limit(), SessionSettings::LINE_LIMIT);
}

#[test]
fn m15_data_that_is_really_larger_is_refused_after_its_end() {
    for (octets, code) in [(998, "250"), (999, "552 5.3.4")] {
        let mut bench = bench();
        up_to_the_data(&mut bench);
        bench.receive(&[vec![b'x'; octets], b"\r\n".to_vec()].concat());
        assert!(bench.replies.is_empty(), "told before the end");
        let reply = bench.say(".");
        assert!(reply.starts_with(code), "{octets} octets and CRLF: {reply}");
    }
}

#[test]
fn m16_more_than_a_hundred_hops_are_refused_after_the_end() {
    for (hops, code) in [(100, "250"), (101, "554 5.4.6")] {
        let mut setting = Setting::default();
        setting.session.max_message_size = None;
        let mut bench = bench_with(&setting);
        up_to_the_data(&mut bench);
        bench.receive("received: x\r\n".repeat(hops).as_bytes());
        bench.receive(b"\r\nReceived: in the body\r\n.\r\n");
        let reply = bench.reply();
        assert!(reply.starts_with(code), "{hops} hops: {reply}");
    }
}

#[test]
fn m14_data_that_breaks_the_rule_of_lines_is_never_finished() {
    let mut bench = bench();
    up_to_the_data(&mut bench);
    bench.receive(b"a\n.\n\r\n.\r\n");
    assert!(bench.reply().starts_with("550 5.6.0"));
    assert_eq!(bench.finished, 0);
    assert_eq!(refusals(&bench), [("line-ends", Phase::End)]);
}

#[test]
fn s10_one_reply_for_each_command_of_printable_lines_of_512_octets() {
    let mut setting = submission();
    setting.offer = Extensions::all();
    setting.session.mechanisms = Mechanisms::all();
    let mut bench = bench_with(&setting);
    let long = "x".repeat(1500);
    let hostile = format!("XCLIENT NAME={long}");
    let lines = [
        "EHLO c.example",
        "HELO c.example",
        "MAIL FROM:<a@x.example>",
        "RCPT TO:<u@y.example>",
        "DATA",
        "VRFY",
        "HELP",
    ];
    for line in lines.into_iter().chain([hostile.as_str(), long.as_str(), "FOO \u{1b}[31m", "AUTH CRAM-MD5", "BDAT 0"])
    {
        bench.receive(format!("{line}\r\n").as_bytes());
        let replied = bench.replies.clone();
        let code = replied[0].get(..3).unwrap();
        assert!((200..600).contains(&code.parse::<u16>().unwrap()), "{replied:?}");
        for (at, said) in replied.iter().enumerate() {
            let separator = if at + 1 == replied.len() { ' ' } else { '-' };
            assert!(said.starts_with(&format!("{code}{separator}")), "{line}: {replied:?}");
            assert!(said.len() <= 510 && said.bytes().all(|b| (b' '..=b'~').contains(&b)), "{said:?}");
        }
        bench.replies.clear();
    }
}

#[test]
fn e2a_which_replies_may_wait() {
    let mut setting = Setting::default();
    setting.session.starttls = true;
    let mut bench = bench_with(&setting);
    let waits = |action: Action| matches!(action, Action::Reply(_));
    let line = |text: &'static str| Event::Line { line: postroad_smtp_codec::Line::Text(text.as_bytes()), more: true };
    let ok = || Event::Answer(Reply::fixed(250, None, "Ok"));
    for at_once in ["VRFY x", "EXPN x", "NOOP", "FOO", "HELP", "EHLO c.example", "DATA", "RSET"] {
        assert!(!waits(bench.session.on(line(at_once))), "{at_once}");
    }
    assert!(matches!(bench.session.on(line("MAIL FROM:<a@x.example>")), Action::Mail(_)));
    assert!(waits(bench.session.on(ok())), "MAIL");
    assert!(matches!(bench.session.on(line("RCPT TO:<u@y.example>")), Action::Rcpt(_)));
    assert!(waits(bench.session.on(ok())), "RCPT");
    assert!(matches!(bench.session.on(line("DATA")), Action::Data(_)));
    assert!(!waits(bench.session.on(Event::Answer(Reply::fixed(354, None, "Go")))), "DATA");
    assert!(!waits(bench.session.on(Event::Timeout(Timeout::Idle))));
}

#[test]
fn th02_what_was_sent_in_clear_behind_starttls_is_never_carried_out() {
    let sent = b"STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@x.example>\r\nRCPT TO:<u@y.example>\r\n";
    let mut setting = Setting::default();
    setting.session.starttls = true;
    for cut in 1..sent.len() {
        let mut bench = bench_with(&setting);
        bench.receive(&sent[..cut]);
        bench.receive(&sent[cut..]);
        assert!(bench.closed, "cut at {cut}: the handshake goes on");
        assert!(bench.mails.is_empty(), "cut at {cut}");
        let told: Vec<_> = bench.replies.iter().filter_map(|line| line.get(..3)).collect();
        assert!(told == ["421"] || told == ["220"], "cut at {cut}: {told:?}");
    }
}

#[test]
fn th15_pipelining_outside_its_rules_is_refused_where_the_listener_is_strict() {
    let mut setting = submission();
    setting.session.strict_pipelining = true;
    for sent in ["EHLO c.example\r\nNOOP\r\n", "HELO c.example\r\nNOOP\r\n", "AUTH PLAIN\r\nAGEAYg==\r\n"] {
        let mut bench = bench_with(&setting);
        bench.receive(sent.as_bytes());
        assert!(bench.closed && bench.reply().starts_with("421 4.7.0"), "{sent:?}");
        assert_eq!(refusals(&bench).last().unwrap().0, "early-pipelining");
    }
    setting.session.require_auth = false;
    let mut bench = bench_with(&setting);
    bench.receive(b"MAIL FROM:<a@x.example>\r\nRCPT TO:<u@y.example>\r\nDATA\r\nx\r\n.\r\n");
    assert!(bench.closed);
    assert!(bench.taken.is_empty());
}

#[test]
fn th14_guessing_is_slowed_down_before_it_is_cut_off() {
    let mut setting = Setting::default();
    setting.session.max_refused_recipients = 10;
    let mut bench = bench_with(&setting);
    bench.say("MAIL FROM:<a@x.example>");
    for _ in 0..10 {
        bench.will_answer(Question::Rcpt, Reply::fixed(550, Some(EnhancedCode::new(5, 1, 1)), "No such user"));
        assert!(bench.say("RCPT TO:<u@y.example>").starts_with("550 5.1.1"));
    }
    let delays: Vec<_> = bench.said.iter().filter(|said| said.refusal.is_some()).map(|said| said.delay).collect();
    assert_eq!(delays[..5], [Duration::ZERO; 5]);
    assert_eq!(delays[5..], [Duration::from_secs(1); 5]);
}

#[test]
fn th06_an_address_that_may_not_relay_reaches_no_pipeline() {
    let mut bench = bench_with(&Setting { may_relay: false, ..Setting::default() });
    bench.say("MAIL FROM:<a@x.example>");
    for recipient in ["a%b@c.example", "@a:b@c.example", "\"a@b\"@c.example", "user@[127.0.0.1]", "Postmaster"] {
        let reply = bench.say(&format!("RCPT TO:<{recipient}>"));
        assert!(reply.starts_with("550 5.7.1") || reply.starts_with("501"), "{recipient}: {reply}");
    }
    assert!(bench.rcpts.is_empty());
}

#[test]
fn th10_secrets_do_not_show_in_what_is_debugged() {
    let mut bench = bench_with(&submission());
    let shown = |action: Action| match action {
        Action::Sasl(SaslInput::Begin { .. } | SaslInput::Response(_)) => format!("{action:?}"),
        other => panic!("{other:?}"),
    };
    assert!(
        !format!("{:?}", Event::Line { line: postroad_smtp_codec::Line::Text(b"cGVuY2ls"), more: true }).contains("99")
    );
    let line = plain(USER, PASSWORD);
    let event = |line| Event::Line { line: postroad_smtp_codec::Line::Text(line), more: false };
    let action = shown(bench.session.on(event(line.as_bytes())));
    for secret in [PASSWORD, USER, line.split(' ').nth(2).unwrap()] {
        assert!(!action.contains(secret), "{action}");
        assert!(!format!("{:?}", bench.session).contains(secret));
    }
}

#[test]
fn t2_the_pipeline_learns_how_the_message_came() {
    let mut setting = submission();
    setting.offer = Extensions::all();
    let mut bench = bench_with(&setting);
    bench.say(&plain(USER, PASSWORD));
    bench.say("MAIL FROM:<a@x.example> SIZE=7 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=e AUTH=<>");
    bench.say("RCPT TO:<u@y.example> NOTIFY=FAILURE ORCPT=rfc822;U@Y.example");
    let [mail] = &bench.mails[..] else { panic!("one transaction") };
    assert_eq!(mail.protocol.to_string(), "UTF8SMTPSA");
    assert_eq!(mail.user.as_deref(), Some(USER));
    assert_eq!(mail.tls.as_ref().unwrap().cipher, "TLS_AES_256_GCM_SHA384");
    assert!(mail.submission);
    assert_eq!(mail.parameters.size, Some(7));
    assert_eq!(mail.parameters.envid.as_ref().unwrap().as_str(), "e");
    let [rcpt] = &bench.rcpts[..] else { panic!("one recipient") };
    assert!(rcpt.parameters.notify.is_some() && rcpt.parameters.orcpt.is_some());

    let mut bench = Bench::new(&Setting::default());
    bench.reply();
    bench.say("HELO c.example");
    bench.say("MAIL FROM:<a@x.example>");
    assert_eq!(bench.mails[0].protocol.to_string(), "SMTP");
    assert_eq!(bench.mails[0].user, None);
}

#[test]
fn e16a_the_name_of_helo_is_what_the_message_came_from() {
    let mut bench = bench_with(&Setting { may_xclient: true, ..Setting::default() });
    assert!(bench.say("XCLIENT ADDR=192.0.2.9 HELO=inner.example LOGIN=user@x.example").starts_with("220"));
    bench.say("EHLO proxy.example");
    bench.say("MAIL FROM:<a@x.example>");
    assert_eq!(bench.mails[0].client.as_str(), "inner.example");
    assert_eq!(bench.mails[0].user.as_deref(), Some(USER));
    bench.say("RSET");
    bench.say("XCLIENT HELO=[UNAVAILABLE] LOGIN=[UNAVAILABLE]");
    bench.say("EHLO proxy.example");
    bench.say("MAIL FROM:<a@x.example>");
    assert_eq!(bench.mails[1].client.as_str(), "proxy.example");
    assert_eq!(bench.mails[1].user, None);
}

#[test]
fn e3a_the_first_chunk_asks_as_data_does() {
    let mut bench = bench();
    bench.say("MAIL FROM:<a@x.example>");
    bench.say("RCPT TO:<u@y.example>");
    let line = postroad_smtp_codec::Line::Text(b"BDAT 3 LAST");
    let action = bench.session.on(Event::Line { line, more: true });
    assert!(matches!(action, Action::Data(BodyForm::Plain)), "{action:?}");
    assert!(!bench.session.expects_data(), "octets before the pipeline has answered");

    let mut bench = self::bench();
    up_to_the_data(&mut bench);
    bench.say(".");
    bench.say("MAIL FROM:<a@x.example>");
    bench.say("RCPT TO:<u@y.example>");
    bench.receive(b"BDAT 1\r\nxBDAT 0 LAST\r\n");
    assert_eq!(bench.forms, [BodyForm::Stuffed, BodyForm::Plain], "later chunks ask nothing");
}

#[test]
fn e3b_rset_between_chunks_keeps_nothing() {
    let mut bench = bench();
    bench.say("MAIL FROM:<a@x.example>");
    bench.say("RCPT TO:<u@y.example>");
    bench.receive(b"BDAT 3\r\nxyz");
    assert_eq!(bench.session.message(), (3, 0));
    bench.reply();
    bench.say("RSET");
    assert_eq!(bench.session.message(), (0, 0));
    assert!(bench.session.is_idle());
}

#[test]
fn th09_a_million_small_chunks_are_one_message() {
    let mut setting = Setting::default();
    setting.session.max_message_size = None;
    let mut bench = bench_with(&setting);
    bench.say("MAIL FROM:<a@x.example>");
    bench.say("RCPT TO:<u@y.example>");
    let packet = b"BDAT 1\r\nxBDAT 0\r\n".repeat(100);
    for _ in 0..5000 {
        bench.receive(&packet);
        assert_eq!(bench.replies.len(), 200);
        bench.replies.clear();
        bench.said.clear();
    }
    assert!(bench.say("BDAT 0 LAST").starts_with("250"));
    assert_eq!(bench.taken, vec![b'x'; 500_000]);
    assert_eq!(bench.session.message().0, 0, "nothing is kept of it");
}

#[test]
fn every_refusal_names_its_rule_and_its_phase() {
    let mut setting = submission();
    setting.session.starttls = true;
    setting.implicit_tls = false;
    setting.session.require_tls = true;
    let mut bench = bench_with(&setting);
    for line in ["MAIL FROM:<a@x.example>", "AUTH PLAIN", "FOO", "DATA", "STARTTLS x", "EHLO", "XCLIENT ADDR=1.2.3.4"] {
        bench.say(line);
    }
    let expected = [
        ("tls-required", Phase::Mail),
        ("tls-required", Phase::Auth),
        ("tls-required", Phase::Command),
        ("tls-required", Phase::Data),
        ("argument-syntax", Phase::StartTls),
        ("client-name", Phase::Hello),
        ("tls-required", Phase::Xclient),
    ];
    assert_eq!(refusals(&bench), expected);
}

/// `AUTH PLAIN` with its initial response.
fn plain(user: &str, password: &str) -> String {
    let message = format!("\0{user}\0{password}");
    format!("AUTH PLAIN {}", postroad_smtp_codec::sasl::base64::encode(message.as_bytes()))
}
