//! The OTLP exporter, counted and moved to its own runtime.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry_otlp::SpanExporter as OtlpExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tokio::runtime::Handle;

use super::Ledger;

/// A collector that stays away is told once per this time.
const COMPLAIN: Duration = Duration::from_secs(60);

/// Sends on the telemetry runtime, so that ending that runtime ends every request, and counts what arrived.
#[derive(Debug)]
pub(crate) struct CountingExporter {
    otlp: Arc<OtlpExporter>,
    runtime: Handle,
    ledger: Arc<Ledger>,
    complained: Mutex<Option<Instant>>,
}

impl CountingExporter {
    pub(super) fn new(otlp: OtlpExporter, runtime: Handle, ledger: Arc<Ledger>) -> Self {
        Self { otlp: Arc::new(otlp), runtime, ledger, complained: Mutex::new(None) }
    }

    fn succeeded(&self, count: usize) {
        self.ledger.delivered(count);
        if self.complained.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            tracing::info!(dropped = self.ledger.dropped(), "traces are exported again");
        }
    }

    fn failed(&self, count: usize, reason: &dyn std::fmt::Display) {
        self.ledger.failed(count);
        let mut complained = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        if complained.is_none_or(|at| at.elapsed() >= COMPLAIN) {
            *complained = Some(Instant::now());
            tracing::warn!(%reason, dropped = self.ledger.dropped(), "traces cannot be exported; mail goes on");
        }
    }
}

impl SpanExporter for CountingExporter {
    /// Always `Ok`: the SDK would only log the error, once per batch.
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len();
        self.ledger.taken(count);
        if self.ledger.is_closed() {
            self.ledger.failed(count);
            return Ok(());
        }
        let otlp = Arc::clone(&self.otlp);
        match self.runtime.spawn(async move { otlp.export(batch).await }).await {
            Ok(Ok(())) => self.succeeded(count),
            Ok(Err(error)) => self.failed(count, &error),
            Err(ended) => self.failed(count, &ended),
        }
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.otlp.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        // Called before the first export, while nobody else holds it.
        if let Some(otlp) = Arc::get_mut(&mut self.otlp) {
            otlp.set_resource(resource);
        }
    }
}
