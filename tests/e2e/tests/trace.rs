//! The trace of a message as a collector receives it: kinds, parents, attributes and status, for messages accepted,
//! refused and failed over. A dead collector costs no mail.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::net::TcpListener;
use std::time::{Duration, Instant};

use postroad_test_support::{
    Act, At, Bench, Collector, Conversation, Message, ScriptedHost, SeenSpan, Verdict, report,
};

const SERVER: i32 = 2;
const CLIENT: i32 = 3;
const UNSET: i32 = 0;
const ERROR: i32 = 2;

fn bench(collector: &Collector, hosts: &[&ScriptedHost]) -> Bench {
    let addresses: Vec<_> = hosts.iter().map(|host| host.address()).collect();
    let endpoint = collector.endpoint();
    Bench::start(&addresses, &["--otlp-endpoint", &endpoint, "--trace-sample-ratio", "1", "--site", "north"])
}

fn send(bench: &Bench) -> Verdict {
    bench.sender().send("a@sender.example", "b@rcpt.example", &Message::of_size("traced", 600))
}

/// The spans of the one message, the SERVER first, then the attempts in order.
fn spans(collector: &Collector, count: usize) -> Vec<SeenSpan> {
    let mut spans = collector.wait_for(&format!("{count} spans"), |spans| spans.len() >= count);
    assert_eq!(spans.len(), count, "{spans:#?}");
    spans.sort_by_key(|span| (span.kind, span.attribute("smtp.attempt").to_owned()));
    let server = spans[0].clone();
    assert!(server.kind == SERVER && server.name == "smtp.receive smtp" && server.parent_id.is_empty(), "{server:#?}");
    assert_eq!(server.resource["service.name"], "postroad-relay");
    assert_eq!(server.resource["postroad.relay"], "relay-a");
    assert_eq!(server.resource["postroad.site"], "north");
    for span in &spans {
        assert_eq!(span.trace_id, server.trace_id, "one message is one trace");
        assert!(span.times.0 <= span.times.1 && span.status_text.is_empty(), "{span:#?}");
        assert_eq!(span.attribute("postroad.config.revision"), "1");
        assert_eq!(span.attribute("network.protocol.name"), "smtp");
        let text = format!("{span:?}");
        assert!(!text.contains("@sender") && !text.contains("b@"), "an address left in {span:#?}");
    }
    for attempt in &spans[1..] {
        assert!(attempt.kind == CLIENT && attempt.name == "smtp.send main", "{attempt:#?}");
        assert_eq!(attempt.parent_id, server.span_id, "an attempt hangs under the receiving span");
        assert!(attempt.times.0 >= server.times.0 && attempt.times.1 <= server.times.1, "{attempt:#?}");
        assert_eq!(attempt.attribute("postroad.connector.name"), "main");
        assert_eq!(attempt.attribute("server.address"), "127.0.0.1");
    }
    spans
}

#[test]
fn accepted() {
    let (collector, host) = (Collector::start(), ScriptedHost::honest());
    let bench = bench(&collector, &[&host]);
    let Verdict::Acked(answer) = send(&bench) else { panic!("not accepted") };
    let spans = spans(&collector, 2);
    assert!(spans.iter().all(|span| span.status == UNSET), "{spans:#?}");
    assert_eq!(spans[0].attribute("smtp.outcome"), "accepted");
    assert_eq!(spans[0].attribute("smtp.reply.code"), "250");
    assert_eq!(spans[0].attribute("smtp.recipient.accepted"), "1");
    assert_eq!(spans[1].attribute("smtp.attempt"), "1");
    assert_eq!(spans[1].attribute("server.port"), host.address().port().to_string());
    let id = answer.lines.last().unwrap().rsplit(" id=").next().unwrap();
    assert_eq!(id, spans[0].trace_id, "the final reply names the trace");
    let message = String::from_utf8(host.messages()[0].bytes.clone()).unwrap();
    assert!(message.starts_with("Received:") && message.contains(&spans[0].trace_id), "{message}");
}

#[test]
fn refused_by_the_host() {
    let refusal = Conversation::honest().but(At::Rcpt, Act::say("550 5.1.1 nobody"));
    let (collector, host) = (Collector::start(), ScriptedHost::start(vec![refusal]));
    let bench = bench(&collector, &[&host]);
    assert!(matches!(send(&bench), Verdict::Nacked(answer) if answer.starts_with("550 5.1.1")));
    let spans = spans(&collector, 2);
    assert_eq!(spans[0].status, UNSET, "a refusal of the recipient is no error of the relay: {spans:#?}");
    assert_eq!(spans[0].attribute("smtp.outcome"), "rejected");
    assert_eq!(spans[1].status, ERROR);
    assert_eq!(spans[1].attribute("error.type"), "550");
    assert_eq!(spans[1].attribute("smtp.phase"), "rcpt");
    assert_eq!(spans[1].attribute("smtp.reply.enhanced_code"), "5.1.1");
}

#[test]
fn failed_over() {
    let broken = Conversation::honest().but(At::Greeting, Act::say("554 5.3.2 closed"));
    let collector = Collector::start();
    let (first, second) = (ScriptedHost::start(vec![broken]), ScriptedHost::honest());
    let bench = bench(&collector, &[&first, &second]);
    assert!(matches!(send(&bench), Verdict::Acked(_)));
    let spans = spans(&collector, 3);
    assert_eq!(spans[0].status, UNSET);
    assert_eq!((spans[1].attribute("smtp.attempt"), spans[2].attribute("smtp.attempt")), ("1", "2"));
    assert_eq!((spans[1].status, spans[2].status), (ERROR, UNSET));
    assert!(!spans[1].attribute("error.type").is_empty());
    assert_eq!(spans[2].attribute("server.port"), second.address().port().to_string());
    assert!(spans[1].times.1 <= spans[2].times.0, "attempts follow each other");
}

#[test]
fn a_dead_collector_costs_no_mail_and_no_time() {
    // It takes connections and never answers.
    let dead = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", dead.local_addr().unwrap());
    let host = ScriptedHost::honest();
    let bench = Bench::start(&[host.address()], &["--otlp-endpoint", &endpoint, "--trace-sample-ratio", "1"]);
    let mut sender = bench.sender();
    let began = Instant::now();
    for number in 0..200 {
        let verdict = sender.send("a@sender.example", "b@rcpt.example", &Message::of_size(&number.to_string(), 500));
        assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
    }
    let took = began.elapsed();
    report(&format!("trace: 200 messages with a dead collector took {took:?}"));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(host.messages().len(), 200);
}
