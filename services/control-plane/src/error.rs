//! Why a request was not done; its translation into `google.rpc` statuses stands in [`status`].

mod status;

use postroad_connector_model::Violations;
use postroad_routing::Problems;
use postroad_store::StoreError;

use crate::object::ObjectKind;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// An object breaks rules.
    #[error("the {kind} cannot be used: {violations}")]
    Invalid { kind: ObjectKind, violations: Violations },
    /// Other fields of the request cannot be used.
    #[error("the request cannot be used: {violations}")]
    Request { reason: &'static str, violations: Violations },
    /// A change needs the etag of what it was made from.
    #[error("An update or a delete needs the etag of the {kind} as it was read, or \"*\" for whatever is there.")]
    EtagRequired { kind: ObjectKind, field: String },
    /// Somebody else changed the object meanwhile.
    #[error("The {kind} has changed since you read it.")]
    StaleEtag { kind: ObjectKind, current: u64, field: String },
    /// Others won five times.
    #[error("Other writers were faster five times in a row; nothing was changed.")]
    Contended,
    /// The name is taken.
    #[error("Another {kind} already has this name.")]
    NameInUse { kind: ObjectKind, name: String, field: String },
    /// Another connector has all mail of the listener.
    #[error("Another connector is linked to this listener.")]
    ListenerLinked { listener: String, field: String },
    /// There is no such object.
    #[error("There is no {kind} with the {} {asked:?}.", if *kind == ObjectKind::Connector { "id or name" } else { "name" })]
    Unknown { kind: ObjectKind, asked: String },
    /// Something else uses the object.
    #[error("{text}")]
    InUse { kind: ObjectKind, name: String, text: String },
    /// A stored secret would be shown to another host, or with less protection (AP1); or it is gone.
    #[error("{}", status::secrets_text(violations))]
    SecretRequired { violations: Violations },
    /// The id of a request of the last 24 hours came with another content.
    #[error("The request id {id} was used for another request; take a new one.")]
    RequestIdReused { id: String },
    /// The revision is not kept any more, or was never made.
    #[error("{text}")]
    RevisionNotRetained { revision: u64, text: String },
    /// Somebody else changed something since the caller looked.
    #[error("The configuration has changed since you read it: its newest revision is {current}.")]
    StaleHead { current: u64 },
    /// Relays would refuse the whole set.
    #[error("relays would refuse the configuration: {0}")]
    WouldBeRefused(#[from] Problems),
    /// The set is too large for relays.
    #[error("relays would refuse the configuration: {0}")]
    TooMuch(#[from] postroad_config_publisher::ViewError),
    /// The store did not do it.
    #[error(transparent)]
    Store(StoreError),
    /// A fault of ours; the log has more.
    #[error("the control plane failed: {0}")]
    Internal(&'static str),
}

impl ApiError {
    /// One problem of the request outside the object.
    pub(crate) fn request(reason: &'static str, field: &str, text: impl Into<String>) -> Self {
        Self::Request { reason, violations: one(field, text) }
    }

    /// One problem of an object.
    pub(crate) fn invalid(kind: ObjectKind, field: &str, text: impl Into<String>) -> Self {
        Self::Invalid { kind, violations: one(field, text) }
    }

    /// There is no such object.
    pub(crate) fn unknown(kind: ObjectKind, asked: &str) -> Self {
        Self::Unknown { kind, asked: asked.to_owned() }
    }

    /// A stored secret is needed again.
    pub(crate) fn secret_required(field: &str, text: &str) -> Self {
        Self::SecretRequired { violations: one(field, text) }
    }

    /// The same with every field path below another one: that of an object in a list of changes.
    pub(crate) fn below(mut self, path: &str) -> Self {
        match &mut self {
            Self::Invalid { violations, .. }
            | Self::Request { violations, .. }
            | Self::SecretRequired { violations } => {
                violations.0.iter_mut().for_each(|violation| violation.field.insert_str(0, path));
            }
            Self::EtagRequired { field, .. }
            | Self::StaleEtag { field, .. }
            | Self::NameInUse { field, .. }
            | Self::ListenerLinked { field, .. } => field.insert_str(0, path),
            _ => {}
        }
        self
    }
}

fn one(field: &str, text: impl Into<String>) -> Violations {
    let mut violations = Violations::default();
    violations.add(field, text);
    violations
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotRetained { asked, .. } | StoreError::NotYet { asked, .. } => {
                let text = error.to_string();
                Self::RevisionNotRetained { revision: asked, text }
            }
            StoreError::RequestReused { id } => Self::RequestIdReused { id },
            other => Self::Store(other),
        }
    }
}
