//! Hop spans from transaction records, and logs: the only crate that names OpenTelemetry.
//!
//! A transaction collects a [`TransactionRecord`]; its ids come from [`fresh_trace_id`] and [`fresh_span_id`] and may be
//! told to anybody before a span exists. At its end, [`Recorder::record`] makes the spans: SERVER `smtp.receive
//! {listener}` and under it one CLIENT `smtp.send {connector}` per attempt, back-dated, with those very ids. [`Telemetry`]
//! exports them on a runtime of its own: a collector that is slow or down delays no mail. Nothing here is process-wide
//! but [`init_logs`], so that several services may live in one process.

mod capture;
mod closed;
mod environment;
mod error;
mod export;
mod hop;
mod ids;
mod logs;
mod names;
mod record;
mod recorder;
mod resource;
mod sampler;
mod settings;
mod telemetry;

pub use capture::{Capture, CapturedKind, CapturedLink, CapturedSpan, CapturedStatus};
pub use closed::{ErrorType, Outcome, Phase, ResponseFlag};
pub use error::TelemetryError;
pub use ids::{fresh_span_id, fresh_trace_id};
pub use logs::{LogError, LogFormat, LogSettings, init_logs};
pub use record::{Anchor, AttemptRecord, ReplyCodes, SessionRecord, TlsPolicy, TlsSession, TransactionRecord};
pub use recorder::Recorder;
pub use settings::Settings;
pub use telemetry::Telemetry;
