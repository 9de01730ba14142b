//! Problems as relays report them.

use postroad_connector_model::Violations;
use prost::Message as _;

use crate::config::v1 as wire;
use crate::limits;

/// A problem with the whole view.
#[must_use]
pub fn view_problem(reason: wire::ProblemReason, text: impl Into<String>) -> wire::Problem {
    wire::Problem { reason: reason.into(), text: text.into(), ..wire::Problem::default() }
}

/// What is wrong with one record.
#[must_use]
pub fn violation_problems(key: Option<&wire::RecordKey>, version: u64, violations: &Violations) -> Vec<wire::Problem> {
    let one = |violation: &postroad_connector_model::Violation| wire::Problem {
        key: key.cloned(),
        version,
        field_path: violation.field.clone(),
        reason: wire::ProblemReason::Invalid.into(),
        text: violation.text.clone(),
    };
    violations.0.iter().map(one).collect()
}

/// As many of the problems as one Nack may name, and how many more there are.
#[must_use]
pub fn bounded_problems(mut problems: Vec<wire::Problem>) -> (Vec<wire::Problem>, u32) {
    let all = problems.len();
    let mut octets = 0;
    let fit = problems
        .iter()
        .take(limits::NACK_PROBLEMS)
        .take_while(|problem| {
            // Tag and length of an entry take at most 4 octets at these sizes.
            octets += problem.encoded_len() + 4;
            octets <= limits::NACK_OCTETS
        })
        .count();
    problems.truncate(fit);
    let more = u32::try_from(all - fit).unwrap_or(u32::MAX);
    (problems, more)
}
