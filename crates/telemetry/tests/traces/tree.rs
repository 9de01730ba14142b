//! Kinds, parents, ids, times, status and attributes, per outcome.

use std::sync::Arc;
use std::time::Duration;

use postroad_mail_types::{TraceContext, TraceId};
use postroad_telemetry::{
    AttemptRecord, CapturedKind, CapturedSpan, CapturedStatus, SessionRecord, TlsSession, TransactionRecord,
    fresh_span_id,
};

use crate::scene;

fn get<'a>(span: &'a CapturedSpan, name: &str) -> Option<&'a str> {
    span.attributes.get(name).map(String::as_str)
}

fn assert_attributes(span: &CapturedSpan, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(get(span, name), Some(*value), "{name} of {}", span.name);
    }
}

fn assert_absent(span: &CapturedSpan, names: &[&str]) {
    for name in names {
        assert_eq!(get(span, name), None, "{name} of {}", span.name);
    }
}

/// The tree that every record makes: ids and times are the record's own, no trace id but one.
fn assert_tree(record: &TransactionRecord, spans: &[CapturedSpan]) {
    assert_eq!(spans.len(), 1 + record.attempts.len());
    let server = &spans[0];
    assert_eq!((server.name.as_str(), server.kind), ("smtp.receive submission", CapturedKind::Server));
    assert_eq!(server.span_id, record.span_id);
    assert_eq!(server.start, record.anchor.wall + Duration::from_secs(1));
    assert_eq!(server.end, record.anchor.wall + Duration::from_secs(4));
    assert_eq!(get(server, "smtp.transaction.id"), Some(record.trace_id.to_string().as_str()));
    for (attempt, span) in record.attempts.iter().zip(&spans[1..]) {
        assert_eq!((span.name.as_str(), span.kind), ("smtp.send Internet", CapturedKind::Client));
        assert_eq!((span.span_id, span.parent_id), (attempt.span_id, Some(record.span_id)));
        assert_eq!(span.start, record.anchor.wall_time(attempt.start));
        assert_eq!(span.end, record.anchor.wall_time(attempt.end));
        assert_eq!(get(span, "smtp.attempt"), Some(attempt.number.to_string().as_str()));
    }
    assert!(spans.iter().all(|span| span.trace_id == record.trace_id));
    for span in spans {
        let leak = span.attributes.iter().find(|(_, value)| value.contains('@'));
        assert_eq!(leak, None, "no mail address in {}", span.name);
    }
}

#[test]
fn accepted() {
    let record = scene::accepted();
    let spans = scene::spans_of(&record);
    assert_tree(&record, &spans);
    let [server, client] = spans.as_slice() else { panic!("two spans") };
    assert_eq!((server.parent_id, server.status), (None, CapturedStatus::Unset));
    assert_eq!(client.status, CapturedStatus::Unset);
    assert_attributes(
        server,
        &[
            ("network.protocol.name", "smtp"),
            ("network.transport", "tcp"),
            ("network.peer.address", "127.0.0.1"),
            ("network.peer.port", "40000"),
            ("client.address", "127.0.0.1"),
            ("client.port", "40000"),
            ("server.address", "relay.example.net"),
            ("server.port", "2525"),
            ("smtp.listener", "submission"),
            ("smtp.session.id", "00f067aa0ba902b7"),
            ("smtp.transaction.sequence", "2"),
            ("smtp.message.size", "4096"),
            ("smtp.recipient.count", "2"),
            ("smtp.recipient.accepted", "2"),
            ("smtp.recipient.rejected", "0"),
            ("smtp.recipient.domain", "example.org"),
            ("smtp.hop.count", "1"),
            ("smtp.outcome", "accepted"),
            ("smtp.reply.code", "250"),
            ("smtp.reply.enhanced_code", "2.0.0"),
            ("postroad.config.revision", "17"),
        ],
    );
    assert_absent(server, &["error.type", "smtp.phase", "smtp.response_flag", "postroad.keep"]);
    assert_attributes(
        client,
        &[
            ("server.address", "smarthost.example.com"),
            ("server.port", "587"),
            ("network.peer.address", "192.0.2.7"),
            ("service.peer.name", "Internet"),
            ("postroad.connector.name", "Internet"),
            ("smtp.connection.reused", "false"),
            ("smtp.tls.policy", "may"),
            ("tls.established", "true"),
            ("tls.protocol.name", "tls"),
            ("tls.protocol.version", "1.3"),
            ("tls.cipher", "TLS_AES_256_GCM_SHA384"),
            ("tls.resumed", "false"),
            ("smtp.auth.mechanism", "PLAIN"),
            ("smtp.bytes.sent", "4200"),
            ("smtp.reply.code", "250"),
            ("postroad.config.revision", "17"),
            ("smtp.time.connect", "0.125"),
            ("smtp.time.ehlo", "0.25"),
            ("smtp.time.dot", "0.25"),
        ],
    );
    assert_absent(client, &["error.type", "smtp.phase", "smtp.time.auth", "postroad.keep"]);
}

#[test]
fn refused_by_the_host_is_no_error_of_the_relay() {
    let record = scene::refused();
    let spans = scene::spans_of(&record);
    assert_tree(&record, &spans);
    assert_eq!(spans[0].status, CapturedStatus::Unset);
    assert_attributes(
        &spans[0],
        &[("smtp.outcome", "rejected"), ("smtp.reply.code", "550"), ("smtp.phase", "rcpt"), ("postroad.keep", "true")],
    );
    assert_absent(&spans[0], &["error.type"]);
    assert_eq!(spans[1].status, CapturedStatus::Error);
    assert_attributes(
        &spans[1],
        &[
            ("error.type", "550"),
            ("smtp.reply.code", "550"),
            ("smtp.reply.enhanced_code", "5.1.1"),
            ("postroad.keep", "true"),
        ],
    );
}

#[test]
fn a_strange_code_does_not_widen_error_type() {
    let mut record = scene::refused();
    record.attempts[0].reply = scene::reply(599, 5, 0, 0);
    assert_attributes(&scene::spans_of(&record)[1], &[("error.type", "5yz"), ("smtp.reply.code", "599")]);
}

#[test]
fn failed_over() {
    let record = scene::failed_over();
    let spans = scene::spans_of(&record);
    assert_tree(&record, &spans);
    let [server, first, second] = spans.as_slice() else { panic!("three spans") };
    assert_eq!(server.status, CapturedStatus::Unset);
    assert_absent(server, &["error.type"]);
    assert_eq!((first.status, second.status), (CapturedStatus::Error, CapturedStatus::Unset));
    assert_attributes(
        first,
        &[
            ("server.address", "dead.example.com"),
            ("error.type", "connect_timeout"),
            ("smtp.phase", "connect"),
            ("tls.established", "false"),
        ],
    );
    assert_absent(first, &["smtp.reply.code", "network.peer.address", "tls.cipher", "smtp.auth.mechanism"]);
    assert_absent(second, &["error.type"]);
}

#[test]
fn in_doubt() {
    let record = scene::in_doubt();
    let spans = scene::spans_of(&record);
    assert_tree(&record, &spans);
    for span in &spans {
        assert_eq!(span.status, CapturedStatus::Error);
        assert_attributes(span, &[("error.type", "connection_reset"), ("smtp.phase", "dot")]);
    }
    assert_attributes(
        &spans[0],
        &[("smtp.outcome", "in_doubt"), ("smtp.response_flag", "ID"), ("smtp.reply.code", "451")],
    );
    assert_absent(&spans[1], &["smtp.reply.code"]);
}

#[test]
fn hangs_under_a_remote_parent_of_the_same_trace() {
    let mut record = scene::accepted();
    let parent = TraceContext { trace_id: record.trace_id, span_id: fresh_span_id(), flags: 1 };
    record.parent = Some(parent);
    let spans = scene::spans_of(&record);
    assert_tree(&record, &spans);
    assert_eq!(spans[0].parent_id, Some(parent.span_id));
    record.parent = Some(TraceContext { trace_id: TraceId::from_random([9; 16]), ..parent });
    let spans = scene::spans_of(&record);
    assert_tree(&record, &spans);
    assert_eq!(spans[0].parent_id, None, "the id people were told comes before a foreign trace");
}

#[test]
fn a_context_that_is_not_trusted_is_linked_to() {
    let mut record = scene::accepted();
    assert!(scene::spans_of(&record)[0].links.is_empty());
    let link = TraceContext { trace_id: TraceId::from_random([9; 16]), span_id: fresh_span_id(), flags: 1 };
    (record.link, record.context_rejected) = (Some(link), true);
    let spans = scene::spans_of(&record);
    assert_tree(&record, &spans);
    let [seen] = spans[0].links.as_slice() else { panic!("one link") };
    assert_eq!((seen.trace_id, seen.span_id), (link.trace_id, link.span_id));
    assert_eq!(seen.attributes["smtp.link"], "message.traceparent");
    assert_eq!(spans[0].parent_id, None);
    assert_attributes(&spans[0], &[("smtp.trace.rejected", "true")]);
    assert!(spans[1].links.is_empty());
}

#[test]
fn the_session_behind_a_transaction_is_told() {
    let mut record = scene::accepted();
    let spans = scene::spans_of(&record);
    assert_attributes(&spans[0], &[("tls.established", "false"), ("smtp.auth.authenticated", "false")]);
    assert_absent(&spans[0], &["tls.cipher", "smtp.auth.mechanism", "smtp.trace.rejected"]);
    record.session = Arc::new(SessionRecord {
        peer: "[2001:db8::7]:4711".parse().unwrap(),
        through: Some("10.0.0.1:999".parse().unwrap()),
        tls: Some(TlsSession { version: "1.2", cipher: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".into(), resumed: true }),
        auth_mechanism: Some("SCRAM-SHA-256"),
        ..(*record.session).clone()
    });
    let spans = scene::spans_of(&record);
    assert_attributes(
        &spans[0],
        &[
            ("client.address", "2001:db8::7"),
            ("client.port", "4711"),
            ("network.peer.address", "10.0.0.1"),
            ("network.peer.port", "999"),
            ("tls.established", "true"),
            ("tls.protocol.version", "1.2"),
            ("tls.cipher", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
            ("tls.resumed", "true"),
            ("smtp.auth.authenticated", "true"),
            ("smtp.auth.mechanism", "SCRAM-SHA-256"),
        ],
    );
}

#[test]
fn an_address_put_in_the_place_of_a_domain_does_not_leave() {
    let mut record = scene::accepted();
    record.recipient_domain = Some("canary@example.org".into());
    let spans = scene::spans_of(&record);
    assert_tree(&record, &spans);
    assert_absent(&spans[0], &["smtp.recipient.domain"]);
}

#[test]
fn no_attempt_no_client_span() {
    let mut record = scene::refused();
    record.attempts = Vec::<AttemptRecord>::new();
    assert_tree(&record, &scene::spans_of(&record));
}
