//! Ids that are given out before their span exists, and how the SDK comes to use them.

use std::cell::Cell;

use opentelemetry::trace as otel;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use postroad_mail_types::{SpanId, TraceId};

/// A random trace id, for a transaction that is a root.
#[must_use]
pub fn fresh_trace_id() -> TraceId {
    TraceId::from_random(rand::random())
}

/// A random span id.
#[must_use]
pub fn fresh_span_id() -> SpanId {
    SpanId::from_random(rand::random())
}

thread_local! {
    static RESERVED: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// Runs the building of one span, which gets these ids. The SDK asks for ids on the thread that builds.
pub(crate) fn with_reserved<T>(trace_id: TraceId, span_id: SpanId, build: impl FnOnce() -> T) -> T {
    struct Clear;
    impl Drop for Clear {
        fn drop(&mut self) {
            RESERVED.set(None);
        }
    }
    RESERVED.set(Some((trace_id, span_id)));
    let _clear = Clear;
    build()
}

/// Hands out the reserved ids, and random ones where nothing is reserved.
#[derive(Debug, Default)]
pub(crate) struct ReservedIds {
    random: RandomIdGenerator,
}

impl IdGenerator for ReservedIds {
    fn new_trace_id(&self) -> otel::TraceId {
        match RESERVED.get() {
            Some((trace_id, _)) => otel::TraceId::from_bytes(trace_id.to_bytes()),
            None => self.random.new_trace_id(),
        }
    }

    fn new_span_id(&self) -> otel::SpanId {
        match RESERVED.get() {
            Some((_, span_id)) => otel::SpanId::from_bytes(span_id.to_bytes()),
            None => self.random.new_span_id(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_ids_serve_one_build_on_one_thread() {
        let ids = ReservedIds::default();
        let (trace, span) = (fresh_trace_id(), fresh_span_id());
        with_reserved(trace, span, || {
            assert_eq!(ids.new_trace_id().to_bytes(), trace.to_bytes());
            assert_eq!(ids.new_span_id().to_bytes(), span.to_bytes());
            let other = std::thread::spawn(|| ReservedIds::default().new_span_id()).join().unwrap();
            assert_ne!(other.to_bytes(), span.to_bytes());
        });
        assert_ne!(ids.new_span_id().to_bytes(), span.to_bytes());
        assert_ne!(ids.new_span_id(), ids.new_span_id());
    }
}
