//! Log lines of a process.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Libraries that talk about each request, the exporter's own included. OpenTelemetry only with errors: it warns at every
/// batch that a dead collector refuses, and the exporter's wrapper tells that once a minute.
const QUIET: &str = "h2=warn,hyper=warn,tonic=warn,tower=warn,rustls=warn,opentelemetry=error";

/// How a process logs.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// Directives as in `info` or `info,postroad_smarthost=debug`. They outvote the quieting of libraries.
    pub filter: String,
    /// Shape and place.
    pub format: LogFormat,
}

/// Shape and place of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line on standard output; message and fields stand at its top level.
    Json,
    /// For people, on standard error.
    Text,
}

/// Why logs cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is none.
    #[error("the log filter {filter:?} cannot be read: {text}; give one like info or info,postroad_smarthost=debug")]
    Filter {
        /// As given.
        filter: String,
        /// What is wrong.
        text: String,
    },
    /// Somebody was first.
    #[error("logs were set up before in this process")]
    AlreadySet,
}

/// Sets up the logs of the whole process. For `main` only, once, before anything else starts.
///
/// # Errors
/// When the filter cannot be read, or the process has logs already.
pub fn init_logs(settings: &LogSettings) -> Result<(), LogError> {
    let builder = tracing_subscriber::fmt().with_env_filter(filter(&settings.filter)?);
    let set = match settings.format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_writer(std::io::stdout)
            .try_init(),
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).try_init(),
    };
    set.map_err(|_taken| LogError::AlreadySet)
}

fn filter(text: &str) -> Result<EnvFilter, LogError> {
    // A later directive for the same target replaces an earlier one.
    EnvFilter::builder()
        .parse(format!("{QUIET},{text}"))
        .map_err(|error| LogError::Filter { filter: text.to_owned(), text: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt as _;

    #[test]
    fn libraries_are_quiet_unless_asked() {
        let enabled = |text: &str| {
            let subscriber = tracing_subscriber::registry().with(filter(text).unwrap());
            tracing::subscriber::with_default(subscriber, || {
                (
                    tracing::enabled!(target: "postroad_relay", tracing::Level::DEBUG),
                    tracing::enabled!(target: "h2::codec", tracing::Level::DEBUG),
                    tracing::enabled!(target: "hyper_util::client", tracing::Level::DEBUG),
                    tracing::enabled!(target: "opentelemetry-otlp", tracing::Level::WARN),
                )
            })
        };
        assert_eq!(enabled("debug"), (true, false, false, false));
        assert_eq!(enabled("info,h2=debug"), (false, true, false, false));
        assert_eq!(enabled("debug,opentelemetry=warn"), (true, false, false, true));
    }

    #[test]
    fn a_bad_filter_is_named() {
        let error = filter("info,=x=").unwrap_err();
        assert!(error.to_string().contains("info,=x="), "{error}");
    }
}
