//! The standard `OTEL_*` variables that the SDK leaves to us.

use std::collections::BTreeMap;
use std::str::FromStr;

/// A snapshot of the process's `OTEL_*` variables. An empty value counts as unset, as the specification demands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    pub(crate) fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self::of(std::env::vars_os().filter_map(text))
    }

    pub(crate) fn of(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let wanted = |(name, value): &(String, String)| name.starts_with("OTEL_") && !value.trim().is_empty();
        Self { variables: variables.into_iter().filter(wanted).collect() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim())
    }

    /// The trace-specific form of an OTLP variable, else the general one.
    pub(crate) fn otlp(&self, rest: &str) -> Option<&str> {
        self.get(&format!("OTEL_EXPORTER_OTLP_TRACES_{rest}"))
            .or_else(|| self.get(&format!("OTEL_EXPORTER_OTLP_{rest}")))
    }

    /// A variable's value, or what stands in for it; a value that does not parse is told and passed over.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str, otherwise: T) -> T {
        let Some(text) = self.get(name) else { return otherwise };
        text.parse().unwrap_or_else(|_| {
            tracing::warn!(variable = name, value = text, "environment variable cannot be read; the default is used");
            otherwise
        })
    }

    pub(crate) fn disabled(&self) -> bool {
        self.get("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_specification_says() {
        let set = |pairs: &[(&str, &str)]| Environment::of(pairs.iter().map(|(n, v)| ((*n).into(), (*v).into())));
        assert!(set(&[("OTEL_SDK_DISABLED", "True")]).disabled());
        assert!(!set(&[("OTEL_SDK_DISABLED", "1")]).disabled());
        assert!(!set(&[]).disabled());
        let both =
            set(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://b")]);
        assert_eq!(both.otlp("ENDPOINT"), Some("http://b"));
        let empty = set(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", " ")]);
        assert_eq!(empty.otlp("ENDPOINT"), Some("http://a"));
        assert_eq!(set(&[("OTEL_BSP_MAX_QUEUE_SIZE", "77")]).parsed("OTEL_BSP_MAX_QUEUE_SIZE", 5), 77);
        assert_eq!(set(&[("OTEL_BSP_MAX_QUEUE_SIZE", "many")]).parsed("OTEL_BSP_MAX_QUEUE_SIZE", 5), 5);
    }
}
