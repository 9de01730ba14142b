//! What a caller is told: the one translation of errors into `google.rpc` statuses.

use std::collections::HashMap;
use std::time::Duration;

use postroad_connector_model::{Violation, Violations};
use postroad_routing::Problems;
use postroad_store::StoreError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// Every error of ours carries this domain.
const DOMAIN: &str = "postroad";
/// Octets of field violations in one status: it travels in a header, and headers are bounded.
const VIOLATIONS: usize = 6 * 1024;
/// When to try again.
const RETRY: Duration = Duration::from_secs(1);

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// The connector breaks rules.
    #[error("the connector cannot be used: {0}")]
    Invalid(Violations),
    /// Other fields of the request cannot be used.
    #[error("the request cannot be used: {violations}")]
    Request { reason: &'static str, violations: Violations },
    /// The mask names no field.
    #[error("update_mask: {0}")]
    UnknownMaskPath(Violations),
    /// A change needs the etag of what it was made from.
    #[error("An update or a delete needs the etag of the connector as it was read, or \"*\" for whatever is there.")]
    EtagRequired,
    /// Somebody else changed the connector meanwhile.
    #[error("The connector has changed since you read it.")]
    StaleEtag { current: u64 },
    /// Others won five times.
    #[error("Other writers were faster five times in a row; nothing was changed.")]
    Contended,
    /// The name is taken.
    #[error("Another connector already has this name.")]
    NameInUse { name: String },
    /// There is no such connector.
    #[error("There is no connector with the id or name {asked:?}.")]
    ConnectorUnknown { asked: String },
    /// The stored password would be shown to another host, or with less protection (AP1).
    #[error(
        "The change would use the stored password at another host or with less TLS, so it needs the password again."
    )]
    SecretRequired,
    /// Relays would refuse the whole set.
    #[error("relays would refuse the configuration: {0}")]
    WouldBeRefused(#[from] Problems),
    /// The set is too large for relays.
    #[error("relays would refuse the configuration: {0}")]
    TooMuch(#[from] postroad_config_publisher::ViewError),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours; the log has more.
    #[error("the control plane failed: {0}")]
    Internal(&'static str),
}

impl ApiError {
    /// One problem of the request outside the connector.
    pub(crate) fn request(reason: &'static str, field: &str, text: &str) -> Self {
        let mut violations = Violations::default();
        violations.add(field, text);
        Self::Request { reason, violations }
    }

    fn code(&self) -> (Code, &'static str) {
        match self {
            Self::Invalid(_) => (Code::InvalidArgument, "INVALID_CONNECTOR"),
            Self::Request { reason, .. } => (Code::InvalidArgument, reason),
            Self::UnknownMaskPath(_) => (Code::InvalidArgument, "UNKNOWN_MASK_PATH"),
            Self::EtagRequired => (Code::InvalidArgument, "ETAG_REQUIRED"),
            Self::StaleEtag { .. } => (Code::Aborted, "STALE_ETAG"),
            Self::Contended => (Code::Aborted, "CONTENDED"),
            Self::NameInUse { .. } => (Code::AlreadyExists, "NAME_IN_USE"),
            Self::ConnectorUnknown { .. } => (Code::NotFound, "CONNECTOR_UNKNOWN"),
            Self::SecretRequired => (Code::FailedPrecondition, "SECRET_REQUIRED"),
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
            Self::Invalid(violations) | Self::Request { violations, .. } | Self::UnknownMaskPath(violations) => {
                violations.0.clone()
            }
            Self::EtagRequired => one("etag"),
            Self::StaleEtag { .. } => one("revision"),
            Self::NameInUse { .. } => one("name"),
            Self::SecretRequired => one("credential.basic.password"),
            Self::WouldBeRefused(problems) => {
                let name = |p: &postroad_routing::Problem| Violation { field: p.field.clone(), text: p.text.clone() };
                problems.0.iter().map(name).collect()
            }
            _ => Vec::new(),
        }
    }

    fn metadata(&self) -> HashMap<String, String> {
        match self {
            Self::StaleEtag { current } => HashMap::from([("current_revision".to_owned(), current.to_string())]),
            Self::NameInUse { name } => HashMap::from([("name".to_owned(), name.clone())]),
            Self::ConnectorUnknown { asked } => HashMap::from([("connector".to_owned(), cut(asked))]),
            _ => HashMap::new(),
        }
    }

    fn message(&self, violations: &[Violation]) -> String {
        match (self, violations) {
            (_, [only]) => only.text.clone(),
            (Self::Invalid(_) | Self::Request { .. } | Self::UnknownMaskPath(_) | Self::WouldBeRefused(_), many) => {
                format!("{} problems; each is named with its field.", many.len())
            }
            (Self::ConnectorUnknown { asked }, _) => Self::ConnectorUnknown { asked: cut(asked) }.to_string(),
            _ => self.to_string(),
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
        match &error {
            ApiError::NameInUse { name } => {
                details.set_resource_info("postroad.connector.v1.Connector", name, "", "");
            }
            ApiError::ConnectorUnknown { asked } => {
                details.set_resource_info("postroad.connector.v1.Connector", cut(asked), "", "");
            }
            ApiError::SecretRequired | ApiError::WouldBeRefused(_) | ApiError::TooMuch(_) => {
                details.add_precondition_failure_violation(reason, "connector", error.message(&violations));
            }
            _ if code == Code::Unavailable => {
                details.set_retry_info(Some(RETRY));
            }
            _ => {}
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

    #[test]
    fn all_violations_are_named_with_their_paths() {
        let mut violations = Violations::default();
        violations.add("name", "one");
        violations.add("smart_hosts[2].host", "two");
        let status = Status::from(ApiError::Invalid(violations));
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
        let status = Status::from(ApiError::Invalid(violations));
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
