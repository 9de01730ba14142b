//! What is absent becomes its default.

use std::time::Duration;

use postroad_connector_model::{AddressFamily, Authentication, ConnectorDraft, Usage};

use super::sound::{by_mx, check, linked};

#[test]
fn every_field_has_its_default() {
    let connector = check(|_| {}).unwrap();
    // Every field is named here, so that a new one cannot be forgotten.
    let ConnectorDraft {
        id,
        name,
        comment,
        enabled,
        usage,
        address_spaces,
        linked_listener,
        sender_filter,
        scoped,
        source_relays,
        max_message_size,
        dns_routing,
        smart_hosts,
        port,
        auth_mechanism: _,
        credential,
        require_tls,
        ignore_starttls,
        tls_auth_level,
        tls_domain,
        client_certificate,
        trusted_roots,
        helo_name,
        force_helo,
        source_ip,
        address_family,
        connection_inactivity_timeout,
        max_messages_per_connection,
        max_connections,
        max_messages_per_minute,
        final_reply_timeout,
        error_policies,
        custom_failures,
        verbose_protocol_log,
        xclient,
        inject_trace_context,
        mandatory,
        labels,
    } = connector.to_draft();
    assert_eq!((id.as_str(), name.as_str()), ("c0ffee00-0000-4000-8000-000000000001", "Smart host to Internet"));
    assert_eq!((enabled, usage, scoped), (Some(true), Usage::Custom, false));
    assert_eq!((address_spaces[0].kind.as_str(), address_spaces[0].cost), ("SMTP", Some(1)));
    assert_eq!((max_message_size, dns_routing, port), (Some(36_700_160), Some(false), 25));
    let host = &smart_hosts[0];
    assert_eq!((host.port, host.implicit_tls, host.priority, host.weight), (0, false, 0, Some(1)));
    assert_eq!((connector.authentication, credential), (Authentication::None, None));
    assert_eq!((require_tls, ignore_starttls, tls_auth_level), (false, false, None));
    assert_eq!((force_helo, address_family), (false, AddressFamily::Any));
    assert_eq!(connection_inactivity_timeout, Some(Duration::from_secs(600)));
    assert_eq!((max_messages_per_connection, max_connections, max_messages_per_minute), (20, 0, 0));
    assert_eq!(final_reply_timeout, None);
    assert!(!(verbose_protocol_log || xclient || inject_trace_context || mandatory));
    for text in [comment, linked_listener, tls_domain, client_certificate, trusted_roots, helo_name, source_ip] {
        assert_eq!(text, "");
    }
    assert!(sender_filter.is_empty() && source_relays.is_empty() && custom_failures.is_empty());
    assert!(error_policies.is_empty() && labels.is_empty());
}

#[test]
fn mx_routing_is_the_default_where_no_smart_hosts_are_given() {
    assert!(check(by_mx).unwrap().dns_routing);
    assert!(!check(|_| {}).unwrap().dns_routing);
    assert!(!check(|d| d.dns_routing = Some(false)).unwrap().dns_routing);
}

#[test]
fn the_size_limit_depends_on_usage_and_listener() {
    let size = |change: fn(&mut ConnectorDraft)| check(change).unwrap().max_message_size.bytes();
    for (change, expected) in [
        ((|d| d.usage = Usage::Custom) as fn(&mut ConnectorDraft), Some(36_700_160)),
        (|d| d.usage = Usage::Internet, Some(36_700_160)),
        (|d| d.usage = Usage::Partner, Some(36_700_160)),
        (|d| d.usage = Usage::Internal, None),
        (linked, None),
        (|d| d.max_message_size = Some(0), None),
    ] {
        assert_eq!(size(change), expected);
    }
    let chosen = size(|d| {
        d.usage = Usage::Internal;
        d.max_message_size = Some(1024);
    });
    assert_eq!(chosen, Some(1024));
    let unlimited = size(|d| {
        linked(d);
        d.max_message_size = Some(0);
    });
    assert_eq!(unlimited, None);
}

#[test]
fn zero_means_the_default_where_the_table_says_so() {
    let connector = check(|d| {
        d.port = 0;
        d.max_messages_per_connection = 0;
        d.max_connections = 0;
        d.max_messages_per_minute = 0;
        d.final_reply_timeout = Some(Duration::ZERO);
        d.source_ip = "0.0.0.0".to_owned();
    })
    .unwrap();
    assert_eq!(connector, check(|_| {}).unwrap());
    assert_eq!(check(|d| d.source_ip = "::".to_owned()).unwrap().source_ip, None);
}
