//! Connectors as the admin API shows them.

mod account;
mod choices;

use postroad_connector_model::{
    AddressSpaceDraft, Connector, ConnectorDraft, ConnectorId, SmartHostDraft, Violations, Warning,
};
use prost_types::Timestamp;

use crate::connector::v1 as wire;
use crate::{duration, secret_slot};

/// Said of an enum value that this version does not know.
pub(crate) const UNKNOWN_VALUE: &str = "Not a known value.";
/// Said of a time that cannot be read.
pub(crate) const BAD_TIMEOUT: &str = "Must be 0, or from 1 second to 10 minutes.";
/// Said of a time that cannot be read.
pub(crate) const BAD_INACTIVITY: &str = "Must be from 1 second to 1 day.";

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

/// Checks a connector as an operator wrote it, under the id that the control plane gave it. The mark that a secret is
/// set counts as a stored secret, so the caller clears it where none is.
///
/// # Errors
/// Every problem at once, those of the wire form (an unknown enum value) together with those of the model.
pub fn checked_connector(message: &wire::Connector, id: &ConnectorId) -> Result<(Connector, Vec<Warning>), Violations> {
    let mut violations = Violations::default();
    let draft = draft(message, id, &mut violations);
    secret_slot::check(message, &mut violations);
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

/// A connector as a reader sees it. A password is never in it, only that there is one.
#[must_use]
pub fn admin_connector(connector: &Connector, server: ServerFields) -> wire::Connector {
    let draft = connector.to_draft();
    wire::Connector {
        id: draft.id,
        name: draft.name,
        comment: draft.comment,
        enabled: draft.enabled,
        usage: choices::write_usage(draft.usage).into(),
        address_spaces: draft.address_spaces.into_iter().map(write_space).collect(),
        linked_listener: draft.linked_listener,
        sender_filter: draft.sender_filter,
        scoped: draft.scoped,
        source_relays: draft.source_relays,
        max_message_size: draft.max_message_size,
        dns_routing: draft.dns_routing,
        smart_hosts: draft.smart_hosts.into_iter().map(write_host).collect(),
        port: draft.port,
        auth_mechanism: choices::write_mechanism(draft.auth_mechanism).into(),
        credential: draft.credential.map(account::write),
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
        connection_inactivity_timeout: draft.connection_inactivity_timeout.map(duration::write),
        max_messages_per_connection: draft.max_messages_per_connection,
        max_connections: draft.max_connections,
        max_messages_per_minute: draft.max_messages_per_minute,
        final_reply_timeout: draft.final_reply_timeout.map(duration::write),
        error_policies: draft.error_policies.into_iter().map(|p| choices::write_policy(p).into()).collect(),
        custom_failures: draft.custom_failures,
        protocol_logging_level: choices::write_logging(draft.verbose_protocol_log).into(),
        xclient: draft.xclient,
        inject_trace_context: draft.inject_trace_context,
        mandatory: draft.mandatory,
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

/// Reads a span of time; a malformed one is a violation, in the words that the model has for one out of range.
pub(crate) fn read_span(
    wire: Option<&prost_types::Duration>,
    field: &str,
    text: &str,
    violations: &mut Violations,
) -> Option<std::time::Duration> {
    let read = wire.map(duration::read)?;
    if read.is_none() {
        violations.add(field, text);
    }
    read
}

fn write_space(space: AddressSpaceDraft) -> wire::AddressSpace {
    wire::AddressSpace { r#type: space.kind, space: space.space, cost: space.cost }
}

fn write_host(host: SmartHostDraft) -> wire::SmartHost {
    wire::SmartHost {
        host: host.host,
        port: host.port,
        implicit_tls: host.implicit_tls,
        priority: host.priority,
        weight: host.weight,
    }
}

fn draft(message: &wire::Connector, id: &ConnectorId, v: &mut Violations) -> ConnectorDraft {
    let credential = account::read(message.credential.as_ref());
    let inactivity = message.connection_inactivity_timeout.as_ref();
    ConnectorDraft {
        id: id.to_string(),
        name: message.name.clone(),
        comment: message.comment.clone(),
        enabled: message.enabled,
        usage: choices::read_usage(message.usage, v),
        address_spaces: message.address_spaces.iter().map(read_space).collect(),
        linked_listener: message.linked_listener.clone(),
        sender_filter: message.sender_filter.clone(),
        scoped: message.scoped,
        source_relays: message.source_relays.clone(),
        max_message_size: message.max_message_size,
        dns_routing: message.dns_routing,
        smart_hosts: message.smart_hosts.iter().map(read_host).collect(),
        port: message.port,
        auth_mechanism: account::read_mechanism(message.auth_mechanism, credential.as_ref(), v),
        credential,
        require_tls: message.require_tls,
        ignore_starttls: message.ignore_starttls,
        tls_auth_level: choices::read_level(message.tls_auth_level, v),
        tls_domain: message.tls_domain.clone(),
        client_certificate: message.client_certificate.clone(),
        trusted_roots: message.trusted_roots.clone(),
        helo_name: message.helo_name.clone(),
        force_helo: message.force_helo,
        source_ip: message.source_ip.clone(),
        address_family: choices::read_family(message.address_family, v),
        connection_inactivity_timeout: read_span(inactivity, "connection_inactivity_timeout", BAD_INACTIVITY, v),
        max_messages_per_connection: message.max_messages_per_connection,
        max_connections: message.max_connections,
        max_messages_per_minute: message.max_messages_per_minute,
        final_reply_timeout: read_span(message.final_reply_timeout.as_ref(), "final_reply_timeout", BAD_TIMEOUT, v),
        error_policies: choices::read_policies(&message.error_policies, v),
        custom_failures: message.custom_failures.clone(),
        verbose_protocol_log: choices::read_logging(message.protocol_logging_level, v),
        xclient: message.xclient,
        inject_trace_context: message.inject_trace_context,
        mandatory: message.mandatory,
        labels: message.labels.clone(),
    }
}

fn read_space(space: &wire::AddressSpace) -> AddressSpaceDraft {
    AddressSpaceDraft { kind: space.r#type.clone(), space: space.space.clone(), cost: space.cost }
}

fn read_host(host: &wire::SmartHost) -> SmartHostDraft {
    SmartHostDraft {
        host: host.host.clone(),
        port: host.port,
        implicit_tls: host.implicit_tls,
        priority: host.priority,
        weight: host.weight,
    }
}
