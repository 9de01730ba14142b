//! The life of the tracing pipeline of one service.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;

use crate::capture::CaptureProcessor;
use crate::environment::Environment;
use crate::export::{self, Ledger, OwnRuntime, Target};
use crate::hop::Keep;
use crate::ids::ReservedIds;
use crate::sampler::KeepSampler;
use crate::{Recorder, Settings, TelemetryError, names, resource};

/// Traces of one service, exported on a thread of its own. Dropped without a shutdown, it loses what was not yet sent.
#[derive(Debug)]
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
    recorder: Recorder,
    ledger: Arc<Ledger>,
    /// Dropped last: the exporter lives on it.
    runtime: Option<OwnRuntime>,
}

impl Telemetry {
    /// Starts what the settings and the process's `OTEL_*` variables ask for; without an endpoint and a capture that is
    /// nothing. Does not wait for the collector.
    ///
    /// # Errors
    /// When the ratio, the endpoint or a file for TLS cannot be used, or the system gives no thread.
    pub fn start(settings: Settings) -> Result<Self, TelemetryError> {
        Self::start_in(settings, &Environment::of_process())
    }

    pub(crate) fn start_in(settings: Settings, environment: &Environment) -> Result<Self, TelemetryError> {
        if !(0.0..=1.0).contains(&settings.sample_ratio) {
            return Err(TelemetryError::SampleRatio(settings.sample_ratio));
        }
        let sampler = if settings.sample_everything {
            KeepSampler::everything()
        } else {
            KeepSampler::new(settings.sample_ratio, environment)
        };
        let mut builder = SdkTracerProvider::builder()
            .with_id_generator(ReservedIds::default())
            .with_sampler(sampler)
            .with_resource(resource::describe(&settings, environment));
        let target = Target::find(&settings, environment);
        let wanted = target.is_some() || settings.capture.is_some();
        let mut ledger = Arc::new(Ledger::new(0));
        let mut runtime = None;
        if let Some(target) = target {
            let own = OwnRuntime::new()?;
            if let Some(tokio) = own.get() {
                let (processor, counts) = export::pipeline(&target, &settings, environment, tokio)?;
                builder = builder.with_span_processor(processor);
                ledger = counts;
            }
            runtime = Some(own);
        }
        if let Some(capture) = settings.capture {
            builder = builder.with_span_processor(CaptureProcessor(capture));
        }
        let provider = wanted.then(|| builder.build());
        let scope = InstrumentationScope::builder(names::SCOPE)
            .with_version(settings.service_version)
            .with_schema_url(names::SCHEMA_URL)
            .build();
        let tracer = provider.as_ref().map(|provider| provider.tracer_with_scope(scope));
        let keep = Keep { errors: settings.keep_errors, slower_than: settings.slow_threshold };
        let recorder = Recorder::new(tracer, keep, Arc::clone(&ledger));
        Ok(Self { provider, recorder, ledger, runtime })
    }

    /// The door for transactions. It may outlive this value, and then does nothing.
    #[must_use]
    pub fn recorder(&self) -> Recorder {
        self.recorder.clone()
    }

    /// Spans lost so far: the queue was full, or the collector did not take them.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.ledger.dropped()
    }

    /// Sends what waits, for no longer than the deadline, and ends the thread. Call it last, when no transaction is left.
    /// Returns the number of spans, since the start, that are not known to have arrived.
    pub async fn shutdown(mut self, deadline: Duration) -> u64 {
        let own = self.runtime.take();
        let Some(provider) = self.provider.take() else { return 0 };
        // It blocks, and must not do so on a worker; on the exporter's pool nobody waits for it when time is up.
        let in_time = match own.as_ref().and_then(OwnRuntime::get) {
            Some(tokio) => {
                let flush = tokio.spawn_blocking(move || provider.shutdown_with_timeout(deadline));
                matches!(tokio::time::timeout(deadline, flush).await, Ok(Ok(Ok(()))))
            }
            None => provider.shutdown_with_timeout(deadline).is_ok(),
        };
        self.ledger.close();
        if !in_time {
            tracing::warn!(undelivered = self.ledger.undelivered(), "not all traces were taken before the deadline");
        }
        drop(own);
        self.ledger.undelivered()
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        // The SDK flushes when its last handle goes; after this it finds nothing that may still be sent.
        self.ledger.close();
    }
}
