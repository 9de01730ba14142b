//! What is accepted although its writer may not have meant it, for reasons outside the connector.

use postroad_config_publisher::Registry;
use postroad_connector_model::{AddressFamily, Authentication, Connector, SourceRelay, TlsAuthLevel, Warning};

use crate::objects::Objects;

/// Said of a field that relays of this version keep and do not act on.
const NOT_YET: &str = "Relays of this version do not act on this yet, so the connector is not usable there.";

/// All of them.
pub(super) fn of(connector: &Connector, objects: &Objects, registry: &Registry) -> Vec<Warning> {
    let mut warnings = strangers(connector, objects, registry);
    let not_yet = |field: &str| Warning { field: field.to_owned(), text: NOT_YET.to_owned() };
    warnings.extend(unsupported(connector).map(not_yet));
    warnings
}

/// Relays and listeners that nobody has heard of.
fn strangers(connector: &Connector, objects: &Objects, registry: &Registry) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (at, source) in connector.source_relays.iter().enumerate() {
        let known = match source {
            SourceRelay::Relay(name) => objects.relays.contains_key(name) || registry.has_seen(name.folded()),
            SourceRelay::Group(_) => {
                objects.relays.iter().any(|(name, relay)| source.covers(name, &relay.value.labels))
            }
        };
        if !known {
            let text = match source {
                SourceRelay::Relay(_) => "No relay of this name has been registered or seen yet.",
                SourceRelay::Group(_) => "No registered relay has this label.",
            };
            warnings.push(Warning { field: format!("source_relays[{at}]"), text: text.to_owned() });
        }
    }
    if let Some(listener) = &connector.linked_listener
        && !registry.has_listener(listener.folded())
    {
        let text = "No relay has named a listener of this name yet.".to_owned();
        warnings.push(Warning { field: "linked_listener".to_owned(), text });
    }
    warnings
}

/// Fields that hold what relays do not do yet.
fn unsupported(connector: &Connector) -> impl Iterator<Item = &'static str> {
    let mechanism = !matches!(
        connector.authentication,
        Authentication::None | Authentication::Basic { .. } | Authentication::ExternallySecured
    );
    let level =
        matches!(connector.tls_auth_level, Some(TlsAuthLevel::CertificateValidation | TlsAuthLevel::DomainValidation));
    [
        ("dns_routing", connector.dns_routing),
        ("auth_mechanism", mechanism),
        ("tls_auth_level", level),
        ("client_certificate", connector.client_certificate.is_some()),
        ("trusted_roots", connector.trusted_roots.is_some()),
        ("force_helo", connector.force_helo),
        ("source_ip", connector.source_ip.is_some()),
        ("address_family", connector.address_family != AddressFamily::Any),
        ("error_policies", !connector.error_policies.is_empty()),
        ("max_connections", connector.max_connections.is_some()),
        ("max_messages_per_minute", connector.max_messages_per_minute.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, used)| used.then_some(field))
}
