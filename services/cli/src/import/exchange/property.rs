//! The properties of a Send connector, one by one.

use std::collections::BTreeMap;

use postroad_api::connector::v1::Connector;
use serde_json::Value;

use super::enumeration::{ENUMERATIONS, named};
use super::value::{is_nothing, size, span, text, texts, truth};
use crate::address_space;
use crate::connector::catalogue::field;
use crate::import::report::Fate;
use crate::span_of_time;

/// Bytes that a limited size may have at most.
const LARGEST: u64 = 2_147_483_647;

/// What became of the properties of one connector.
pub(super) struct Notes {
    pub(super) subject: String,
    pub(super) lines: Vec<(Fate, String)>,
}

impl Notes {
    pub(super) fn add(&mut self, fate: Fate, text: impl Into<String>) {
        self.lines.push((fate, text.into()));
    }
}

/// Properties that have a field of the same meaning, and that field.
const PLAIN: [(&str, &str); 12] = [
    ("Comment", "comment"),
    ("Enabled", "enabled"),
    ("DNSRoutingEnabled", "dns_routing"),
    ("Port", "port"),
    ("RequireTLS", "require_tls"),
    ("IgnoreSTARTTLS", "ignore_starttls"),
    ("Fqdn", "helo_name"),
    ("ForceHELO", "force_helo"),
    ("SmtpMaxMessagesPerConnection", "max_messages_per_connection"),
    ("IsScopedConnector", "scoped"),
    ("SourceIPAddress", "source_ip"),
    ("SmartHosts", "smart_hosts"),
];

/// Properties without a field, and why.
const GONE: [(&str, &str); 7] = [
    ("FrontendProxyEnabled", "a relay that is no source relay forwards by itself"),
    ("UseExternalDNSServersEnabled", "the resolver is a setting of the relay"),
    ("CloudServicesMailEnabled", "headers of Exchange only"),
    ("RequireOorg", "headers of Exchange only"),
    ("ConnectorType", "headers of Exchange only"),
    ("IsCoexistenceConnector", "headers of Exchange only"),
    ("HomeMtaServer", "there is one kind of relay"),
];

/// Carries one property over.
pub(super) fn carry(property: &str, value: &Value, all: &BTreeMap<&str, &Value>, c: &mut Connector, notes: &mut Notes) {
    if let Some((_, path)) = PLAIN.iter().find(|(name, _)| *name == property) {
        return plain(property, path, &texts_of(property, value, all), c, notes);
    }
    if let Some((_, why)) = GONE.iter().find(|(name, _)| *name == property) {
        let said = text(value).unwrap_or_default();
        if !["false", "Default", "0"].contains(&said.as_str()) {
            notes.add(Fate::Dropped, format!("{property} {said}: {why}"));
        }
        return;
    }
    if let Some(enumeration) = ENUMERATIONS.iter().find(|it| it.property == property) {
        return named(enumeration, value, c, notes);
    }
    match property {
        "AddressSpaces" => spaces(value, c, notes),
        "MaxMessageSize" => max_size(value, c, notes),
        "ConnectionInactivityTimeOut" => match span(value) {
            Some(time) => plain(property, "connection_inactivity_timeout", &[span_of_time::show(time)], c, notes),
            None => unread(property, value, notes),
        },
        "ErrorPolicies" => policies(value, c, notes),
        "TlsDomain" => tls_domain(value, c, notes),
        "LinkedReceiveConnector" => linked(value, c, notes),
        "TlsCertificateName" => notes.add(
            Fate::Dropped,
            format!(
                "{property} {}: certificates have names here; store it with `postroad certificate create NAME`, then \
                 write client_certificate: NAME",
                text(value).unwrap_or_default()
            ),
        ),
        "SourceTransportServers" => sources(value, all, c, notes),
        "DomainSecureEnabled" if truth(value) == Some(true) => {
            c.require_tls = true;
            notes.add(Fate::Changed, "DomainSecureEnabled: require_tls is set; for the checks set tls_auth_level: DOMAIN_VALIDATION and client_certificate");
        }
        // Settled at the end, or said by another property.
        "AuthenticationCredential" | "DomainSecureEnabled" => {}
        _ => notes.add(Fate::Dropped, format!("{property} {}: not known", text(value).unwrap_or_default())),
    }
}

/// SmartHosts may have come out flattened beyond use; then the text beside it helps.
fn texts_of(property: &str, value: &Value, all: &BTreeMap<&str, &Value>) -> Vec<String> {
    match property {
        "SmartHosts" => {
            let hosts = texts(value);
            let odd = hosts.iter().any(|host| host.starts_with("Microsoft.") || host.starts_with("System."));
            let spare = all.get("SmartHostsString").map(|value| texts(value)).filter(|hosts| !hosts.is_empty());
            let hosts = if odd || hosts.is_empty() { spare.unwrap_or(hosts) } else { hosts };
            hosts.iter().map(|host| host.trim_matches(['[', ']']).to_owned()).collect()
        }
        _ => text(value).into_iter().collect(),
    }
}

pub(super) fn plain(property: &str, path: &str, texts: &[String], c: &mut Connector, notes: &mut Notes) {
    let Some(field) = field(path) else { return };
    match field.put_texts(c, texts) {
        Ok(()) => {
            let shown = field.texts(c).join(", ");
            notes.add(Fate::Carried, format!("{property} -> {path}: {shown}"));
        }
        Err(problems) => {
            let problems: Vec<_> = problems.into_iter().map(|(text, why)| format!("\"{text}\": {why}")).collect();
            notes.add(Fate::Dropped, format!("{property}: {}", problems.join(" ")));
        }
    }
}

pub(super) fn unread(property: &str, value: &Value, notes: &mut Notes) {
    notes.add(Fate::Dropped, format!("{property}: the value cannot be read: {value}"));
}

fn spaces(value: &Value, c: &mut Connector, notes: &mut Notes) {
    for one in entries(value) {
        let (written, local) = match &one {
            Value::Object(parts) if parts.contains_key("Address") || parts.contains_key("Domain") => {
                let part = |name: &str| parts.get(name).and_then(text);
                let kind = part("Type").unwrap_or_else(|| "SMTP".to_owned());
                let space = part("Address").or_else(|| part("Domain")).unwrap_or_default();
                let cost = part("Cost").unwrap_or_else(|| "1".to_owned());
                (format!("{kind}:{space};{cost}"), parts.get("IsLocal").and_then(truth) == Some(true))
            }
            other => {
                let written = text(other).unwrap_or_default();
                match written.get(..6).filter(|start| start.eq_ignore_ascii_case("local:")) {
                    Some(_) => (written.get(6..).unwrap_or_default().to_owned(), true),
                    None => (written, false),
                }
            }
        };
        match address_space::parse(&written) {
            Ok(space) => {
                notes.add(Fate::Carried, format!("AddressSpaces -> address_spaces: {}", address_space::show(&space)));
                c.address_spaces.push(space);
            }
            Err(problem) => notes.add(Fate::Dropped, format!("AddressSpaces \"{written}\": {problem}")),
        }
        if local {
            c.scoped = true;
            notes.add(Fate::Changed, format!("AddressSpaces Local:{written} -> scoped: true"));
        }
    }
}

/// Address spaces, also those that PowerShell has flattened into one text.
fn entries(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.iter().flat_map(entries).collect(),
        Value::String(whole) if address_space::parse(whole).is_err() => {
            texts(value).into_iter().map(Value::String).collect()
        }
        one => vec![one.clone()],
    }
}

fn max_size(value: &Value, c: &mut Connector, notes: &mut Notes) {
    let Some(bytes) = size(value) else { return unread("MaxMessageSize", value, notes) };
    let (bytes, fate) = match bytes {
        0 => (0, Fate::Carried),
        large if large > LARGEST => (0, Fate::Changed),
        odd if !odd.is_multiple_of(1024) => (odd.next_multiple_of(1024), Fate::Changed),
        bytes => (bytes, Fate::Carried),
    };
    c.max_message_size = Some(bytes);
    notes.add(fate, format!("MaxMessageSize -> max_message_size: {}", crate::byte_size::show(bytes)));
}

fn policies(value: &Value, c: &mut Connector, notes: &mut Notes) {
    for said in texts(value) {
        let name = match said.to_ascii_lowercase().as_str() {
            "default" | "0" => continue,
            "downgradednsfailures" => "DOWNGRADE_DNS_FAILURES",
            "downgradecustomfailures" => "DOWNGRADE_CUSTOM_FAILURES",
            "upgradecustomfailures" => "UPGRADE_CUSTOM_FAILURES",
            _ => {
                notes.add(Fate::Dropped, format!("ErrorPolicies {said}: there is no such policy"));
                continue;
            }
        };
        let custom = name.contains("CUSTOM");
        if let Some(field) = field("error_policies") {
            let mut texts = field.texts(c);
            texts.push(name.to_owned());
            // The name is one of the table.
            let _known = field.put_texts(c, &texts);
        }
        match custom {
            true => {
                notes.add(Fate::Changed, format!("ErrorPolicies {said}: list the replies it is for in custom_failures"))
            }
            false => notes.add(Fate::Carried, format!("ErrorPolicies -> error_policies: {name}")),
        }
    }
}

fn tls_domain(value: &Value, c: &mut Connector, notes: &mut Notes) {
    let Some(domain) = text(value) else { return unread("TlsDomain", value, notes) };
    let below = matches!(value, Value::Object(parts) if parts.get("IncludeSubDomains").and_then(truth) == Some(true));
    let domain = if below && !domain.starts_with("*.") { format!("*.{domain}") } else { domain };
    plain("TlsDomain", "tls_domain", &[domain], c, notes);
}

fn linked(value: &Value, c: &mut Connector, notes: &mut Notes) {
    let Some(said) = text(value) else { return unread("LinkedReceiveConnector", value, notes) };
    let last = said.rsplit('\\').next().unwrap_or(&said);
    let name: String =
        last.chars().map(|ch| if ch.is_ascii_alphanumeric() || ".-_".contains(ch) { ch } else { '-' }).collect();
    c.linked_listener.clone_from(&name);
    notes.add(Fate::Changed, format!("LinkedReceiveConnector {said} -> linked_listener: {name}; a listener of this name must be set up on the relays"));
}

fn sources(value: &Value, all: &BTreeMap<&str, &Value>, c: &mut Connector, notes: &mut Notes) {
    let servers = texts(value);
    let scoped = c.scoped || all.get("IsScopedConnector").and_then(|value| truth(value)) == Some(true);
    if scoped {
        notes.add(
            Fate::Changed,
            format!(
                "SourceTransportServers -> source_relays: {}; relays of these names are needed",
                servers.join(", ")
            ),
        );
        c.source_relays = servers;
    } else {
        notes.add(
            Fate::Changed,
            format!(
                "SourceTransportServers {}: every relay opens connections, unless source_relays names some",
                servers.join(", ")
            ),
        );
    }
}

/// What depends on several properties.
pub(super) fn settle(all: &BTreeMap<&str, &Value>, c: &mut Connector, notes: &mut Notes) {
    let said = |name: &str| all.get(name).is_some_and(|value| !is_nothing(value));
    if !c.smart_hosts.is_empty() && c.dns_routing == Some(true) {
        c.smart_hosts.clear();
        notes.add(Fate::Changed, "SmartHosts: DNSRoutingEnabled is true, so they were not used");
    }
    if c.scoped && c.source_relays.is_empty() && said("SourceTransportServers") {
        c.source_relays = all.get("SourceTransportServers").map(|value| texts(value)).unwrap_or_default();
    }
    if !c.linked_listener.is_empty() && c.max_message_size.is_some_and(|bytes| bytes != 0) {
        c.max_message_size = Some(0);
        notes.add(
            Fate::Changed,
            "MaxMessageSize: a connector linked to a listener has no limit of its own; limit the listener",
        );
    }
    if ["0.0.0.0", "::"].contains(&c.source_ip.as_str()) {
        c.source_ip.clear();
    }
}
