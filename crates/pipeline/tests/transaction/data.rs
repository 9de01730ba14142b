//! The message, our Received field, and the final reply.

use postroad_delivery::FaultKind;
use postroad_mail_types::{EnhancedCode, Reply};
use postroad_pipeline::Message;
use postroad_smtp_codec::{BodyChunk, BodyForm, Capabilities, MailParameters};

use crate::bench::{Bench, connector, rcpt, send, shown};
use crate::fake::{Act, Script};

fn after_mail(wire: &str) -> &str {
    wire.split_once("\r\n").unwrap().1
}

#[tokio::test]
async fn t1b_received_is_on_top_and_names_a_recipient_only_if_there_is_one() {
    for (recipients, named) in [(&["u@y.example"][..], true), (&["u@y.example", "v@y.example"], false)] {
        let bench = Bench::new([]);
        let mut transaction = bench.begin();
        for recipient in recipients {
            rcpt(&mut transaction, recipient).await;
        }
        assert_eq!(send(&mut transaction, b"Subject: x\r\n\r\n..\r\n").await, "250 2.9.9");
        transaction.settle(true).await;
        let wire = bench.wire();
        let message = after_mail(&wire);
        assert!(
            message.starts_with("Received: from client.example ([192.0.2.7])\r\n\tby relay.example with ESMTP id ")
        );
        assert_eq!(message.matches("Received:").count(), 1);
        assert_eq!(message.contains("for <u@y.example>"), named);
        assert!(message.ends_with(" +0000\r\nSubject: x\r\n\r\n..\r\n"), "{message}");
        let id = bench.server().trace_id.to_string();
        assert!(message.contains(&id));
    }
}

#[tokio::test]
async fn s12_an_empty_message_has_our_received_field_alone() {
    let bench = Bench::new([]);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    assert_eq!(send(&mut transaction, b"").await, "250 2.9.9");
    let wire = bench.wire();
    assert!(after_mail(&wire).starts_with("Received: ") && wire.ends_with(" +0000\r\n"));
}

#[tokio::test]
async fn e1b_the_size_that_goes_on_is_the_declared_one_and_our_received_field() {
    let bench = Bench::new([]);
    let mut transaction = bench.begin_with(MailParameters { size: Some(3), ..MailParameters::default() });
    rcpt(&mut transaction, "u@y.example").await;
    send(&mut transaction, b"x\r\n").await;
    let wire = bench.wire();
    let (mail, message) = wire.split_once("\r\n").unwrap();
    assert_eq!(mail, format!("MAIL FROM:<a@x.example> SIZE={}", message.len()));
}

#[tokio::test]
async fn m15_m14_what_may_not_pass_gets_no_dot() {
    let mut small = connector("A", "*", &[1, 2]);
    small.max_message_size = Some(1024);
    let seven = Script { offers: Some(Capabilities::default()), ..Script::default() };
    for (script, wire, told) in [
        (Script::default(), vec![b'x'; 1025], "552 5.3.4"),
        (seven, b"gr\xfcn\r\n".to_vec(), "554 5.6.3"),
        (Script { body: Some(Act::Fault(FaultKind::Lost)), ..Script::default() }, b"x\r\n".to_vec(), "451 4.4.2"),
    ] {
        let bench = Bench::with(vec![small.clone()], std::time::Duration::from_secs(5), [(1, script)]);
        let mut transaction = bench.begin();
        rcpt(&mut transaction, "u@y.example").await;
        assert_eq!(send(&mut transaction, &wire).await, told);
        transaction.settle(true).await;
        assert_eq!(bench.said()[3..], ["1 DATA", "1 closed"].map(str::to_owned));
    }
    // As many as the limit are not too many.
    let bench = Bench::with(vec![small], std::time::Duration::from_secs(5), []);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    assert_eq!(send(&mut transaction, &[b'x'; 1024]).await, "250 2.9.9");
}

#[tokio::test]
async fn f05_a_broken_rule_of_the_listener_leaves_the_host_at_once() {
    let bench = Bench::new([]);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    transaction.data(BodyForm::Stuffed).await;
    transaction.body(BodyChunk::undotted(b"x\r\n")).await;
    transaction.spoilt().await;
    assert_eq!(bench.said().last().unwrap(), "1 closed");
    let refusal = Reply::fixed(554, Some(EnhancedCode::new(5, 4, 6)), "Too many hops");
    let reply = transaction.refuse(refusal, Message { size: 9, hops: 101 }).await;
    assert_eq!(shown(&reply), "554 5.4.6");
    transaction.settle(true).await;
    assert_eq!(bench.said(), [""; 0]);
    assert_eq!(bench.outcome(), "policy - loop_detected 554 Error");
}

#[tokio::test]
async fn m19_the_id_is_the_last_word_of_the_hosts_reply() {
    for dot in [250, 452, 554] {
        let bench = Bench::new([(1, Script { dot: Some(Act::Say(dot)), ..Script::default() })]);
        let mut transaction = bench.begin();
        rcpt(&mut transaction, "u@y.example").await;
        transaction.data(BodyForm::Stuffed).await;
        let reply = transaction.finish(Message::default()).await;
        transaction.settle(true).await;
        let id = bench.server().trace_id;
        assert!(reply.to_string().starts_with(&format!("{dot} ")));
        assert!(reply.to_string().ends_with(&format!("said the host id={id}")), "{reply}");
    }
}
