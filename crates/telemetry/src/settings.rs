//! What a service decides about its traces.

use std::time::Duration;

use crate::Capture;

/// Settings of [`Telemetry`](crate::Telemetry). The `OTEL_*` variables of the process stand beside them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// As in `postroad-relay`. `OTEL_SERVICE_NAME` comes before it.
    pub service_name: String,
    /// As in `0.1.0`.
    pub service_version: String,
    /// Name of this relay; empty: none.
    pub relay: String,
    /// Site of this relay; empty: none.
    pub site: String,
    /// OTLP over gRPC, as in `http://127.0.0.1:4317`. `None`: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`; without these nothing is exported. `OTEL_SDK_DISABLED=true` and
    /// `OTEL_TRACES_EXPORTER=none` switch export off in any case.
    pub endpoint: Option<String>,
    /// Share of the transactions that are traced, 0 to 1, decided by the trace id. `OTEL_TRACES_SAMPLER` comes before it.
    pub sample_ratio: f64,
    /// Traces every transaction, whatever the ratio and the environment say: for a demonstration.
    pub sample_everything: bool,
    /// Traces each transaction that has an error or a reply of 400 and above, whatever the ratio.
    pub keep_errors: bool,
    /// Traces each transaction or attempt that took longer, whatever the ratio. `None`: duration does not count.
    pub slow_threshold: Option<Duration>,
    /// A span waits no longer than this before it is sent. `OTEL_BSP_SCHEDULE_DELAY` comes before it.
    pub export_delay: Duration,
    /// Spans are also put here, at once.
    pub capture: Option<Capture>,
}

impl Settings {
    /// The defaults: ratio 0.05 and all failures, delay 1 s, endpoint by the environment, no capture.
    #[must_use]
    pub fn new(service_name: impl Into<String>, service_version: impl Into<String>) -> Self {
        Self {
            service_name: service_name.into(),
            service_version: service_version.into(),
            relay: String::new(),
            site: String::new(),
            endpoint: None,
            sample_ratio: 0.05,
            sample_everything: false,
            keep_errors: true,
            slow_threshold: None,
            export_delay: Duration::from_secs(1),
            capture: None,
        }
    }
}
