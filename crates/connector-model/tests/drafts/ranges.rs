//! Values at the bounds of their ranges are accepted; `refused_values` has those beyond.

use std::time::Duration;

use super::sound::{check, host, linked, space, texts};

#[test]
fn the_largest_values() {
    let connector = check(|d| {
        d.name = "é".repeat(64);
        d.comment = "é".repeat(1024);
        d.address_spaces = (0..1000).map(|n| space(&format!("d{n}.example"))).collect();
        d.address_spaces[0].cost = Some(100);
        d.smart_hosts = (0..100).map(|n| host(&format!("h{n}.example"))).collect();
        let first = &mut d.smart_hosts[0];
        (first.port, first.priority, first.weight) = (65_535, 65_535, Some(65_535));
        d.port = 65_535;
        d.source_relays = (0..1000).map(|n| format!("relay{n}")).collect();
        d.sender_filter = (0..1000).map(|n| format!("d{n}.example")).collect();
        d.custom_failures = (0..100).map(|n| format!("5.7.{n}")).collect();
        d.labels = (0..32).map(|n| (format!("{n:064}"), "é".repeat(256))).collect();
        d.max_message_size = Some(2_147_483_647);
        d.max_messages_per_connection = 2_147_483_647;
        d.max_messages_per_minute = 2_147_483_647;
        d.max_connections = 65_535;
        d.connection_inactivity_timeout = Some(Duration::from_secs(86_400));
        d.final_reply_timeout = Some(Duration::from_secs(600));
    })
    .unwrap();
    let first = &connector.smart_hosts[0];
    assert_eq!((first.port, first.priority, first.weight), (Some(65_535), 65_535, 65_535));
    assert_eq!((connector.port, connector.address_spaces[0].cost), (65_535, 100));
    assert_eq!(connector.max_message_size.bytes(), Some(2_147_483_647));
    assert_eq!(connector.max_messages_per_connection, 2_147_483_647);
    assert_eq!(connector.max_messages_per_minute.map(Into::into), Some(2_147_483_647_u32));
    assert_eq!(connector.max_connections.map(Into::into), Some(65_535_u16));
    assert_eq!(connector.connection_inactivity_timeout, Duration::from_secs(86_400));
    assert_eq!(connector.final_reply_timeout, Some(Duration::from_secs(600)));
}

#[test]
fn the_smallest_values() {
    let connector = check(|d| {
        d.name = "a".to_owned();
        d.address_spaces[0].cost = Some(1);
        d.smart_hosts[0].weight = Some(0);
        d.smart_hosts[0].port = 1;
        d.port = 1;
        d.max_message_size = Some(1);
        d.max_messages_per_connection = 1;
        d.max_messages_per_minute = 1;
        d.max_connections = 1;
        d.connection_inactivity_timeout = Some(Duration::from_secs(1));
        d.final_reply_timeout = Some(Duration::from_secs(1));
    })
    .unwrap();
    assert_eq!((connector.smart_hosts[0].port, connector.smart_hosts[0].weight), (Some(1), 0));
    assert_eq!((connector.port, connector.address_spaces[0].cost), (1, 1));
    assert_eq!(connector.max_message_size.bytes(), Some(1024));
    assert_eq!(connector.max_messages_per_connection, 1);
    assert_eq!(connector.final_reply_timeout, Some(Duration::from_secs(1)));
}

#[test]
fn senders_and_source_relays_and_listeners_of_every_form() {
    let connector = check(|d| {
        d.sender_filter = texts(&["App@Contoso.com", "contoso.com", "*.Contoso.com", "<>"]);
        d.source_relays = texts(&["Relay-1", "group:edge", "group:tier=edge"]);
        d.scoped = true;
    })
    .unwrap()
    .to_draft();
    assert_eq!(connector.sender_filter, ["app@contoso.com", "contoso.com", "*.contoso.com", "<>"]);
    assert_eq!(connector.source_relays, ["Relay-1", "group:edge", "group:tier=edge"]);
    assert_eq!(check(linked).unwrap().linked_listener.unwrap().as_str(), "appliances");
}
