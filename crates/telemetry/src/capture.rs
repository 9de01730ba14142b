//! Spans kept in memory, to be shown or asserted.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Link, SpanKind, Status};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use postroad_mail_types::{SpanId, TraceId};

/// Spans held; then the oldest go.
const LIMIT: usize = 10_000;

/// The last 10,000 sampled spans of a process, each visible as soon as [`record`](crate::Recorder::record) has returned.
/// Clones share them, also across several [`Telemetry`](crate::Telemetry).
#[derive(Clone, Debug, Default)]
pub struct Capture {
    spans: Arc<Mutex<VecDeque<CapturedSpan>>>,
}

/// One span.
#[derive(Clone, Debug, PartialEq)]
pub struct CapturedSpan {
    /// As in `smtp.send Internet`.
    pub name: String,
    /// Its kind.
    pub kind: CapturedKind,
    /// Its trace.
    pub trace_id: TraceId,
    /// Its id.
    pub span_id: SpanId,
    /// The span it hangs under, here or elsewhere; `None` for a root.
    pub parent_id: Option<SpanId>,
    /// When it began.
    pub start: SystemTime,
    /// When it ended.
    pub end: SystemTime,
    /// Its status.
    pub status: CapturedStatus,
    /// Its attributes, values as text.
    pub attributes: BTreeMap<String, String>,
    /// The spans of other traces that it points to.
    pub links: Vec<CapturedLink>,
}

/// A link of a span.
#[derive(Clone, Debug, PartialEq)]
pub struct CapturedLink {
    /// The trace of the span that is linked to.
    pub trace_id: TraceId,
    /// Its id.
    pub span_id: SpanId,
    /// The link's attributes, values as text.
    pub attributes: BTreeMap<String, String>,
}

/// Kind of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapturedKind {
    /// A request received.
    Server,
    /// A request sent.
    Client,
    /// Neither.
    Internal,
}

/// Status of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapturedStatus {
    /// Nothing is wrong.
    Unset,
    /// Failed; `error.type` says why.
    Error,
}

impl CapturedKind {
    /// The name that OpenTelemetry gives it, as in "SERVER".
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "SERVER",
            Self::Client => "CLIENT",
            Self::Internal => "INTERNAL",
        }
    }
}

impl CapturedSpan {
    /// From start to end.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.end.duration_since(self.start).unwrap_or_default()
    }
}

impl Capture {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The spans held, in the order in which they ended: attempts before their transaction.
    #[must_use]
    pub fn spans(&self) -> Vec<CapturedSpan> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Puts spans into a capture, on the thread that ends them.
#[derive(Debug)]
pub(crate) struct CaptureProcessor(pub(crate) Capture);

impl SpanProcessor for CaptureProcessor {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        let captured = captured(span);
        let mut spans = self.0.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if spans.len() >= LIMIT {
            spans.pop_front();
        }
        spans.push_back(captured);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

fn captured(span: SpanData) -> CapturedSpan {
    let parent = span.parent_span_id.to_bytes();
    CapturedSpan {
        name: span.name.into_owned(),
        kind: match span.span_kind {
            SpanKind::Server => CapturedKind::Server,
            SpanKind::Client => CapturedKind::Client,
            _ => CapturedKind::Internal,
        },
        trace_id: TraceId::from_random(span.span_context.trace_id().to_bytes()),
        span_id: SpanId::from_random(span.span_context.span_id().to_bytes()),
        parent_id: (parent != [0; 8]).then(|| SpanId::from_random(parent)),
        start: span.start_time,
        end: span.end_time,
        status: if matches!(span.status, Status::Error { .. }) { CapturedStatus::Error } else { CapturedStatus::Unset },
        attributes: texts(span.attributes),
        links: span.links.links.into_iter().map(captured_link).collect(),
    }
}

fn captured_link(link: Link) -> CapturedLink {
    CapturedLink {
        trace_id: TraceId::from_random(link.span_context.trace_id().to_bytes()),
        span_id: SpanId::from_random(link.span_context.span_id().to_bytes()),
        attributes: texts(link.attributes),
    }
}

fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    attributes.into_iter().map(|a| (a.key.to_string(), a.value.to_string())).collect()
}
