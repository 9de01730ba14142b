//! Connectors as relays get them and as the store keeps them.

use postroad_connector_model::{
    AddressSpaceDraft, AuthMechanism, BasicDraft, Connector, ConnectorDraft, SmartHostDraft, Violations,
};
use prost_types::Timestamp;

use crate::admin::{UNKNOWN_VALUE, merge, read_timeout};
use crate::config::v1 as wire;
use crate::duration;

/// When a connector came into being and when it last changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordTimes {
    /// When it was created.
    pub create: Option<Timestamp>,
    /// When it was last changed.
    pub update: Option<Timestamp>,
}

/// The record of a connector. Encode it once: the octets that are hashed are the octets that are sent.
#[must_use]
pub fn connector_record(connector: &Connector, times: RecordTimes) -> wire::ConnectorRecord {
    let draft = connector.to_draft();
    let auth_kind = match draft.auth_mechanism {
        AuthMechanism::None => wire::AuthKind::None,
        AuthMechanism::Basic => wire::AuthKind::Basic,
    };
    wire::ConnectorRecord {
        id: draft.id,
        name: draft.name,
        comment: draft.comment,
        enabled: connector.enabled,
        address_spaces: draft.address_spaces.into_iter().map(write_space).collect(),
        smart_hosts: draft.smart_hosts.into_iter().map(write_host).collect(),
        port: draft.port,
        auth_kind: auth_kind.into(),
        has_credential: draft.basic.is_some(),
        require_tls: draft.require_tls,
        ignore_starttls: draft.ignore_starttls,
        helo_name: draft.helo_name,
        max_message_size: draft.max_message_size.unwrap_or(0),
        final_reply_timeout: draft.final_reply_timeout.map(duration::write),
        labels: draft.labels,
        create_time: times.create,
        update_time: times.update,
    }
}

/// Reads the record of a connector. The user name of its account stands in its CREDENTIAL record, so the caller gives
/// it; with `None` an account is only known to exist.
///
/// # Errors
/// Every problem at once, with field paths.
pub fn read_connector_record(
    record: &wire::ConnectorRecord,
    user: Option<&str>,
) -> Result<(Connector, RecordTimes), Violations> {
    let mut violations = Violations::default();
    let auth_mechanism = read_auth_kind(record.auth_kind, &mut violations);
    let draft = ConnectorDraft {
        id: record.id.clone(),
        name: record.name.clone(),
        comment: record.comment.clone(),
        enabled: Some(record.enabled),
        address_spaces: record.address_spaces.iter().map(read_space).collect(),
        smart_hosts: record.smart_hosts.iter().map(read_host).collect(),
        port: record.port,
        auth_mechanism,
        basic: record
            .has_credential
            .then(|| BasicDraft { user: user.unwrap_or_default().to_owned(), has_password: true }),
        require_tls: record.require_tls,
        ignore_starttls: record.ignore_starttls,
        helo_name: record.helo_name.clone(),
        max_message_size: Some(record.max_message_size),
        final_reply_timeout: read_timeout(record.final_reply_timeout.as_ref(), &mut violations),
        labels: record.labels.clone(),
    };
    let times = RecordTimes { create: record.create_time, update: record.update_time };
    merge(Connector::from_draft(draft), violations).map(|(connector, _warnings)| (connector, times))
}

fn read_auth_kind(number: i32, violations: &mut Violations) -> AuthMechanism {
    match wire::AuthKind::try_from(number) {
        Ok(wire::AuthKind::None) => AuthMechanism::None,
        Ok(wire::AuthKind::Basic) => AuthMechanism::Basic,
        Ok(wire::AuthKind::Unspecified) | Err(_) => {
            violations.add("auth_mechanism", UNKNOWN_VALUE);
            AuthMechanism::None
        }
    }
}

fn write_space(space: AddressSpaceDraft) -> wire::AddressSpaceRecord {
    wire::AddressSpaceRecord { r#type: space.kind, space: space.space, cost: space.cost.unwrap_or(1) }
}

fn write_host(host: SmartHostDraft) -> wire::SmartHostRecord {
    wire::SmartHostRecord { host: host.host, port: host.port, implicit_tls: host.implicit_tls }
}

fn read_space(space: &wire::AddressSpaceRecord) -> AddressSpaceDraft {
    AddressSpaceDraft { kind: space.r#type.clone(), space: space.space.clone(), cost: Some(space.cost) }
}

fn read_host(host: &wire::SmartHostRecord) -> SmartHostDraft {
    SmartHostDraft { host: host.host.clone(), port: host.port, implicit_tls: host.implicit_tls }
}
