//! Recipients get their own answers, and transactions their connector.

use std::time::Duration;

use postroad_delivery::FaultKind;
use postroad_pipeline::Abort;
use postroad_smtp_codec::{Body, Capabilities, MailParameters};

use crate::bench::{Bench, connector, rcpt, send};
use crate::fake::{Act, Script};

fn refuses(mailbox: &'static str, code: u16) -> Script {
    Script { rcpt: [(mailbox, [Act::Say(code)].into())].into(), ..Script::default() }
}

#[tokio::test]
async fn m07_each_recipient_gets_its_own_answer_and_one_refusal_is_not_the_others() {
    let bench = Bench::new([(1, refuses("bad@y.example", 550))]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "ok@y.example").await, "250 2.9.9");
    assert_eq!(rcpt(&mut transaction, "bad@y.example").await, "550 5.9.9");
    assert_eq!(rcpt(&mut transaction, "fine@y.example").await, "250 2.9.9");
    assert_eq!(send(&mut transaction, b"x\r\n").await, "250 2.9.9");
    transaction.settle(true).await;
    assert_eq!(bench.outcome(), "accepted - - 250 Unset");
    assert_eq!(bench.said().iter().filter(|said| said.ends_with("dot")).count(), 1);
}

#[tokio::test]
async fn rg05_a_refused_only_recipient_is_a_rejection_and_no_error_of_ours() {
    let bench = Bench::new([(1, refuses("bad@y.example", 550))]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "bad@y.example").await, "550 5.9.9");
    transaction.abort(Abort::Client).await;
    assert_eq!(bench.outcome(), "rejected - - 550 Unset");
    assert_eq!(bench.said(), ["1 open", "1 MAIL", "1 RCPT bad@y.example", "1 QUIT"]);
}

#[tokio::test]
async fn m06_a_second_connector_gets_452_and_the_first_goes_on() {
    let bench = Bench::new([]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "u@y.example").await, "250 2.9.9");
    assert_eq!(rcpt(&mut transaction, "u@b.example").await, "452 4.5.3");
    assert_eq!(send(&mut transaction, b"x\r\n").await, "250 2.9.9");
    transaction.settle(true).await;
    assert!(!bench.said().iter().any(|said| said.starts_with('9')));
}

#[tokio::test]
async fn m01_m02_without_a_way() {
    let bench = Bench::over(None, Duration::from_secs(1), []);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "u@y.example").await, "451 4.3.2");
    transaction.abort(Abort::Client).await;
    assert_eq!(bench.outcome(), "tempfail NR no_healthy_upstream 451 Error");

    let bench = Bench::with(vec![connector("B", "b.example", &[9])], Duration::from_secs(1), []);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "u@y.example").await, "550 5.1.2");
    // The transaction is bound to nothing yet.
    assert_eq!(rcpt(&mut transaction, "u@b.example").await, "250 2.9.9");
    transaction.abort(Abort::Client).await;
    assert_eq!(bench.outcome(), "aborted CA - - Unset");
}

#[tokio::test]
async fn e1a_e4b_what_a_host_cannot_take_is_refused_at_rcpt() {
    let small = Capabilities { size: true, max_size: Some(1000), ..Capabilities::default() };
    let host = || Script { offers: Some(small.clone()), ..Script::default() };
    for (parameters, told) in [
        (MailParameters { size: Some(1001), ..MailParameters::default() }, "552 5.3.4"),
        // With our Received field it is too large.
        (MailParameters { size: Some(1000), ..MailParameters::default() }, "552 5.3.4"),
        (MailParameters { size: Some(10), body: Some(Body::EightBitMime), ..MailParameters::default() }, "554 5.6.3"),
        (MailParameters { size: Some(10), body: Some(Body::SevenBit), ..MailParameters::default() }, "250 2.9.9"),
    ] {
        let bench = Bench::new([(1, host())]);
        let mut transaction = bench.begin_with(parameters.clone());
        assert_eq!(rcpt(&mut transaction, "u@y.example").await, told, "{parameters:?}");
        transaction.abort(Abort::Client).await;
        assert!(!bench.said().iter().any(|said| said.starts_with('2')), "a verdict is not failed over from");
    }
}

#[tokio::test]
async fn m07_a_refused_mail_is_the_answer_to_every_recipient_of_its_connector() {
    let bench = Bench::new([(1, Script { mail: Some(Act::Say(550)), ..Script::default() })]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "one@y.example").await, "550 5.9.9");
    assert_eq!(rcpt(&mut transaction, "two@y.example").await, "550 5.9.9");
    assert_eq!(bench.said(), ["1 open", "1 MAIL", "1 QUIT"], "asked once");
    // Nothing was accepted: another connector may still carry the transaction.
    assert_eq!(rcpt(&mut transaction, "u@b.example").await, "250 2.9.9");
    assert_eq!(send(&mut transaction, b"x\r\n").await, "250 2.9.9");
    transaction.settle(true).await;
}

#[tokio::test]
async fn th13_many_recipients_of_dead_hosts_are_not_many_attempts() {
    let down = || Script { open: Some(Act::Fault(FaultKind::Connect)), ..Script::default() };
    let bench = Bench::new([(1, down()), (2, down()), (3, down())]);
    let mut transaction = bench.begin();
    for _ in 0..1000 {
        assert_eq!(rcpt(&mut transaction, "u@y.example").await, "451 4.4.1");
    }
    assert_eq!(bench.said(), ["1 open", "2 open", "3 open"]);
    assert_eq!(rcpt(&mut transaction, "u@b.example").await, "250 2.9.9");
    transaction.abort(Abort::Client).await;
    assert_eq!(bench.attempts(), 4);
}
