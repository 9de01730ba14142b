//! A connector from its draft. The texts are those of the operator's reference.

mod credential;
mod lists;
mod relays;
mod tls;
mod values;
mod warnings;
mod written;

use std::time::Duration;

use super::{Connector, ConnectorId, ConnectorName, SizeLimit};
use crate::{ConnectorDraft, ResourceName, Usage, Violations, Warning};

/// Where nothing else is written.
const INACTIVITY: Duration = Duration::from_secs(600);
/// Where nothing else is written.
const MESSAGES_PER_CONNECTION: u32 = 20;

impl Connector {
    /// Checks a draft and brings it into stored form.
    ///
    /// Domains become lower-case A-labels, hosts lose their brackets, the size limit is rounded up to whole KB, and what
    /// is absent becomes its default: enabled, port 25, 35 MB, cost 1, and so on. A warning names something that is
    /// accepted although its writer may not have meant it.
    ///
    /// # Errors
    /// Every problem of the draft at once, in the order of the fields. What depends on other objects (a name in use, a
    /// certificate that is not there) is not looked at here.
    pub fn from_draft(draft: ConnectorDraft) -> Result<(Self, Vec<Warning>), Violations> {
        let mut violations = Violations::default();
        let read = Self::read(draft, &mut violations);
        match read {
            Some(connector) if violations.is_empty() => {
                let warnings = connector.warnings();
                Ok((connector, warnings))
            }
            _ => Err(violations),
        }
    }

    /// `None` only where a violation was added.
    #[expect(clippy::too_many_lines, reason = "one line for each field")]
    fn read(draft: ConnectorDraft, v: &mut Violations) -> Option<Self> {
        let name = ConnectorName::parse(&draft.name).map_err(|error| v.add("name", error.to_string())).ok();
        values::check_comment(&draft.comment, v);
        let address_spaces = lists::read_address_spaces(&draft, v);
        let linked_listener = read_name(&draft.linked_listener, "linked_listener", v);
        let sender_filter = lists::read_sender_filter(&draft.sender_filter, v);
        let source_relays = relays::read_source_relays(&draft, v);
        let max_message_size = read_size(&draft, v);
        let dns_routing = draft.dns_routing.unwrap_or(draft.smart_hosts.is_empty());
        check_linked(&draft, dns_routing, v);
        let smart_hosts = lists::read_smart_hosts(&draft, dns_routing, v);
        let port = values::read_port(draft.port, || "port".to_owned(), v);
        let authentication = credential::read_authentication(&draft, dns_routing, v);
        let tls = tls::read(&draft, dns_routing, v);
        let helo_name = values::read_helo_name(&draft.helo_name, v);
        values::check_force_helo(&draft, v);
        let source_ip = values::read_source_ip(&draft.source_ip, draft.address_family, v);
        let connection_inactivity_timeout = values::read_inactivity(draft.connection_inactivity_timeout, v);
        let max_messages_per_connection =
            values::read_number(draft.max_messages_per_connection, "max_messages_per_connection", v);
        let max_connections = values::read_port(draft.max_connections, || "max_connections".to_owned(), v);
        let max_messages_per_minute = values::read_number(draft.max_messages_per_minute, "max_messages_per_minute", v);
        let final_reply_timeout = values::read_timeout(draft.final_reply_timeout, v);
        let custom_failures = lists::read_custom_failures(&draft, v);
        crate::labels::check(&draft.labels, v);
        Some(Self {
            id: ConnectorId::new(&draft.id),
            name: name?,
            comment: draft.comment,
            enabled: draft.enabled.unwrap_or(true),
            usage: draft.usage,
            address_spaces,
            linked_listener,
            sender_filter,
            scoped: draft.scoped,
            source_relays,
            max_message_size: max_message_size?,
            dns_routing,
            smart_hosts,
            port: port.map_or(25, Into::into),
            authentication: authentication?,
            require_tls: draft.require_tls,
            ignore_starttls: draft.ignore_starttls,
            tls_auth_level: draft.tls_auth_level,
            tls_domain: tls.domain,
            client_certificate: tls.client_certificate,
            trusted_roots: tls.trusted_roots,
            helo_name,
            force_helo: draft.force_helo,
            source_ip,
            address_family: draft.address_family,
            connection_inactivity_timeout: connection_inactivity_timeout.unwrap_or(INACTIVITY),
            max_messages_per_connection: max_messages_per_connection.map_or(MESSAGES_PER_CONNECTION, Into::into),
            max_connections,
            max_messages_per_minute,
            final_reply_timeout,
            error_policies: lists::distinct(draft.error_policies),
            custom_failures,
            verbose_protocol_log: draft.verbose_protocol_log,
            xclient: draft.xclient,
            inject_trace_context: draft.inject_trace_context,
            mandatory: draft.mandatory,
            labels: draft.labels,
        })
    }
}

/// Unset with usage INTERNAL or a linked listener: unlimited.
fn read_size(draft: &ConnectorDraft, v: &mut Violations) -> Option<SizeLimit> {
    let unlimited = draft.usage == Usage::Internal || !draft.linked_listener.is_empty();
    let bytes = draft.max_message_size.or(unlimited.then_some(0));
    SizeLimit::from_field(bytes).map_err(|error| v.add("max_message_size", error.to_string())).ok()
}

/// What a linked listener rules out, address spaces apart.
fn check_linked(draft: &ConnectorDraft, dns_routing: bool, v: &mut Violations) {
    if draft.linked_listener.is_empty() {
        return;
    }
    if dns_routing {
        v.add("dns_routing", "A connector linked to a listener must use smart hosts.");
    }
    if draft.max_message_size.is_some_and(|bytes| bytes != 0) {
        v.add("max_message_size", "A connector linked to a listener must be unlimited in size.");
    }
    if !draft.sender_filter.is_empty() {
        v.add("sender_filter", "A connector linked to a listener takes every sender.");
    }
}

/// `None` for the empty text, which means none.
fn read_name(text: &str, field: &str, v: &mut Violations) -> Option<ResourceName> {
    if text.is_empty() {
        return None;
    }
    ResourceName::parse(text).map_err(|error| v.add(field, error.to_string())).ok()
}
