//! Hop spans from transaction records, and logs: the only crate that names OpenTelemetry.

mod closed;
mod record;

pub use closed::{ErrorType, Outcome, Phase, ResponseFlag};
pub use record::{
    Anchor, AttemptRecord, ReplyCodes, SessionRecord, TlsPolicy, TlsSession, TransactionRecord,
};
