//! What a caller is told: the one translation of errors into `google.rpc` statuses.

use std::collections::HashMap;
use std::time::Duration;

use postroad_connector_model::{Violation, Violations};
use postroad_store::StoreError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::ApiError;
use crate::object::ObjectKind;

/// Every error of ours carries this domain.
const DOMAIN: &str = "postroad";
/// Octets of field violations in one status: it travels in a header, and headers are bounded.
const VIOLATIONS: usize = 6 * 1024;
/// When to try again.
const RETRY: Duration = Duration::from_secs(1);

/// What is said of secrets that are needed again.
pub(super) fn secrets_text(violations: &Violations) -> String {
    violations.0.iter().map(|violation| violation.text.as_str()).collect::<Vec<_>>().join(" ")
}

impl ApiError {
    pub(crate) fn code(&self) -> (Code, &'static str) {
        match self {
            Self::Invalid { kind, .. } => (Code::InvalidArgument, kind.invalid()),
            Self::Request { reason, .. } => (Code::InvalidArgument, reason),
            Self::EtagRequired { .. } => (Code::InvalidArgument, "ETAG_REQUIRED"),
            Self::StaleEtag { .. } => (Code::Aborted, "STALE_ETAG"),
            Self::StaleHead { .. } => (Code::Aborted, "STALE_REVISION"),
            Self::Contended => (Code::Aborted, "CONTENDED"),
            Self::NameInUse { .. } => (Code::AlreadyExists, "NAME_IN_USE"),
            Self::ListenerLinked { .. } => (Code::AlreadyExists, "LISTENER_LINKED"),
            Self::RequestIdReused { .. } => (Code::AlreadyExists, "REQUEST_ID_REUSED"),
            Self::Unknown { kind, .. } => (Code::NotFound, kind.unknown()),
            Self::RevisionNotRetained { .. } => (Code::NotFound, "REVISION_NOT_RETAINED"),
            Self::InUse { kind, .. } => (Code::FailedPrecondition, kind.in_use()),
            Self::SecretRequired { .. } => (Code::FailedPrecondition, "SECRET_REQUIRED"),
            Self::WouldBeRefused(_) | Self::TooMuch(_) => (Code::FailedPrecondition, "WOULD_BE_REFUSED"),
            Self::Store(StoreError::TooLarge { .. }) => (Code::InvalidArgument, "LIMIT_EXCEEDED"),
            Self::Store(StoreError::BaseMoved { .. } | StoreError::Stale { .. }) => (Code::Aborted, "CONTENDED"),
            Self::Store(StoreError::Invalid(_)) | Self::Internal(_) => (Code::Internal, "INTERNAL"),
            Self::Store(_) => (Code::Unavailable, "STORE_BROKEN"),
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let one = |field: &str| vec![Violation { field: field.to_owned(), text: self.to_string() }];
        match self {
            Self::Invalid { violations, .. }
            | Self::Request { violations, .. }
            | Self::SecretRequired { violations } => violations.0.clone(),
            Self::EtagRequired { field, .. }
            | Self::StaleEtag { field, .. }
            | Self::NameInUse { field, .. }
            | Self::ListenerLinked { field, .. } => one(field),
            Self::StaleHead { .. } => one("head_revision"),
            Self::RequestIdReused { .. } => one("request_id"),
            Self::InUse { .. } => one("name"),
            Self::WouldBeRefused(problems) => {
                let name = |p: &postroad_routing::Problem| Violation { field: p.field.clone(), text: p.text.clone() };
                problems.0.iter().map(name).collect()
            }
            _ => Vec::new(),
        }
    }

    fn metadata(&self) -> HashMap<String, String> {
        let one = |key: &str, value: String| HashMap::from([(key.to_owned(), value)]);
        match self {
            Self::StaleEtag { current, .. } | Self::StaleHead { current } => {
                one("current_revision", current.to_string())
            }
            Self::NameInUse { name, .. } | Self::InUse { name, .. } => one("name", name.clone()),
            Self::ListenerLinked { listener, .. } => one("linked_listener", listener.clone()),
            Self::RequestIdReused { id } => one("request_id", id.clone()),
            Self::RevisionNotRetained { revision, .. } => one("revision", revision.to_string()),
            Self::Unknown { kind, asked } => one(kind.name(), cut(asked)),
            _ => HashMap::new(),
        }
    }

    fn message(&self, violations: &[Violation]) -> String {
        match (self, violations) {
            (_, [only]) => only.text.clone(),
            (Self::Invalid { .. } | Self::Request { .. } | Self::WouldBeRefused(_), many) => {
                format!("{} problems; each is named with its field.", many.len())
            }
            (Self::Unknown { kind, asked }, _) => Self::Unknown { kind: *kind, asked: cut(asked) }.to_string(),
            _ => self.to_string(),
        }
    }

    /// The object that the error is about.
    fn resource(&self) -> Option<(ObjectKind, String)> {
        match self {
            Self::NameInUse { kind, name, .. } | Self::InUse { kind, name, .. } => Some((*kind, name.clone())),
            Self::Unknown { kind, asked } => Some((*kind, cut(asked))),
            Self::ListenerLinked { listener, .. } => Some((ObjectKind::Connector, listener.clone())),
            _ => None,
        }
    }
}

impl From<ApiError> for Status {
    fn from(error: ApiError) -> Self {
        let (code, reason) = error.code();
        match code {
            Code::Internal | Code::Unavailable => tracing::error!(%error, reason, "request failed"),
            _ => tracing::debug!(%error, reason, "request refused"),
        }
        let violations = error.violations();
        let mut details = ErrorDetails::with_error_info(reason, DOMAIN, error.metadata());
        let mut octets = 0;
        for (at, Violation { field, text }) in violations.iter().enumerate() {
            octets += field.len() + text.len() + 8;
            if octets > VIOLATIONS {
                details.add_bad_request_violation("", format!("And {} more problems.", violations.len() - at));
                break;
            }
            details.add_bad_request_violation(field, text);
        }
        if let Some((kind, name)) = error.resource() {
            details.set_resource_info(kind.message(), name, "", "");
        }
        if code == Code::FailedPrecondition {
            let subject = error.resource().map_or_else(|| "connector".to_owned(), |(_, name)| name);
            details.add_precondition_failure_violation(reason, subject, error.message(&violations));
        }
        if code == Code::Unavailable {
            details.set_retry_info(Some(RETRY));
        }
        Self::with_error_details(code, error.message(&violations), details)
    }
}

/// What a caller wrote, no longer than a name can be.
fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invalid(violations: Violations) -> Status {
        ApiError::Invalid { kind: ObjectKind::Connector, violations }.into()
    }

    #[test]
    fn all_violations_are_named_with_their_paths() {
        let mut violations = Violations::default();
        violations.add("name", "one");
        violations.add("smart_hosts[2].host", "two");
        let status = invalid(violations);
        assert_eq!(status.code(), Code::InvalidArgument);
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), ("INVALID_CONNECTOR", "postroad"));
        let fields: Vec<_> = details.bad_request().unwrap().field_violations.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["name", "smart_hosts[2].host"]);
    }

    #[test]
    fn a_status_stays_small_enough_for_a_header() {
        let mut violations = Violations::default();
        for at in 0..1_000 {
            violations.add(format!("smart_hosts[{at}].host"), "x".repeat(200));
        }
        let status = invalid(violations);
        assert!(status.details().len() < 8 * 1024, "{}", status.details().len());
        let last = status.get_error_details().bad_request().unwrap().field_violations.last().cloned().unwrap();
        assert!(last.description.contains("more problems"), "{last:?}");
    }

    #[test]
    fn a_broken_store_is_worth_another_try() {
        let status = Status::from(ApiError::Store(StoreError::Broken("disk full".into())));
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.get_error_details().retry_info().is_some());
    }
}
