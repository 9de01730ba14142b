//! Parameters that are no part of a connector.

use super::parameters::Parameters;
use crate::import::report::{Fate, Report};

/// Parameters that are read elsewhere.
const READ: [&str; 18] = [
    "relayhost",
    "transport_maps",
    "sender_dependent_relayhost_maps",
    "smtp_sasl_password_maps",
    "smtp_sasl_auth_enable",
    "smtp_sender_dependent_authentication",
    "smtp_tls_security_level",
    "smtp_use_tls",
    "smtp_enforce_tls",
    "smtp_tls_wrappermode",
    "message_size_limit",
    "smtp_helo_name",
    "smtp_bind_address",
    "smtp_bind_address6",
    "inet_protocols",
    "smtp_fallback_relay",
    "compatibility_level",
    "config_directory",
];

/// Domains whose mail Postfix keeps: here nothing is delivered locally.
const LOCAL: [&str; 4] = ["mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains"];

/// What is known about others.
const KNOWN: [(&str, &str); 16] = [
    ("smtp_tls_policy_maps", "levels by destination are not read; set them on the connectors"),
    ("smtp_tls_CAfile", "store it with `postroad certificate create NAME` and name it in trusted_roots"),
    ("smtp_tls_CApath", "store the roots with `postroad certificate create NAME` and name them in trusted_roots"),
    ("smtp_tls_cert_file", "store it with `postroad certificate create NAME` and name it in client_certificate"),
    ("smtp_tls_key_file", "store it with its certificate: `postroad certificate create NAME --key-file`"),
    ("smtp_tls_chain_files", "store it with `postroad certificate create NAME` and name it in client_certificate"),
    ("sender_dependent_default_transport_maps", "write sender_filter and source_ip on connectors of their own"),
    ("default_transport", "write a connector for *"),
    ("myhostname", "the relay's own name: --host-name of postroad-relay"),
    ("mynetworks", "who may send is a setting of the relay's listeners: allowed networks"),
    ("inet_interfaces", "where relays listen is a setting of their listeners"),
    ("smtp_generic_maps", "addresses are not rewritten: the message leaves as it came"),
    ("canonical_maps", "addresses are not rewritten: the message leaves as it came"),
    ("sender_canonical_maps", "addresses are not rewritten: the message leaves as it came"),
    ("header_checks", "messages are not looked into"),
    ("smtp_header_checks", "messages are not looked into"),
];

/// Beginnings of names, and why such parameters have no counterpart.
const FAMILIES: [(&str, &str); 8] = [
    ("smtpd_", "about clients: a setting of the relay's listeners, not of connectors"),
    ("maximal_queue", "there is no queue: the client keeps the message until it is accepted"),
    ("minimal_backoff", "there is no queue: the client tries again"),
    ("maximal_backoff", "there is no queue: the client tries again"),
    ("bounce_", "there is no queue and no bounce: the client is told in the reply"),
    ("delay_warning", "there is no queue: nothing is delayed"),
    ("queue_", "there is no queue"),
    ("virtual_", "nothing is delivered here, and no address rewritten"),
];

/// Tells everything that is set and was not read.
pub(super) fn report(parameters: &Parameters, report: &mut Report) {
    for name in parameters.names().filter(|name| !READ.contains(name)) {
        let value = parameters.get(name).unwrap_or_default();
        if LOCAL.contains(&name) {
            if !value.is_empty() {
                report.add(Fate::Dropped, name, format!("{value}: nothing is delivered locally here; mail for these domains goes through the connector that fits, so give them one of their own"));
            }
            continue;
        }
        let known = KNOWN.iter().find(|(known, _)| *known == name).map(|(_, why)| *why);
        let family = || FAMILIES.iter().find(|(start, _)| name.starts_with(start)).map(|(_, why)| *why);
        let why = known.or_else(family).unwrap_or("not read");
        // A value may be long, or a secret in a place that nobody expects.
        report.add(Fate::Dropped, name, why);
    }
    report.add(Fate::Dropped, "master.cf", "not read, nor are its -o options");
}
