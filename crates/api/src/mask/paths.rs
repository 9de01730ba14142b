//! The fields of a connector that a mask can name.

use super::account::carry_credential;
use crate::connector::v1 as wire;

/// A path that a mask can name.
pub(super) struct Path {
    pub(super) name: &'static str,
    /// Carries the field over from a change to the connector as it is.
    pub(super) carry: fn(&mut wire::Connector, &wire::Connector),
    /// Whether a change without a mask means this field.
    pub(super) populated: fn(&wire::Connector) -> bool,
}

/// A field that is carried as it is; it is populated when it has another value than an empty message.
macro_rules! plain {
    ($field:ident) => {
        Path {
            name: stringify!($field),
            carry: |to, from| to.$field.clone_from(&from.$field),
            populated: |change| change.$field != wire::Connector::default().$field,
        }
    };
}

/// In the order of the message.
pub(super) const PATHS: [Path; 37] = [
    plain!(name),
    plain!(comment),
    plain!(enabled),
    plain!(address_spaces),
    plain!(dns_routing),
    plain!(smart_hosts),
    plain!(port),
    plain!(auth_mechanism),
    Path { name: "credential", carry: carry_credential, populated: |change| change.credential.is_some() },
    plain!(require_tls),
    plain!(ignore_starttls),
    plain!(tls_auth_level),
    plain!(tls_domain),
    plain!(helo_name),
    plain!(source_ip),
    plain!(max_message_size),
    plain!(connection_inactivity_timeout),
    plain!(max_messages_per_connection),
    plain!(error_policies),
    plain!(final_reply_timeout),
    plain!(custom_failures),
    plain!(labels),
    plain!(protocol_logging_level),
    plain!(scoped),
    plain!(source_relays),
    Path { name: "usage", carry: carry_usage, populated: |change| change.usage != 0 },
    plain!(linked_listener),
    plain!(sender_filter),
    plain!(max_connections),
    plain!(max_messages_per_minute),
    plain!(trusted_roots),
    plain!(xclient),
    plain!(inject_trace_context),
    plain!(mandatory),
    plain!(client_certificate),
    plain!(force_helo),
    plain!(address_family),
];

/// Fields that only the control plane writes: naming them changes nothing (AIP-203).
pub(super) const OUTPUT_ONLY: [&str; 6] = ["id", "revision", "etag", "create_time", "update_time", "warnings"];

/// A usage that is not said stays: it is fixed, and whoever replaces everything else does not mean it.
fn carry_usage(to: &mut wire::Connector, from: &wire::Connector) {
    if from.usage != 0 {
        to.usage = from.usage;
    }
}
