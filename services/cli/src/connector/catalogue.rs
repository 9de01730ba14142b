//! The table of all fields of a connector.

use std::time::Duration;

use postroad_api::connector::v1::{Connector, Usage};

use super::choice::{FAMILIES, LEVELS, LOGGING, MECHANISMS, POLICIES, USAGES};
use super::field::{Field, Kind};
use crate::span_of_time::{from_wire, to_wire};

const GENERAL: &str = "Name and purpose";
const MAIL: &str = "Which mail it carries";
const HOSTS: &str = "Where the mail goes";
const LOGIN: &str = "Login";
const TLS: &str = "TLS";
const RELAYS: &str = "Which relays open the connection, and how";
const LIMITS: &str = "Limits";
const ERRORS: &str = "Refusals of the smart host";
const RECORDS: &str = "Records";

macro_rules! text {
    ($field:ident) => {
        Kind::Text(|c| &c.$field, |c, value| c.$field = value)
    };
}
macro_rules! switch {
    ($field:ident) => {
        Kind::Switch(|c| c.$field, |c, value| c.$field = value)
    };
}
macro_rules! number {
    ($field:ident) => {
        Kind::Number(|c| c.$field, |c, value| c.$field = value)
    };
    ($field:ident, $default:literal) => {
        Kind::Number(|c| if c.$field == 0 { $default } else { c.$field }, |c, value| c.$field = value)
    };
}
macro_rules! choice {
    ($field:ident, $choices:ident) => {
        Kind::Choice(&$choices, |c| c.$field, |c, value| c.$field = value)
    };
}
macro_rules! texts {
    ($field:ident) => {
        Kind::Texts(|c| &c.$field, |c, value| c.$field = value)
    };
}

/// One line of the table.
macro_rules! fields {
    ($($part:ident, $path:literal, $flag:literal, $label:literal, $kind:expr, $help:literal;)*) => {
        &[$(Field { path: $path, flag: $flag, label: $label, part: $part, help: $help, kind: $kind }),*]
    };
}

/// Every field, in the order in which help texts, files and sheets have them.
pub(crate) const FIELDS: &[Field] = fields![
    GENERAL, "name", "name", "name", text!(name),
        "The operator's name for it: 1 to 64 characters, unique without regard to case";
    GENERAL, "comment", "comment", "comment", text!(comment), "Free text";
    GENERAL, "enabled", "enabled", "enabled", Kind::Switch(|c| c.enabled.unwrap_or(true), |c, value| c.enabled = Some(value)),
        "False: route selection ignores the connector [default: true]";
    GENERAL, "usage", "usage", "usage", choice!(usage, USAGES),
        "What it is for: a label and a size default, fixed at creation [default: custom]";
    MAIL, "address_spaces", "address-space", "address spaces", Kind::Spaces,
        "Which recipients it serves: [TYPE:]SPACE[;COST], for example \"*\", \"contoso.com\" or \"SMTP:*.contoso.com;5\"";
    MAIL, "linked_listener", "linked-listener", "linked listener", text!(linked_listener),
        "All mail of this listener leaves here, and nothing else does";
    MAIL, "sender_filter", "sender-filter", "sender filter", texts!(sender_filter),
        "Whose mail it carries: a@contoso.com, contoso.com, \"*.contoso.com\" or \"<>\"; everybody's when not given";
    MAIL, "scoped", "scoped", "scoped", switch!(scoped),
        "Only relays in the sites of its source relays see it";
    HOSTS, "dns_routing", "dns-routing", "MX routing",
        Kind::Switch(|c| c.dns_routing.unwrap_or(c.smart_hosts.is_empty()), |c, value| c.dns_routing = Some(value)),
        "Mail goes to the MX hosts of the recipient's domain [default: true without smart hosts]";
    HOSTS, "smart_hosts", "smart-host", "smart hosts", Kind::Hosts,
        "Where its mail goes: HOST[:PORT][,implicit-tls][,priority=N][,weight=N], for example mail.contoso.com, \
         192.0.2.7:587 or \"[2001:db8::1]:465,implicit-tls\"; the lowest priority first, weight is the share inside it";
    HOSTS, "port", "port", "port", number!(port, 25),
        "Port of every host without a port of its own [default: 25]";
    LOGIN, "auth_mechanism", "auth", "authentication", choice!(auth_mechanism, MECHANISMS),
        "How to log in at the smart hosts [default: none]";
    TLS, "require_tls", "require-tls", "require TLS", switch!(require_tls), "No TLS, no mail";
    TLS, "ignore_starttls", "ignore-starttls", "ignore STARTTLS", switch!(ignore_starttls),
        "Never send STARTTLS, even where it is offered";
    TLS, "tls_auth_level", "tls-auth-level", "TLS level", choice!(tls_auth_level, LEVELS),
        "What the smart host's certificate must show; needs --require-tls [default: unset]";
    TLS, "tls_domain", "tls-domain", "TLS domain", text!(tls_domain),
        "The domain that the certificate must show, with domain-validation: mail.contoso.com or \"*.contoso.com\"";
    TLS, "client_certificate", "client-certificate", "client certificate", text!(client_certificate),
        "Name of a stored certificate with its key: shown when a smart host asks for one";
    TLS, "trusted_roots", "trusted-roots", "trusted roots", text!(trusted_roots),
        "Name of a stored certificate set: the roots for these smart hosts [default: the relay's]";
    RELAYS, "source_relays", "source-relay", "source relays", texts!(source_relays),
        "Which relays open the outside connection: a relay's name or group:LABEL; every relay when not given";
    RELAYS, "helo_name", "helo-name", "name in EHLO", text!(helo_name),
        "The name said in EHLO [default: the relay's own]";
    RELAYS, "force_helo", "force-helo", "force HELO", switch!(force_helo),
        "HELO instead of EHLO: no STARTTLS, no AUTH, no SIZE";
    RELAYS, "source_ip", "source-ip", "source address", text!(source_ip),
        "The relay's address that connections come from [default: any]";
    RELAYS, "address_family", "address-family", "address family", choice!(address_family, FAMILIES),
        "Which addresses of a host may be used [default: any]";
    RELAYS, "mandatory", "mandatory", "mandatory", switch!(mandatory),
        "A relay is ready only while one of this connector's hosts is healthy";
    LIMITS, "max_message_size", "max-message-size", "max message size", Kind::Size(size, |c, value| c.max_message_size = Some(value)),
        "Largest message, with B, KB, MB, GB or TB, or \"unlimited\" [default: 35MB, for usage internal and with a \
         linked listener unlimited]";
    LIMITS, "connection_inactivity_timeout", "connection-inactivity-timeout", "inactivity timeout",
        Kind::Span(inactivity, |c, value| c.connection_inactivity_timeout = Some(to_wire(value))),
        "An idle connection to a smart host is closed after it, 1s to 24h [default: 10m]";
    LIMITS, "final_reply_timeout", "final-reply-timeout", "final reply timeout",
        Kind::Span(final_reply, |c, value| c.final_reply_timeout = Some(to_wire(value))),
        "How long to wait for a smart host's reply to the end of a message, 1s to 10m; 0: the listener's timer [default: 0]";
    LIMITS, "max_messages_per_connection", "max-messages-per-connection", "messages/connection",
        number!(max_messages_per_connection, 20), "Then QUIT and a new connection [default: 20]";
    LIMITS, "max_connections", "max-connections", "max connections", number!(max_connections),
        "Open connections to each smart host over all relays; 0: no limit [default: 0]";
    LIMITS, "max_messages_per_minute", "max-messages-per-minute", "messages/minute", number!(max_messages_per_minute),
        "Messages per minute over all relays; 0: no limit [default: 0]";
    ERRORS, "error_policies", "error-policy", "error policies",
        Kind::Choices(&POLICIES, |c| &c.error_policies, |c, value| c.error_policies = value),
        "What is done to the class of a smart host's refusals; nothing when not given";
    ERRORS, "custom_failures", "custom-failure", "custom failures", texts!(custom_failures),
        "A reply that the custom policies apply to: 550, 5.7.1 or \"550 5.7.1\"";
    RECORDS, "protocol_logging_level", "protocol-logging-level", "protocol log", choice!(protocol_logging_level, LOGGING),
        "How much of the conversation with smart hosts is logged [default: none]";
    RECORDS, "xclient", "xclient", "XCLIENT", switch!(xclient),
        "Send XCLIENT with the original client, where the smart host offers it";
    RECORDS, "inject_trace_context", "inject-trace-context", "inject traceparent", switch!(inject_trace_context),
        "Put a traceparent field on top of the message's header";
    RECORDS, "labels", "label", "labels", Kind::Labels,
        "KEY=VALUE for lists and filters; routing ignores labels";
];

/// Looks a field up by its name in the API.
pub(crate) fn field(path: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.path == path)
}

fn size(c: &Connector) -> u64 {
    let unlimited = c.usage == Usage::Internal as i32 || !c.linked_listener.is_empty();
    c.max_message_size.unwrap_or(if unlimited { 0 } else { 36_700_160 })
}

fn inactivity(c: &Connector) -> Duration {
    c.connection_inactivity_timeout.as_ref().and_then(from_wire).unwrap_or(Duration::from_secs(600))
}

fn final_reply(c: &Connector) -> Duration {
    c.final_reply_timeout.as_ref().and_then(from_wire).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message as _;

    /// Of the message, without what only the control plane writes and without the account, which has its own form.
    const OTHERS: [&str; 7] = ["id", "credential", "revision", "etag", "create_time", "update_time", "warnings"];

    #[test]
    fn every_field_of_the_api_is_in_the_table() {
        let set = prost_types::FileDescriptorSet::decode(postroad_api::DESCRIPTORS).unwrap();
        let messages = set.file.iter().filter(|file| file.package() == "postroad.connector.v1");
        let message =
            messages.flat_map(|file| &file.message_type).find(|message| message.name() == "Connector").unwrap();
        for known in &message.field {
            assert!(field(known.name()).is_some() != OTHERS.contains(&known.name()), "{}", known.name());
        }
        assert_eq!(message.field.len(), FIELDS.len() + OTHERS.len());
    }

    #[test]
    fn an_empty_connector_differs_from_the_defaults_in_nothing() {
        for field in FIELDS {
            assert!(field.is_default(&Connector::default()), "{}", field.path);
        }
    }

    #[test]
    fn what_a_field_shows_it_reads() {
        let connector = crate::connector::sample();
        for field in FIELDS {
            assert!(!field.is_default(&connector), "the sample says nothing about {}", field.path);
            for value in [field.json(&connector), field.written(&connector)] {
                let mut read = Connector { smart_hosts: connector.smart_hosts.clone(), ..Connector::default() };
                field.put(&mut read, &value).unwrap();
                assert_eq!(field.json(&read), field.json(&connector), "{}", field.path);
            }
            let mut read = Connector::default();
            field.put_texts(&mut read, &field.texts(&connector)).unwrap();
            assert_eq!(field.json(&read), field.json(&connector), "{}", field.path);
        }
    }
}
