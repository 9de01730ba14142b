//! Connectors as the admin API shows them.

use postroad_connector_model::{
    AddressSpaceDraft, AuthMechanism, BasicDraft, Connector, ConnectorDraft, ConnectorId, Secret, SmartHostDraft,
    Violations, Warning,
};
use prost_types::Timestamp;

use crate::connector::v1 as wire;
use crate::duration;

/// Octets of a password at most.
pub const MAX_PASSWORD: usize = 1024;

/// Said of an enum value that this version does not know.
pub(crate) const UNKNOWN_VALUE: &str = "Not a known value.";
/// Said of a time that cannot be read.
const BAD_TIMEOUT: &str = "Must be 0, or from 1 second to 10 minutes.";

/// What only the control plane can say about a connector.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerFields {
    /// Revision of its last change.
    pub revision: u64,
    /// Its etag.
    pub etag: String,
    /// When it was created.
    pub create_time: Option<Timestamp>,
    /// When it was last changed.
    pub update_time: Option<Timestamp>,
}

/// Checks a connector as an operator wrote it, under the id that the control plane gave it. `password_set` counts as
/// a stored password, so the caller clears it where none is.
///
/// # Errors
/// Every problem at once, those of the wire form (an unknown enum value) together with those of the model.
pub fn checked_connector(message: &wire::Connector, id: &ConnectorId) -> Result<(Connector, Vec<Warning>), Violations> {
    let mut violations = Violations::default();
    let draft = draft(message, id, &mut violations);
    check_password(message, &mut violations);
    merge(Connector::from_draft(draft), violations)
}

/// Joins what the wire form got wrong with what the model says; a field is blamed once.
pub(crate) fn merge<T>(model: Result<T, Violations>, mut wire: Violations) -> Result<T, Violations> {
    match model {
        Ok(value) if wire.is_empty() => Ok(value),
        Ok(_) => Err(wire),
        Err(more) => {
            let fresh = |field: &str| wire.0.iter().all(|known| known.field != field);
            let more: Vec<_> = more.0.into_iter().filter(|v| fresh(&v.field)).collect();
            wire.0.extend(more);
            Err(wire)
        }
    }
}

/// Takes the password out of a message that is about to be checked or shown.
pub fn take_password(message: &mut wire::Connector) -> Option<Secret> {
    let Some(wire::credential::Kind::Basic(basic)) =
        message.credential.as_mut().and_then(|credential| credential.kind.as_mut())
    else {
        return None;
    };
    let password = std::mem::take(&mut basic.password);
    if password.is_empty() {
        return None;
    }
    basic.password_set = true;
    Some(Secret::new(password))
}

/// A connector as a reader sees it. A password is never in it, only that there is one.
#[must_use]
pub fn admin_connector(connector: &Connector, server: ServerFields) -> wire::Connector {
    let draft = connector.to_draft();
    let auth_mechanism = match draft.auth_mechanism {
        AuthMechanism::None => wire::AuthMechanism::None,
        AuthMechanism::Basic => wire::AuthMechanism::Basic,
    };
    let credential = draft.basic.map(|basic| {
        let basic =
            wire::BasicCredential { user: basic.user, password: String::new(), password_set: basic.has_password };
        wire::Credential { kind: Some(wire::credential::Kind::Basic(basic)) }
    });
    wire::Connector {
        id: draft.id,
        name: draft.name,
        comment: draft.comment,
        enabled: draft.enabled,
        address_spaces: draft.address_spaces.into_iter().map(write_space).collect(),
        smart_hosts: draft.smart_hosts.into_iter().map(write_host).collect(),
        port: draft.port,
        auth_mechanism: auth_mechanism.into(),
        credential,
        require_tls: draft.require_tls,
        ignore_starttls: draft.ignore_starttls,
        helo_name: draft.helo_name,
        max_message_size: draft.max_message_size,
        final_reply_timeout: draft.final_reply_timeout.map(duration::write),
        labels: draft.labels,
        revision: server.revision,
        etag: server.etag,
        create_time: server.create_time,
        update_time: server.update_time,
        warnings: Vec::new(),
    }
}

/// What a writer may not have meant, as the answer to the write tells it.
#[must_use]
pub fn field_warnings(warnings: Vec<Warning>) -> Vec<wire::FieldWarning> {
    let one = |warning: Warning| wire::FieldWarning { path: warning.field, text: warning.text };
    warnings.into_iter().map(one).collect()
}

/// Reads a time-out; a malformed one is a violation.
pub(crate) fn read_timeout(
    wire: Option<&prost_types::Duration>,
    violations: &mut Violations,
) -> Option<std::time::Duration> {
    let read = wire.map(duration::read)?;
    if read.is_none() {
        violations.add("final_reply_timeout", BAD_TIMEOUT);
    }
    read
}

fn write_space(space: AddressSpaceDraft) -> wire::AddressSpace {
    wire::AddressSpace { r#type: space.kind, space: space.space, cost: space.cost }
}

fn write_host(host: SmartHostDraft) -> wire::SmartHost {
    wire::SmartHost { host: host.host, port: host.port, implicit_tls: host.implicit_tls }
}

fn draft(message: &wire::Connector, id: &ConnectorId, violations: &mut Violations) -> ConnectorDraft {
    let basic = basic_draft(message.credential.as_ref());
    ConnectorDraft {
        id: id.to_string(),
        name: message.name.clone(),
        comment: message.comment.clone(),
        enabled: message.enabled,
        address_spaces: message.address_spaces.iter().map(read_space).collect(),
        smart_hosts: message.smart_hosts.iter().map(read_host).collect(),
        port: message.port,
        auth_mechanism: read_mechanism(message.auth_mechanism, basic.is_some(), violations),
        basic,
        require_tls: message.require_tls,
        ignore_starttls: message.ignore_starttls,
        helo_name: message.helo_name.clone(),
        max_message_size: message.max_message_size,
        final_reply_timeout: read_timeout(message.final_reply_timeout.as_ref(), violations),
        labels: message.labels.clone(),
    }
}

fn read_mechanism(number: i32, has_account: bool, violations: &mut Violations) -> AuthMechanism {
    match wire::AuthMechanism::try_from(number) {
        Ok(wire::AuthMechanism::Unspecified | wire::AuthMechanism::None) => AuthMechanism::None,
        Ok(wire::AuthMechanism::Basic) => AuthMechanism::Basic,
        Err(_unknown) => {
            violations.add("auth_mechanism", UNKNOWN_VALUE);
            // Whichever fits the account: the model shall not complain about a mechanism that nobody chose.
            if has_account { AuthMechanism::Basic } else { AuthMechanism::None }
        }
    }
}

fn basic_draft(credential: Option<&wire::Credential>) -> Option<BasicDraft> {
    let wire::credential::Kind::Basic(basic) = credential?.kind.as_ref()?;
    Some(BasicDraft { user: basic.user.clone(), has_password: basic.password_set || !basic.password.is_empty() })
}

fn check_password(message: &wire::Connector, violations: &mut Violations) {
    let Some(wire::credential::Kind::Basic(basic)) =
        message.credential.as_ref().and_then(|credential| credential.kind.as_ref())
    else {
        return;
    };
    if basic.password.len() > MAX_PASSWORD {
        violations.add("credential.basic.password", "The password is longer than 1024 octets.");
    }
    // RFC 4616 §2 separates the parts of PLAIN by NUL.
    if basic.password.contains('\0') {
        violations.add("credential.basic.password", "The password must not hold a NUL character.");
    }
}

fn read_space(space: &wire::AddressSpace) -> AddressSpaceDraft {
    AddressSpaceDraft { kind: space.r#type.clone(), space: space.space.clone(), cost: space.cost }
}

fn read_host(host: &wire::SmartHost) -> SmartHostDraft {
    SmartHostDraft { host: host.host.clone(), port: host.port, implicit_tls: host.implicit_tls }
}
