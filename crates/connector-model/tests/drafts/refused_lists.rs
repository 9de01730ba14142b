//! Address spaces, smart hosts, sender filters and custom failures.

use postroad_connector_model::{AddressSpaceDraft, ErrorPolicy, SmartHostDraft};

use super::sound::{Row, by_mx, host, refuses, space, texts};

const TWICE: &str = "This entry is already in the list.";
const COST: &str = "Cost must be a whole number from 1 to 100.";
const HOST: (&str, &str) = ("smart_hosts[0].host", "Write an IP address or a host name; the port has its own field.");
const PORT: &str = "Must be from 0 to 65535.";

#[test]
fn address_spaces() {
    let rows: &[Row] = &[
        (|d| d.address_spaces.clear(), &[("address_spaces", "Say which domains the connector serves, for example *.")]),
        (
            |d| d.address_spaces = (0..1001).map(|n| space(&format!("d{n}.example"))).collect(),
            &[("address_spaces", "At most 1000 address spaces.")],
        ),
        (
            |d| d.address_spaces.push(space("*contoso.com")),
            &[("address_spaces[1].space", "A star stands alone or before a dot and a domain: * or *.contoso.com.")],
        ),
        (
            |d| d.address_spaces = vec![space("--")],
            &[("address_spaces[0].space", "Postroad has no accepted domains; write them out.")],
        ),
        (|d| d.address_spaces[0].cost = Some(0), &[("address_spaces[0].cost", COST)]),
        (|d| d.address_spaces[0].cost = Some(101), &[("address_spaces[0].cost", COST)]),
        (|d| d.address_spaces[0].cost = Some(257), &[("address_spaces[0].cost", COST)]),
        (
            |d| d.address_spaces = vec![space("bücher.example"), space("*"), space("XN--BCHER-KVA.example")],
            &[("address_spaces[2]", TWICE)],
        ),
        (
            |d| {
                d.address_spaces.push(AddressSpaceDraft {
                    kind: "smtp".to_owned(),
                    space: "*".to_owned(),
                    cost: Some(7),
                })
            },
            &[("address_spaces[1]", TWICE)],
        ),
        (
            |d| {
                by_mx(d);
                d.address_spaces.push(AddressSpaceDraft { kind: "FAX".to_owned(), ..space("+420 5550100") });
            },
            &[("address_spaces[1].type", "Only SMTP address spaces can be routed by MX; give smart hosts.")],
        ),
        (
            |d| d.address_spaces[0].kind = "Local".to_owned(),
            &[("address_spaces[0].type", "Use the field scoped instead of Local.")],
        ),
    ];
    refuses(rows);
}

#[test]
fn smart_hosts_or_mx_routing() {
    let rows: &[Row] = &[
        (|d| d.dns_routing = Some(true), &[("dns_routing", "Smart hosts are given, so dns_routing must be false.")]),
        (
            |d| {
                by_mx(d);
                d.dns_routing = Some(false);
            },
            &[("smart_hosts", "Add at least one smart host, or set dns_routing to true.")],
        ),
        (
            |d| d.smart_hosts = (0..101).map(|n| host(&format!("h{n}.example"))).collect(),
            &[("smart_hosts", "At most 100 smart hosts.")],
        ),
    ];
    refuses(rows);
}

#[test]
fn smart_hosts() {
    let rows: &[Row] = &[
        (|d| d.smart_hosts.push(host("[192.168.3.2]")), &[("smart_hosts[1]", TWICE)]),
        (|d| d.smart_hosts.push(SmartHostDraft { port: 25, ..host("192.168.3.2") }), &[("smart_hosts[1]", TWICE)]),
        (
            |d| {
                d.port = 587;
                d.smart_hosts.push(SmartHostDraft { port: 587, ..host("192.168.3.2") });
            },
            &[("smart_hosts[1]", TWICE)],
        ),
        (
            |d| d.smart_hosts = vec![host("Mail.Contoso.com"), host("b.example"), host("mail.contoso.COM")],
            &[("smart_hosts[2]", TWICE)],
        ),
        (|d| d.smart_hosts[0].host = String::new(), &[HOST]),
        (|d| d.smart_hosts[0].host = "smtp://a.example".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "a.example:587".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "192.168.3.2:587".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "[2001:db8::1]:587".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "*.example".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "*".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "192.168.3".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "[a.example]".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "a_b.example".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "a.example ".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].host = "a\r\nb".to_owned(), &[HOST]),
        (|d| d.smart_hosts[0].port = 65_536, &[("smart_hosts[0].port", PORT)]),
        (|d| d.smart_hosts[0].priority = 65_536, &[("smart_hosts[0].priority", PORT)]),
        (|d| d.smart_hosts[0].weight = Some(65_536), &[("smart_hosts[0].weight", PORT)]),
        (
            |d| {
                d.smart_hosts.push(SmartHostDraft {
                    port: 70_000,
                    priority: 70_000,
                    weight: Some(70_000),
                    ..host("a:1")
                })
            },
            &[
                ("smart_hosts[1].host", HOST.1),
                ("smart_hosts[1].port", PORT),
                ("smart_hosts[1].priority", PORT),
                ("smart_hosts[1].weight", PORT),
            ],
        ),
    ];
    refuses(rows);
}

#[test]
fn sender_filters() {
    const SENDER: &str = "Write an address, a domain, *.domain or <>.";
    let rows: &[Row] = &[
        (|d| d.sender_filter = texts(&["contoso.com", "a@"]), &[("sender_filter[1]", SENDER)]),
        (|d| d.sender_filter = texts(&[""]), &[("sender_filter[0]", SENDER)]),
        (|d| d.sender_filter = texts(&["*"]), &[("sender_filter[0]", SENDER)]),
        (|d| d.sender_filter = texts(&["*contoso.com"]), &[("sender_filter[0]", SENDER)]),
        (|d| d.sender_filter = texts(&["<a@contoso.com>"]), &[("sender_filter[0]", SENDER)]),
        (
            |d| d.sender_filter = (0..1001).map(|n| format!("d{n}.example")).collect(),
            &[("sender_filter", "At most 1000 entries.")],
        ),
    ];
    refuses(rows);
}

#[test]
fn custom_failures() {
    const CODE: &str = "Write a reply code, for example 550 or 5.7.1.";
    const NEEDED: (&str, &str) = ("custom_failures", "List the replies that the policy applies to.");
    let rows: &[Row] = &[
        (|d| d.custom_failures = texts(&["550", "250"]), &[("custom_failures[1]", CODE)]),
        (|d| d.custom_failures = texts(&["2.0.0"]), &[("custom_failures[0]", CODE)]),
        (|d| d.custom_failures = texts(&["600"]), &[("custom_failures[0]", CODE)]),
        (|d| d.custom_failures = texts(&["550 4.7.1"]), &[("custom_failures[0]", CODE)]),
        (|d| d.custom_failures = texts(&[""]), &[("custom_failures[0]", CODE)]),
        (|d| d.error_policies = vec![ErrorPolicy::DowngradeCustomFailures], &[NEEDED]),
        (|d| d.error_policies = vec![ErrorPolicy::UpgradeCustomFailures], &[NEEDED]),
        // An entry of the other class does not serve the policy.
        (
            |d| {
                d.error_policies = vec![ErrorPolicy::DowngradeCustomFailures];
                d.custom_failures = texts(&["451", "4.3.2"]);
            },
            &[NEEDED],
        ),
        (
            |d| {
                d.error_policies = vec![ErrorPolicy::UpgradeCustomFailures];
                d.custom_failures = texts(&["550 5.7.1"]);
            },
            &[NEEDED],
        ),
        (
            |d| d.custom_failures = (0..101).map(|n| format!("5.7.{n}")).collect(),
            &[("custom_failures", "At most 100 entries.")],
        ),
    ];
    refuses(rows);
}
