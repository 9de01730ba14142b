//! Why telemetry cannot start.

use std::path::PathBuf;

/// Why [`Telemetry::start`](crate::Telemetry::start) failed.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The ratio is none.
    #[error("the trace sample ratio is {0}; give a number from 0 (no traces) to 1 (all)")]
    SampleRatio(f64),
    /// The endpoint is none.
    #[error("the OTLP endpoint cannot be used: {0}; give one like http://127.0.0.1:4317")]
    Endpoint(String),
    /// TLS without a root.
    #[error(
        "the OTLP endpoint {0} means TLS: name the file of the certificates to trust in OTEL_EXPORTER_OTLP_CERTIFICATE, or \
         write http:// for clear text"
    )]
    Roots(String),
    /// A file could not be read.
    #[error("cannot read {path}, named by {variable}: {source}")]
    File {
        /// The variable that names it.
        variable: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The exporter's thread could not be started.
    #[error("cannot start the telemetry thread: {0}")]
    Thread(std::io::Error),
}
