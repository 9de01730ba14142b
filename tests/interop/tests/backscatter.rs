//! Whatever fails, the relay tells its client and writes to nobody.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::time::Duration;

use postroad_interop::{Reading, Sink};
use postroad_test_support::{Act, At, Bench, Conversation, Message, ScriptedHost, Verdict, connector, report};

const FLAGS: [&str; 8] =
    ["--command-timeout", "1s", "--data-timeout", "1s", "--final-reply-timeout", "1s", "--connect-timeout", "1s"];

fn faults() -> Vec<(At, Act)> {
    let points =
        [At::Greeting, At::Ehlo, At::Mail, At::Rcpt, At::Data, At::Body, At::Dot, At::DotUnstored, At::Rset, At::Quit];
    let acts = [
        Act::say("450 4.2.0 not now"),
        Act::say("550 5.1.1 never"),
        Act::say("552 5.2.2 full"),
        Act::say("421 4.3.2 closing"),
        Act::say("999 what"),
        Act::RawThenClose(b"250-half".to_vec()),
        Act::Close,
        Act::Stall,
    ];
    points.into_iter().flat_map(|at| acts.iter().map(move |act| (at, act.clone()))).collect()
}

#[test]
fn th22_no_fault_of_a_smart_host_makes_the_relay_write_a_message() {
    // Whatever is written to a sender, or to a postmaster, would come here.
    let bounces = Sink::start(Reading::Strict, &[]);
    let domains = ["sender.example", "*.relay.example", "relay.example", "*"];
    let mut bench = Bench::with_connector(connector("bounces", &domains, &[bounces.address()]), &FLAGS);
    let mut cases = Vec::new();
    for (number, (at, act)) in faults().into_iter().enumerate() {
        let honest = Conversation::honest();
        let host = ScriptedHost::start(vec![honest.clone().but(at, act.clone()), honest]);
        let domain = format!("fault{number}.example");
        let name = format!("fault-{number}");
        let made = bench.api.create(connector(&name, &[&domain], &[host.address()])).unwrap();
        cases.push((format!("{at:?} {act:?}"), host, domain, made.revision));
    }
    bench.relay.wait_for_revision(cases.last().unwrap().3, Duration::from_secs(20));
    let told: Vec<Vec<Verdict>> = std::thread::scope(|scope| {
        let threads: Vec<_> = cases.iter().map(|(_, _, domain, _)| scope.spawn(|| send(&bench, domain))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // What it wanted to write it has written when it has ended.
    bench.relay.process.terminate(Duration::from_secs(60));
    assert!(bounces.heard().is_empty(), "the relay wrote: {:?}", bounces.heard());
    let mut refused = 0;
    for ((name, host, domain, _), verdicts) in cases.iter().zip(&told) {
        refused += verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Nacked(_))).count();
        let messages = host.messages();
        assert!(messages.len() <= verdicts.len(), "{name}: {} messages of {}", messages.len(), verdicts.len());
        for seen in &messages {
            let ours = [format!("X-Id: {domain}-0\r\n"), format!("X-Id: {domain}-1\r\n")];
            let body = seen.without_received();
            assert!(ours.iter().any(|start| body.starts_with(start.as_bytes())), "{name}: {seen:?}");
        }
        let strange = host.seen().into_iter().flat_map(|seen| seen.commands).find(|command| {
            let command = command.to_ascii_uppercase();
            let ours = command.starts_with("MAIL FROM:<>") || command.starts_with("MAIL FROM:<A@SENDER.EXAMPLE>");
            command.starts_with("MAIL") && !ours
        });
        assert_eq!(strange, None, "{name}: a sender that nobody gave");
    }
    assert!(refused > cases.len() / 2, "the faults did not bite: {refused} refusals in {} cases", cases.len());
    report(&format!("backscatter: {} faults, {refused} messages refused, none originated", cases.len()));
}

/// Two messages, one of them without a sender: what the client was told.
fn send(bench: &Bench, domain: &str) -> Vec<Verdict> {
    let message = |number| Message::of_size(&format!("{domain}-{number}"), 300);
    let to = format!("b@{domain}");
    let mut verdicts = Vec::new();
    for (number, from) in ["a@sender.example", ""].into_iter().enumerate() {
        verdicts.push(bench.sender().send(from, &to, &message(number)));
    }
    verdicts
}
