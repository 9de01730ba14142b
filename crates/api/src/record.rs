//! Connectors as relays get them and as the store keeps them.

mod account;
mod choices;

use postroad_connector_model::{AddressSpaceDraft, Connector, ConnectorDraft, SmartHostDraft, Violations};
use prost_types::Timestamp;

use crate::admin::{BAD_INACTIVITY, BAD_TIMEOUT, merge, read_span};
use crate::config::v1 as wire;
use crate::duration;

/// When an object came into being and when it last changed.
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
    wire::ConnectorRecord {
        id: draft.id,
        name: draft.name,
        comment: draft.comment,
        enabled: connector.enabled,
        usage: choices::write_usage(draft.usage).into(),
        address_spaces: draft.address_spaces.into_iter().map(write_space).collect(),
        linked_listener: draft.linked_listener,
        sender_filter: draft.sender_filter,
        scoped: draft.scoped,
        source_relays: draft.source_relays,
        max_message_size: draft.max_message_size.unwrap_or(0),
        dns_routing: connector.dns_routing,
        smart_hosts: draft.smart_hosts.into_iter().map(write_host).collect(),
        port: draft.port,
        auth_kind: choices::write_auth_kind(draft.auth_mechanism).into(),
        has_credential: draft.credential.is_some(),
        account: draft.credential.as_ref().map(account::write),
        require_tls: draft.require_tls,
        ignore_starttls: draft.ignore_starttls,
        tls_auth_level: choices::write_level(draft.tls_auth_level).into(),
        tls_domain: draft.tls_domain,
        client_certificate: draft.client_certificate,
        trusted_roots: draft.trusted_roots,
        helo_name: draft.helo_name,
        force_helo: draft.force_helo,
        source_ip: draft.source_ip,
        address_family: choices::write_family(draft.address_family).into(),
        connection_inactivity_timeout: Some(duration::write(connector.connection_inactivity_timeout)),
        max_messages_per_connection: draft.max_messages_per_connection,
        max_connections: draft.max_connections,
        max_messages_per_minute: draft.max_messages_per_minute,
        final_reply_timeout: draft.final_reply_timeout.map(duration::write),
        error_policies: draft.error_policies.into_iter().map(|p| choices::write_policy(p).into()).collect(),
        custom_failures: draft.custom_failures,
        verbose_protocol_log: draft.verbose_protocol_log,
        xclient: draft.xclient,
        inject_trace_context: draft.inject_trace_context,
        mandatory: draft.mandatory,
        labels: draft.labels,
        create_time: times.create,
        update_time: times.update,
    }
}

/// Reads the record of a connector.
///
/// # Errors
/// Every problem at once, with field paths.
pub fn read_connector_record(record: &wire::ConnectorRecord) -> Result<(Connector, RecordTimes), Violations> {
    let mut violations = Violations::default();
    let draft = draft(record, &mut violations);
    let times = RecordTimes { create: record.create_time, update: record.update_time };
    merge(Connector::from_draft(draft), violations).map(|(connector, _warnings)| (connector, times))
}

fn draft(record: &wire::ConnectorRecord, v: &mut Violations) -> ConnectorDraft {
    let auth_mechanism = choices::read_auth_kind(record.auth_kind, v);
    let inactivity = record.connection_inactivity_timeout.as_ref();
    let account = || account::read(&record.account.clone().unwrap_or_default(), auth_mechanism);
    ConnectorDraft {
        id: record.id.clone(),
        name: record.name.clone(),
        comment: record.comment.clone(),
        enabled: Some(record.enabled),
        usage: choices::read_usage(record.usage, v),
        address_spaces: record.address_spaces.iter().map(read_space).collect(),
        linked_listener: record.linked_listener.clone(),
        sender_filter: record.sender_filter.clone(),
        scoped: record.scoped,
        source_relays: record.source_relays.clone(),
        max_message_size: Some(record.max_message_size),
        dns_routing: Some(record.dns_routing),
        smart_hosts: record.smart_hosts.iter().map(read_host).collect(),
        port: record.port,
        auth_mechanism,
        credential: record.has_credential.then(account),
        require_tls: record.require_tls,
        ignore_starttls: record.ignore_starttls,
        tls_auth_level: choices::read_level(record.tls_auth_level, v),
        tls_domain: record.tls_domain.clone(),
        client_certificate: record.client_certificate.clone(),
        trusted_roots: record.trusted_roots.clone(),
        helo_name: record.helo_name.clone(),
        force_helo: record.force_helo,
        source_ip: record.source_ip.clone(),
        address_family: choices::read_family(record.address_family, v),
        connection_inactivity_timeout: read_span(inactivity, "connection_inactivity_timeout", BAD_INACTIVITY, v),
        max_messages_per_connection: record.max_messages_per_connection,
        max_connections: record.max_connections,
        max_messages_per_minute: record.max_messages_per_minute,
        final_reply_timeout: read_span(record.final_reply_timeout.as_ref(), "final_reply_timeout", BAD_TIMEOUT, v),
        error_policies: choices::read_policies(&record.error_policies, v),
        custom_failures: record.custom_failures.clone(),
        verbose_protocol_log: record.verbose_protocol_log,
        xclient: record.xclient,
        inject_trace_context: record.inject_trace_context,
        mandatory: record.mandatory,
        labels: record.labels.clone(),
    }
}

fn write_space(space: AddressSpaceDraft) -> wire::AddressSpaceRecord {
    wire::AddressSpaceRecord { r#type: space.kind, space: space.space, cost: space.cost.unwrap_or(1) }
}

fn write_host(host: SmartHostDraft) -> wire::SmartHostRecord {
    wire::SmartHostRecord {
        host: host.host,
        port: host.port,
        implicit_tls: host.implicit_tls,
        priority: host.priority,
        weight: host.weight.unwrap_or(1),
    }
}

fn read_space(space: &wire::AddressSpaceRecord) -> AddressSpaceDraft {
    AddressSpaceDraft { kind: space.r#type.clone(), space: space.space.clone(), cost: Some(space.cost) }
}

fn read_host(host: &wire::SmartHostRecord) -> SmartHostDraft {
    SmartHostDraft {
        host: host.host.clone(),
        port: host.port,
        implicit_tls: host.implicit_tls,
        priority: host.priority,
        weight: Some(host.weight),
    }
}
