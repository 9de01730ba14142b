//! Ports, names of the relay, addresses, times and numbers.

use std::time::Duration;

use postroad_connector_model::{AddressFamily, AuthMechanism};

use super::sound::{Row, basic, kerberos, refuses};

const HELO: (&str, &str) = ("helo_name", "Write a fully qualified host name.");
const ADDRESS: (&str, &str) = ("source_ip", "Write one IPv4 or IPv6 address of the relay.");
const FAMILY: (&str, &str) = ("address_family", "The family does not fit source_ip.");
const EHLO: (&str, &str) = ("force_helo", "STARTTLS and AUTH need EHLO.");

#[test]
fn names_and_addresses_of_the_relay() {
    let rows: &[Row] = &[
        (|d| d.helo_name = "bücher.example".to_owned(), &[HELO]),
        (|d| d.helo_name = "a b".to_owned(), &[HELO]),
        (|d| d.helo_name = "-".to_owned(), &[HELO]),
        (|d| d.helo_name = "*.contoso.com".to_owned(), &[HELO]),
        (|d| d.source_ip = "localhost".to_owned(), &[ADDRESS]),
        (|d| d.source_ip = "10.0.0.1, 10.0.0.2".to_owned(), &[ADDRESS]),
        (|d| d.source_ip = "10.0.0.0/8".to_owned(), &[ADDRESS]),
        (|d| d.source_ip = "224.0.0.1".to_owned(), &[ADDRESS]),
        (|d| d.source_ip = "ff02::1".to_owned(), &[ADDRESS]),
        (|d| d.source_ip = "255.255.255.255".to_owned(), &[ADDRESS]),
        (
            |d| {
                d.source_ip = "10.0.0.1".to_owned();
                d.address_family = AddressFamily::Ipv6Only;
            },
            &[FAMILY],
        ),
        (
            |d| {
                d.source_ip = "2001:db8::1".to_owned();
                d.address_family = AddressFamily::Ipv4Only;
            },
            &[FAMILY],
        ),
    ];
    refuses(rows);
}

#[test]
fn helo_without_extensions() {
    let rows: &[Row] = &[
        (
            |d| {
                d.force_helo = true;
                d.require_tls = true;
            },
            &[EHLO],
        ),
        (
            |d| {
                d.force_helo = true;
                d.auth_mechanism = AuthMechanism::Basic;
                d.credential = basic("u", true);
            },
            &[EHLO],
        ),
        (
            |d| {
                d.force_helo = true;
                d.auth_mechanism = AuthMechanism::ExchangeServer;
                d.credential = kerberos("u", true);
            },
            &[EHLO],
        ),
        (
            |d| {
                d.force_helo = true;
                d.auth_mechanism = AuthMechanism::External;
                d.client_certificate = "relays".to_owned();
            },
            &[EHLO],
        ),
        (
            |d| {
                d.force_helo = true;
                d.xclient = true;
            },
            &[("force_helo", "XCLIENT needs EHLO.")],
        ),
    ];
    refuses(rows);
    for mechanism in [AuthMechanism::None, AuthMechanism::ExternallySecured] {
        let accepted = super::sound::check(|d| {
            d.force_helo = true;
            d.auth_mechanism = mechanism;
        });
        assert!(accepted.is_ok(), "{accepted:?}");
    }
}

#[test]
fn times_and_numbers() {
    const REPLY: (&str, &str) = ("final_reply_timeout", "Must be 0, or from 1 second to 10 minutes.");
    const IDLE: (&str, &str) = ("connection_inactivity_timeout", "Must be from 1 second to 1 day.");
    const LARGEST: &str = "The largest value is 2147483647.";
    const PORT: &str = "Must be from 0 to 65535.";
    let rows: &[Row] = &[
        (|d| d.port = 65_536, &[("port", PORT)]),
        (|d| d.port = u32::MAX, &[("port", PORT)]),
        (|d| d.max_connections = 65_536, &[("max_connections", PORT)]),
        (|d| d.final_reply_timeout = Some(Duration::from_millis(999)), &[REPLY]),
        (|d| d.final_reply_timeout = Some(Duration::from_millis(600_001)), &[REPLY]),
        (|d| d.final_reply_timeout = Some(Duration::MAX), &[REPLY]),
        (|d| d.connection_inactivity_timeout = Some(Duration::ZERO), &[IDLE]),
        (|d| d.connection_inactivity_timeout = Some(Duration::from_millis(999)), &[IDLE]),
        (|d| d.connection_inactivity_timeout = Some(Duration::from_millis(86_400_001)), &[IDLE]),
        (|d| d.max_message_size = Some(2_147_483_648), &[("max_message_size", LARGEST)]),
        (|d| d.max_message_size = Some(u64::MAX), &[("max_message_size", LARGEST)]),
        (|d| d.max_messages_per_connection = 2_147_483_648, &[("max_messages_per_connection", LARGEST)]),
        (|d| d.max_messages_per_minute = 2_147_483_648, &[("max_messages_per_minute", LARGEST)]),
    ];
    refuses(rows);
}
