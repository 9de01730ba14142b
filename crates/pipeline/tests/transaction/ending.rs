//! Every transaction has one record, however it ends.

use std::time::Duration;

use postroad_delivery::FaultKind;
use postroad_pipeline::{Abort, Message};
use postroad_smtp_codec::BodyForm;

use crate::bench::{Bench, rcpt, send};
use crate::fake::{Act, Script};

#[tokio::test]
async fn outcomes_of_the_dot() {
    for (dot, told) in [
        (Act::Say(250), "accepted - - 250 Unset"),
        (Act::Say(452), "tempfail - 452 452 Error"),
        (Act::Say(554), "rejected - - 554 Unset"),
        (Act::Fault(FaultKind::Lost), "in_doubt ID connection_reset 451 Error"),
    ] {
        let bench = Bench::new([(1, Script { dot: Some(dot), ..Script::default() })]);
        let mut transaction = bench.begin();
        rcpt(&mut transaction, "u@y.example").await;
        send(&mut transaction, b"x\r\n").await;
        transaction.settle(true).await;
        assert_eq!(bench.outcome(), told);
    }
}

#[tokio::test]
async fn why_a_transaction_was_given_up() {
    for (why, told) in [
        (Abort::Client, "aborted CA - - Unset"),
        (Abort::Timeout, "timeout CA - 421 Unset"),
        (Abort::Shutdown, "tempfail - shutdown 421 Error"),
    ] {
        let bench = Bench::new([]);
        let mut transaction = bench.begin();
        rcpt(&mut transaction, "u@y.example").await;
        transaction.abort(why).await;
        assert_eq!(bench.outcome(), told);
        assert_eq!(bench.said().last().unwrap(), "1 QUIT");
    }
}

#[tokio::test]
async fn a_reply_that_could_not_be_written_is_lost_and_the_message_is_not() {
    let bench = Bench::new([]);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    send(&mut transaction, b"x\r\n").await;
    transaction.settle(false).await;
    assert_eq!(bench.outcome(), "accepted RL - 250 Unset");
}

/// A session that is cut off drops its transaction, which writes its record all the same.
#[tokio::test]
async fn a_dropped_transaction_has_its_record() {
    // Between commands.
    let bench = Bench::new([]);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    drop(transaction);
    assert_eq!(bench.outcome(), "aborted - shutdown - Error");
    assert_eq!((bench.attempts(), bench.said().last().unwrap().as_str()), (1, "1 abandoned"));

    // While the reply to the dot is awaited.
    let bench = Bench::new([(1, Script { dot: Some(Act::Hang), ..Script::default() })]);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    transaction.data(BodyForm::Stuffed).await;
    let waited = tokio::time::timeout(Duration::from_millis(20), transaction.finish(Message::default())).await;
    assert!(waited.is_err());
    drop(transaction);
    assert_eq!(bench.outcome(), "in_doubt ID shutdown - Error");
    assert_eq!(bench.attempts(), 1);

    // While the final reply is written.
    let bench = Bench::new([]);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    send(&mut transaction, b"x\r\n").await;
    drop(transaction);
    assert_eq!(bench.outcome(), "accepted RL - 250 Unset");
}

/// The client has its reply, or was told that there will be none: a host that is slow to part changes nothing in that.
#[tokio::test]
async fn a_transaction_that_is_dropped_while_it_leaves_its_host_ended_before() {
    let bench = || Bench::new([(1, Script { quit: Some(Act::Hang), ..Script::default() })]);
    let moment = Duration::from_millis(20);
    for (written, told) in [(true, "accepted - - 250 Unset"), (false, "accepted RL - 250 Unset")] {
        let bench = bench();
        let mut transaction = bench.begin();
        rcpt(&mut transaction, "u@y.example").await;
        send(&mut transaction, b"x\r\n").await;
        assert!(tokio::time::timeout(moment, transaction.settle(written)).await.is_err());
        assert_eq!(bench.outcome(), told);
    }
    let bench = bench();
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    assert!(tokio::time::timeout(moment, transaction.abort(Abort::Timeout)).await.is_err());
    assert_eq!(bench.outcome(), "timeout CA - 421 Unset");
}
