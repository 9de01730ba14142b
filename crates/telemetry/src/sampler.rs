//! Which transactions are traced.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

use crate::environment::Environment;
use crate::names::attribute;

/// Around the head sampler: keeps every span that was built with `postroad.keep`. Possible because spans are built when
/// the outcome is known.
#[derive(Clone, Debug)]
pub(crate) struct KeepSampler {
    head: Box<dyn ShouldSample>,
}

impl KeepSampler {
    /// The head sampler by `OTEL_TRACES_SAMPLER` and its argument, else parent-based with this ratio.
    pub(crate) fn new(ratio: f64, environment: &Environment) -> Self {
        let head = match environment.get("OTEL_TRACES_SAMPLER") {
            Some("always_on") => Sampler::AlwaysOn.into(),
            Some("always_off") => Sampler::AlwaysOff.into(),
            Some("traceidratio") => Sampler::TraceIdRatioBased(argument(environment, ratio)).into(),
            Some("parentbased_always_on") => Sampler::parent_based(Sampler::AlwaysOn).into(),
            Some("parentbased_always_off") => Sampler::parent_based(Sampler::AlwaysOff).into(),
            Some("parentbased_traceidratio") => by_parent_and_ratio(argument(environment, ratio)),
            Some(other) => {
                tracing::warn!(sampler = other, ratio, "OTEL_TRACES_SAMPLER is not known here; the ratio is used");
                by_parent_and_ratio(ratio)
            }
            None => by_parent_and_ratio(ratio),
        };
        Self { head }
    }

    /// Keeps every span.
    pub(crate) fn everything() -> Self {
        Self { head: Sampler::AlwaysOn.into() }
    }
}

fn argument(environment: &Environment, ratio: f64) -> f64 {
    let given = environment.parsed("OTEL_TRACES_SAMPLER_ARG", ratio);
    if (0.0..=1.0).contains(&given) {
        return given;
    }
    tracing::warn!(given, ratio, "OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1; the ratio is used");
    ratio
}

/// A sampled parent elsewhere does not force us beyond the ratio. The ratio is decided by the trace id, so that relays with
/// the same ratio decide alike.
fn by_parent_and_ratio(ratio: f64) -> Box<dyn ShouldSample> {
    let by_id = Sampler::TraceIdRatioBased(ratio);
    Sampler::parent_based(by_id.clone()).with_remote_parent_sampled(by_id).into()
}

impl ShouldSample for KeepSampler {
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        span_kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        if attributes.iter().any(|attribute| attribute.key.as_str() == attribute::KEEP) {
            return SamplingResult {
                decision: SamplingDecision::RecordAndSample,
                attributes: Vec::new(),
                trace_state: parent_context.map(|c| c.span().span_context().trace_state().clone()).unwrap_or_default(),
            };
        }
        self.head.should_sample(parent_context, trace_id, name, span_kind, attributes, links)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(sampler: &KeepSampler, trace_id: u128, attributes: &[KeyValue]) -> bool {
        let result =
            sampler.should_sample(None, TraceId::from(trace_id), "smtp.receive x", &SpanKind::Server, attributes, &[]);
        result.decision == SamplingDecision::RecordAndSample
    }

    fn of(name: &str, arg: &str) -> KeepSampler {
        let pairs = [("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", arg)];
        KeepSampler::new(0.0, &Environment::of(pairs.map(|(n, v)| (n.to_owned(), v.to_owned()))))
    }

    #[test]
    fn the_environment_names_the_head_sampler() {
        for (name, arg, expected) in [
            ("", "", false),
            ("always_on", "", true),
            ("always_off", "", false),
            ("parentbased_always_on", "", true),
            ("traceidratio", "1.0", true),
            ("parentbased_traceidratio", "1", true),
            ("parentbased_traceidratio", "7", false),
            ("parentbased_traceidratio", "", false),
            ("", "1", false),
            ("xray", "1", false),
        ] {
            assert_eq!(sampled(&of(name, arg), 7 << 64, &[]), expected, "{name} {arg}");
        }
    }

    #[test]
    fn keep_outvotes_the_head_sampler() {
        assert!(sampled(&of("always_off", ""), 9, &[KeyValue::new(attribute::KEEP, true)]));
    }
}
