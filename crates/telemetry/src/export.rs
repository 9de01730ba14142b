//! The way to the collector: OTLP over gRPC, with its own runtime and a bounded queue.

mod exporter;
mod ledger;
mod processor;
mod target;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor};
use tokio::runtime::Runtime;

use crate::environment::Environment;
use crate::{Settings, TelemetryError};
use exporter::CountingExporter;
pub(crate) use ledger::Ledger;
pub(crate) use processor::BoundedProcessor;
pub(crate) use target::Target;

/// Spans that wait for the collector; the next ones are dropped.
const QUEUE: usize = 16_384;
/// Spans of one request.
const BATCH: usize = 512;

/// The exporter's own runtime. Ends without waiting for anything, wherever it is dropped.
#[derive(Debug)]
pub(crate) struct OwnRuntime(Option<Runtime>);

impl OwnRuntime {
    pub(crate) fn new() -> Result<Self, TelemetryError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("otel")
            .enable_all()
            .build()
            .map_err(TelemetryError::Thread)?;
        Ok(Self(Some(runtime)))
    }

    pub(crate) fn get(&self) -> Option<&Runtime> {
        self.0.as_ref()
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Everything between a finished span and the collector.
pub(crate) fn pipeline(
    target: &Target,
    settings: &Settings,
    environment: &Environment,
    runtime: &Runtime,
) -> Result<(BoundedProcessor, Arc<Ledger>), TelemetryError> {
    let queue = environment.parsed("OTEL_BSP_MAX_QUEUE_SIZE", QUEUE).max(1);
    let delay = u64::try_from(settings.export_delay.as_millis()).unwrap_or(u64::MAX);
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(queue)
        .with_max_export_batch_size(environment.parsed("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", BATCH).max(1))
        .with_scheduled_delay(Duration::from_millis(environment.parsed("OTEL_BSP_SCHEDULE_DELAY", delay).max(1)))
        .build();
    let ledger = Arc::new(Ledger::new(queue));
    // The gRPC channel takes the runtime it is built in.
    let _inside = runtime.enter();
    let exporter = CountingExporter::new(target.exporter(environment)?, runtime.handle().clone(), Arc::clone(&ledger));
    let batches = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
    Ok((BoundedProcessor::new(batches, Arc::clone(&ledger)), ledger))
}
