//! The trace context in a message: a link for anybody, the parent for clients that are trusted to say it.

use postroad_mail_types::Reply;
use postroad_pipeline::{Message, Transaction};
use postroad_smtp_codec::{BodyChunk, BodyForm, DataScanner, TraceparentScanner};

use crate::bench::{Bench, rcpt};
use crate::fake::FakeCourier;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

fn message() -> String {
    format!("Subject: x\r\n..y: z\r\nTraceparent: 00-{TRACE}-{PARENT}-01\r\nTo: b\r\n\r\n..body\r\n")
}

/// Sends a message in wire form, in pieces of so many octets. What the host had of it before its header had ended.
async fn send(
    bench: &Bench,
    transaction: &mut Transaction<FakeCourier>,
    wire: &str,
    step: usize,
) -> (Reply, Option<String>) {
    rcpt(transaction, "u@y.example").await;
    assert_eq!(transaction.data(BodyForm::Stuffed).await.code(), 354);
    bench.wire();
    let header = wire.find("\r\n\r\n").map(|at| at + 4);
    let mut scanner = DataScanner::default();
    let (mut unread, mut before, mut passed) = (Vec::new(), None, 0);
    for piece in wire.as_bytes().chunks(step) {
        unread.extend_from_slice(piece);
        let scan = scanner.scan(&unread);
        let consumed = scan.consumed;
        transaction.body(scan.chunk).await;
        unread.drain(..consumed);
        passed += consumed;
        if before.is_none() && header.is_some_and(|header| passed + 1 >= header) {
            before = Some(bench.peek());
        }
    }
    (transaction.finish(Message::default()).await, before)
}

#[tokio::test]
async fn tt2_a_trusted_client_says_which_trace_the_message_belongs_to() {
    for step in [1, 7, 10_000] {
        let bench = Bench::new([]);
        let mut transaction = bench.begin();
        transaction.trust_trace_context();
        let (reply, _) = send(&bench, &mut transaction, &message(), step).await;
        transaction.settle(true).await;
        let wire = bench.wire();
        // Octet for octet, behind our field, which names the trace.
        assert!(wire.ends_with(&format!(" +0000\r\n{}", message())), "step {step}: {wire}");
        assert!(wire.starts_with("Received: ") && wire.contains(&format!(" id {TRACE}\r\n")), "step {step}: {wire}");
        assert_eq!(wire.matches("Received: ").count(), 1);
        assert!(reply.to_string().ends_with(&format!(" id={TRACE}")), "{reply}");
        let server = bench.server();
        assert_eq!((server.trace_id.to_string(), server.parent_id.unwrap().to_string()), (TRACE.into(), PARENT.into()));
        assert!(server.links.is_empty());
        assert_eq!(server.attributes["smtp.transaction.id"], TRACE);
    }
}

/// Our field comes first and names the trace, so nothing goes on before the trace is known.
#[tokio::test]
async fn tt2_the_header_block_is_held_back_for_trusted_clients_only() {
    // The field ends with the line behind it.
    let known = message().find("To: b\r\n").unwrap() + "To: b\r\n".len();
    for trusted in [true, false] {
        let bench = Bench::new([]);
        let mut transaction = bench.begin();
        if trusted {
            transaction.trust_trace_context();
        }
        rcpt(&mut transaction, "u@y.example").await;
        transaction.data(BodyForm::Plain).await;
        bench.wire();
        for (at, octet) in message().as_bytes().chunks(1).enumerate() {
            assert_eq!(bench.peek().is_empty(), (trusted && at < known) || at == 0, "trusted {trusted}, octet {at}");
            transaction.body(BodyChunk { octets: octet, dots: &[], form: BodyForm::Plain }).await;
        }
        transaction.finish(Message::default()).await;
        assert!(bench.wire().ends_with(&message()));
    }
}

#[tokio::test]
async fn tt2_th06_for_anybody_else_it_is_a_link_and_changes_nothing() {
    for step in [1, 10_000] {
        let bench = Bench::new([]);
        let mut transaction = bench.begin();
        let (reply, before) = send(&bench, &mut transaction, &message(), step).await;
        transaction.settle(true).await;
        assert!(before.is_some_and(|wire| wire.starts_with("Received: ")));
        let server = bench.server();
        assert_ne!(server.trace_id.to_string(), TRACE);
        assert_eq!(server.parent_id, None);
        let [link] = server.links.as_slice() else { panic!("one link") };
        assert_eq!((link.trace_id.to_string(), link.span_id.to_string()), (TRACE.to_owned(), PARENT.to_owned()));
        assert_eq!(link.attributes["smtp.link"], "message.traceparent");
        let own = format!(" id {}\r\n", server.trace_id);
        assert!(bench.wire().contains(&own) && !reply.to_string().contains(TRACE));
    }
}

#[tokio::test]
async fn tt2_a_malformed_context_is_ignored_and_noted_and_the_message_passes() {
    for value in
        ["00-1-2-01", "xx", &format!("00-{TRACE}-{PARENT}-01\r\n x"), &format!("00-{TRACE}-{}-01", "0".repeat(16))]
    {
        for trusted in [false, true] {
            let bench = Bench::new([]);
            let mut transaction = bench.begin();
            if trusted {
                transaction.trust_trace_context();
            }
            // The second field is not taken in place of the first.
            let wire = format!("traceparent: {value}\r\ntraceparent: 00-{TRACE}-{PARENT}-01\r\n\r\nx\r\n");
            let (reply, _) = send(&bench, &mut transaction, &wire, 5).await;
            assert_eq!(reply.code(), 250);
            transaction.settle(true).await;
            assert!(bench.wire().ends_with(&wire));
            let server = bench.server();
            assert_eq!((server.parent_id, server.links.len()), (None, 0), "{value}");
            assert_eq!(server.attributes["smtp.trace.rejected"], "true");
        }
    }
}

/// A message without an end of its header, or with a header beyond the cap, passes as it is.
#[tokio::test]
async fn th13_what_is_held_back_is_bounded_and_goes_on_at_the_end() {
    let short = format!("traceparent: 00-{TRACE}-{PARENT}-01\r\n");
    let empty = String::new();
    let late = format!("{}traceparent: 00-{TRACE}-{PARENT}-01\r\n\r\n", "X: 0123456789\r\n".repeat(5000));
    assert!(late.len() > TraceparentScanner::CAP);
    for (wire, adopted) in [(short, true), (empty, false), (late, false)] {
        let bench = Bench::new([]);
        let mut transaction = bench.begin();
        transaction.trust_trace_context();
        send(&bench, &mut transaction, &wire, 1000).await;
        transaction.settle(true).await;
        let seen = bench.wire();
        assert!(seen.starts_with("Received: ") && seen.ends_with(&format!(" +0000\r\n{wire}")));
        assert_eq!(bench.server().trace_id.to_string() == TRACE, adopted);
    }
}

/// The dots of what was held back are still where they were.
#[tokio::test]
async fn rg01_dots_of_a_held_header_are_kept() {
    let bench = Bench::new([]);
    let mut transaction = bench.begin();
    transaction.trust_trace_context();
    send(&bench, &mut transaction, "..a: b\r\n..c: d\r\n\r\n..x\r\n", 3).await;
    assert_eq!(bench.dots(), 3);
}
