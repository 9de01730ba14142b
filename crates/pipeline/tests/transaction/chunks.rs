//! Messages that come by BDAT.

use postroad_delivery::FaultKind;
use postroad_mail_types::Reply;
use postroad_pipeline::{Message, Transaction};
use postroad_smtp_codec::{Body, BodyChunk, BodyForm, Capabilities, MailParameters};

use crate::bench::{Bench, rcpt, shown};
use crate::fake::{Act, FakeCourier, Script};

fn host(offers: Capabilities) -> Script {
    Script { offers: Some(offers), ..Script::default() }
}

fn chunking() -> Capabilities {
    Capabilities { chunking: true, eight_bit_mime: true, binary_mime: true, ..Capabilities::default() }
}

/// Writes the runs of a message that came by BDAT.
async fn write(transaction: &mut Transaction<FakeCourier>, runs: &[&[u8]]) {
    assert_eq!(transaction.data(BodyForm::Plain).await.code(), 354);
    for octets in runs {
        transaction.body(BodyChunk { octets, dots: &[], form: BodyForm::Plain }).await;
    }
}

async fn finished(bench: &Bench, parameters: MailParameters, runs: &[&[u8]]) -> Reply {
    let mut transaction = bench.begin_with(parameters);
    assert_eq!(rcpt(&mut transaction, "u@y.example").await, "250 2.9.9");
    write(&mut transaction, runs).await;
    let reply = transaction.finish(Message::default()).await;
    transaction.settle(true).await;
    reply
}

#[tokio::test]
async fn e03d_chunks_go_out_as_the_host_takes_them() {
    for (offers, way) in [(chunking(), "1 BDAT"), (Capabilities { chunking: false, ..chunking() }, "1 DATA")] {
        let bench = Bench::new([(1, host(offers))]);
        let reply = finished(&bench, MailParameters::default(), &[b"Subject: x\r", b"\n\r\n", b".\r", b"\n"]).await;
        assert_eq!(shown(&reply), "250 2.9.9");
        assert_eq!(bench.said()[3..], [way, "1 dot", "1 QUIT"].map(str::to_owned));
        let wire = bench.wire();
        let (_mail, message) = wire.split_once("\r\n").unwrap();
        assert!(message.starts_with("Received: from client.example"), "our field is in the first chunk");
        assert!(message.ends_with(" +0000\r\nSubject: x\r\n\r\n.\r\n"));
    }
}

/// DATA needs a line end before its dot, and one of ours would change the message.
#[tokio::test]
async fn m14_e03d_a_message_without_a_line_end_goes_to_a_host_that_takes_chunks_or_not_at_all() {
    for runs in [&[&b"x\r\ny"[..]][..], &[b"x\r\n", b"y\r"], &[b"x\r\n\r", b"\r"], &[b"\n"]] {
        let bench = Bench::new([(1, host(Capabilities { chunking: false, ..chunking() }))]);
        let reply = finished(&bench, MailParameters::default(), runs).await;
        // The lone LF follows the line end of our own field only.
        assert_eq!(shown(&reply), "554 5.6.0", "{runs:?}");
        assert_eq!(bench.said().last().unwrap(), "1 closed");
        assert!(bench.outcome().starts_with("policy "), "{}", bench.outcome());

        let bench = Bench::new([(1, host(chunking()))]);
        assert_eq!(shown(&finished(&bench, MailParameters::default(), runs).await), "250 2.9.9");
    }
    // An empty message ends with our field.
    let bench = Bench::new([(1, host(Capabilities { chunking: false, ..chunking() }))]);
    assert_eq!(shown(&finished(&bench, MailParameters::default(), &[]).await), "250 2.9.9");
}

#[tokio::test]
async fn e03d_binary_content_needs_a_host_with_binarymime_and_no_8bitmime() {
    let binary = MailParameters { body: Some(Body::BinaryMime), ..MailParameters::default() };
    let bench = Bench::new([(1, host(Capabilities { eight_bit_mime: false, ..chunking() }))]);
    assert_eq!(shown(&finished(&bench, binary, &[b"\0\xff\n\r"]).await), "250 2.9.9");
    assert_eq!(bench.said()[3], "1 BDAT");

    // What was not declared binary is 8-bit content.
    let bench = Bench::new([(1, host(Capabilities { eight_bit_mime: false, ..chunking() }))]);
    assert_eq!(shown(&finished(&bench, MailParameters::default(), &[b"\xff\r\n"]).await), "554 5.6.3");
}

/// A host that refuses a chunk ends the message, and the client hears of it at the end of the chunk it sends then.
#[tokio::test]
async fn f05_e03b_a_refused_chunk_is_told_at_the_end_of_the_chunk() {
    for (body, told, outcome) in [
        (Act::Say(552), "552 5.9.9", "rejected - - 552 Unset"),
        (Act::Say(452), "452 4.9.9", "tempfail - 452 452 Error"),
        (Act::Fault(FaultKind::Lost), "451 4.4.2", "tempfail URX connection_reset 451 Error"),
        (Act::Fault(FaultKind::Login), "451 4.7.0", "tempfail URX connection_reset 451 Error"),
        (Act::Fault(FaultKind::Protocol), "451 4.4.2", "tempfail URX connection_reset 451 Error"),
    ] {
        let bench = Bench::new([(1, Script { body: Some(body), ..host(chunking()) })]);
        let mut transaction = bench.begin();
        rcpt(&mut transaction, "u@y.example").await;
        write(&mut transaction, &[b"x\r\n"]).await;
        let reply = transaction.chunk_end(Message { size: 3, hops: 0 }).expect("the chunk was refused");
        assert_eq!(shown(&reply), told);
        transaction.settle(true).await;
        assert_eq!(bench.said().last().unwrap(), "1 closed", "no last chunk");
        assert_eq!(bench.outcome(), outcome);
    }
    // A chunk that was taken promises nothing.
    let bench = Bench::new([(1, host(chunking()))]);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    write(&mut transaction, &[b"x\r\n"]).await;
    assert!(transaction.chunk_end(Message::default()).is_none());
    assert!(!bench.said().iter().any(|said| said.ends_with("dot")));
}
