//! The spans of one transaction, made from its record.

mod attributes;
mod verdict;

use opentelemetry::trace::{
    Link, Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, Span};
use postroad_mail_types::TraceContext;

use crate::names::{attribute, link, span};
use crate::{AttemptRecord, TransactionRecord, ids};
pub(crate) use verdict::Keep;

/// Makes and ends the SERVER span and one CLIENT span per attempt. The record must not be changed afterwards.
pub(crate) fn make_spans(tracer: &SdkTracer, record: &TransactionRecord, keep: Keep) {
    let kept = keep.wants(record);
    let mut server = build(tracer, record, kept);
    if !server.is_recording() {
        // Attempts share the trace id and have this span for a parent: none of them would be sampled.
        return;
    }
    server.set_attributes(attributes::of_transaction(record));
    if record.error.is_some() {
        server.set_status(Status::error(""));
    }
    let context = Context::new().with_remote_span_context(server.span_context().clone());
    for attempt in &record.attempts {
        send_span(tracer, record, attempt, (&context, kept));
    }
    server.end_with_timestamp(record.anchor.wall_time(record.end));
}

fn build(tracer: &SdkTracer, record: &TransactionRecord, kept: bool) -> Span {
    let mut builder = tracer
        .span_builder(format!("{} {}", span::RECEIVE, record.session.listener))
        .with_kind(SpanKind::Server)
        .with_start_time(record.anchor.wall_time(record.start))
        .with_attributes(keep_attribute(kept));
    if let Some(context) = record.link {
        let whence = KeyValue::new(attribute::LINK, link::MESSAGE);
        builder = builder.with_links(vec![Link::new(remote(context), vec![whence], 0)]);
    }
    // The trace id of the record is the one people were told; a parent of another trace cannot be its parent.
    let parent = record.parent.filter(|parent| parent.trace_id == record.trace_id);
    let context = parent.map_or_else(Context::new, |parent| Context::new().with_remote_span_context(remote(parent)));
    ids::with_reserved(record.trace_id, record.span_id, || tracer.build_with_context(builder, &context))
}

fn send_span(
    tracer: &SdkTracer,
    record: &TransactionRecord,
    attempt: &AttemptRecord,
    (parent, kept): (&Context, bool),
) {
    let builder = tracer
        .span_builder(format!("{} {}", span::SEND, attempt.connector))
        .with_kind(SpanKind::Client)
        .with_start_time(record.anchor.wall_time(attempt.start))
        .with_attributes(keep_attribute(kept));
    let mut client =
        ids::with_reserved(record.trace_id, attempt.span_id, || tracer.build_with_context(builder, parent));
    client.set_attributes(attributes::of_attempt(record, attempt));
    if verdict::failed(attempt) {
        client.set_status(Status::error(""));
    }
    client.end_with_timestamp(record.anchor.wall_time(attempt.end));
}

/// The sampler sees only what the builder has.
fn keep_attribute(kept: bool) -> Vec<KeyValue> {
    if kept { vec![KeyValue::new(attribute::KEEP, true)] } else { Vec::new() }
}

fn remote(parent: TraceContext) -> SpanContext {
    SpanContext::new(
        TraceId::from_bytes(parent.trace_id.to_bytes()),
        SpanId::from_bytes(parent.span_id.to_bytes()),
        TraceFlags::new(parent.flags),
        true,
        TraceState::default(),
    )
}
