//! The door through which transactions become spans.

use std::sync::Arc;

use opentelemetry_sdk::trace::SdkTracer;

use crate::TransactionRecord;
use crate::export::Ledger;
use crate::hop::{self, Keep};

/// Makes spans from records. Cheap to clone; usable on any thread.
#[derive(Clone, Debug)]
pub struct Recorder {
    tracer: Option<SdkTracer>,
    keep: Keep,
    ledger: Arc<Ledger>,
}

impl Recorder {
    pub(crate) fn new(tracer: Option<SdkTracer>, keep: Keep, ledger: Arc<Ledger>) -> Self {
        Self { tracer, keep, ledger }
    }

    /// One that makes no spans, for a service without telemetry.
    #[must_use]
    pub fn off() -> Self {
        Self::new(None, Keep { errors: false, slower_than: None }, Arc::new(Ledger::new(0)))
    }

    /// Makes the spans of a transaction that has ended, a few microseconds of work. Never blocks: when the queue to the
    /// collector is full, spans are dropped and counted. After the shutdown of [`Telemetry`](crate::Telemetry) it does
    /// nothing.
    pub fn record(&self, record: &TransactionRecord) {
        if let Some(tracer) = &self.tracer {
            hop::make_spans(tracer, record, self.keep);
        }
    }

    /// Spans lost so far: the queue was full, or the collector did not take them.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.ledger.dropped()
    }
}
