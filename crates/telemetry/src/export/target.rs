//! Whether and where spans are exported.

use std::path::PathBuf;

use opentelemetry_otlp::tonic_types::transport::{Certificate, ClientTlsConfig, Identity};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithTonicConfig as _};

use crate::environment::Environment;
use crate::{Settings, TelemetryError};

/// What the OTLP crate takes when nobody says anything.
const DEFAULT: &str = "http://localhost:4317";

/// A collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Our own setting; `None`: the OTLP crate reads the environment.
    own: Option<String>,
    /// What it comes to.
    endpoint: String,
}

impl Target {
    /// `None`: nothing is exported.
    pub(crate) fn find(settings: &Settings, environment: &Environment) -> Option<Self> {
        let wish = environment.get("OTEL_TRACES_EXPORTER");
        let own = settings.endpoint.clone().filter(|endpoint| !endpoint.trim().is_empty());
        let endpoint = own.as_deref().or_else(|| environment.otlp("ENDPOINT")).map(str::to_owned);
        if environment.disabled() || wish == Some("none") {
            return None;
        }
        let otlp = wish.is_none_or(|list| list.split(',').any(|name| name.trim() == "otlp"));
        if !otlp {
            tracing::warn!(exporter = wish, "OTEL_TRACES_EXPORTER may be otlp or none; no traces are exported");
            return None;
        }
        if let Some(protocol) = environment.otlp("PROTOCOL").filter(|protocol| *protocol != "grpc") {
            tracing::warn!(protocol, "OTLP is spoken over gRPC only; the endpoint must be one for gRPC");
        }
        // Asked for by name, it goes to the standard address.
        let endpoint = endpoint.or_else(|| wish.map(|_| DEFAULT.to_owned()))?;
        Some(Self { own, endpoint })
    }

    fn is_tls(&self, environment: &Environment) -> bool {
        let insecure = environment.otlp("INSECURE").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        match self.endpoint.split_once("://") {
            Some((scheme, _)) => scheme.eq_ignore_ascii_case("https"),
            None => !insecure,
        }
    }

    /// Must be called inside the runtime that the exporter is to use.
    pub(super) fn exporter(&self, environment: &Environment) -> Result<SpanExporter, TelemetryError> {
        let mut builder = SpanExporter::builder().with_tonic();
        if let Some(endpoint) = &self.own {
            builder = builder.with_endpoint(endpoint);
        }
        if self.is_tls(environment) {
            let roots = read(environment, "CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE")?
                .ok_or_else(|| TelemetryError::Roots(self.endpoint.clone()))?;
            let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(roots));
            let certificate = read(environment, "CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE")?;
            let key = read(environment, "CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY")?;
            if let (Some(certificate), Some(key)) = (certificate, key) {
                tls = tls.identity(Identity::from_pem(certificate, key));
            }
            builder = builder.with_tls_config(tls);
        }
        builder.build().map_err(|error| TelemetryError::Endpoint(error.to_string()))
    }
}

fn read(environment: &Environment, rest: &str, variable: &'static str) -> Result<Option<Vec<u8>>, TelemetryError> {
    let Some(path) = environment.otlp(rest).map(PathBuf::from) else { return Ok(None) };
    std::fs::read(&path).map(Some).map_err(|source| TelemetryError::File { variable, path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(endpoint: Option<&str>, pairs: &[(&str, &str)]) -> Option<String> {
        let mut settings = Settings::new("test", "0");
        settings.endpoint = endpoint.map(str::to_owned);
        let environment = Environment::of(pairs.iter().map(|(n, v)| ((*n).into(), (*v).into())));
        Target::find(&settings, &environment).map(|target| target.endpoint)
    }

    #[test]
    fn off_unless_somebody_names_a_collector() {
        let variable = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317");
        assert_eq!(find(None, &[]), None);
        assert_eq!(find(Some(""), &[]), None);
        assert_eq!(find(None, &[variable]).as_deref(), Some("http://collector:4317"));
        assert_eq!(find(Some("http://own:1"), &[variable]).as_deref(), Some("http://own:1"));
        assert_eq!(find(None, &[("OTEL_TRACES_EXPORTER", "otlp")]).as_deref(), Some(DEFAULT));
        for off in [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none"), ("OTEL_TRACES_EXPORTER", "zipkin")]
        {
            assert_eq!(find(Some("http://own:1"), &[variable, off]), None, "{off:?}");
        }
    }

    #[test]
    fn tls_needs_roots() {
        let target = |endpoint: &str| Target { own: Some(endpoint.into()), endpoint: endpoint.into() };
        for endpoint in ["https://collector:4317", "collector:4317"] {
            let error = target(endpoint).exporter(&Environment::default()).unwrap_err();
            assert!(matches!(error, TelemetryError::Roots(_)), "{error}");
        }
        let missing = [("OTEL_EXPORTER_OTLP_CERTIFICATE".to_owned(), "/nonexistent/ca.pem".to_owned())];
        let error = target("https://collector:4317").exporter(&Environment::of(missing)).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/ca.pem"), "{error}");
        let insecure = Environment::of([("OTEL_EXPORTER_OTLP_INSECURE".to_owned(), "true".to_owned())]);
        assert!(!target("collector:4317").is_tls(&insecure));
        assert!(target("https://collector:4317").is_tls(&insecure), "a scheme comes before the variable");
    }
}
