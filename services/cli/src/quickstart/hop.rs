//! The spans of a message, as quickstart shows and checks them.

use std::time::{Duration, SystemTime};

use postroad_telemetry::{CapturedKind, CapturedSpan, CapturedStatus};
use serde::Serialize;

/// One span.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    /// Name of the span.
    pub(super) name: String,
    /// `SERVER`, `CLIENT` or `INTERNAL`.
    pub(super) kind: &'static str,
    /// 32 hex digits.
    pub(super) trace_id: String,
    /// 16 hex digits.
    pub(super) span_id: String,
    /// 16 hex digits; `None` for a root.
    pub(super) parent_id: Option<String>,
    /// When it began.
    pub(super) start: SystemTime,
    /// How long it took.
    pub(super) duration: Duration,
    /// Its `error.type`, or "error", when its status is Error.
    pub(super) error: Option<String>,
    /// Code of the reply that ended it.
    pub(super) reply: Option<String>,
    /// Host and port of the next hop.
    pub(super) server: Option<String>,
}

/// A span in the summary.
#[derive(Debug, Serialize)]
pub(super) struct JsonHop<'a> {
    name: &'a str,
    kind: &'a str,
    trace_id: &'a str,
    span_id: &'a str,
    parent_id: Option<&'a str>,
    duration_ms: f64,
}

impl Hop {
    /// True for what a client handed in.
    pub(super) fn is_server(&self) -> bool {
        self.kind == CapturedKind::Server.as_str()
    }

    /// True for an attempt at a next hop.
    pub(super) fn is_client(&self) -> bool {
        self.kind == CapturedKind::Client.as_str()
    }

    /// Milliseconds, to the microsecond.
    pub(super) fn millis(&self) -> f64 {
        (self.duration.as_secs_f64() * 1e6).round() / 1e3
    }

    /// The form of the summary.
    pub(super) fn json(&self) -> JsonHop<'_> {
        JsonHop {
            name: &self.name,
            kind: self.kind,
            trace_id: &self.trace_id,
            span_id: &self.span_id,
            parent_id: self.parent_id.as_deref(),
            duration_ms: self.millis(),
        }
    }
}

impl From<CapturedSpan> for Hop {
    fn from(span: CapturedSpan) -> Self {
        let attribute = |name: &str| span.attributes.get(name).cloned();
        let failed = span.status == CapturedStatus::Error;
        let server = attribute("server.address").map(|host| match attribute("server.port") {
            Some(port) => format!("{host}:{port}"),
            None => host,
        });
        Self {
            kind: span.kind.as_str(),
            trace_id: span.trace_id.to_string(),
            span_id: span.span_id.to_string(),
            parent_id: span.parent_id.map(|id| id.to_string()),
            start: span.start,
            duration: span.duration(),
            error: failed.then(|| attribute("error.type").unwrap_or_else(|| "error".to_owned())),
            reply: attribute("smtp.reply.code"),
            server,
            name: span.name,
        }
    }
}
