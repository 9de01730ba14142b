//! The examples of the operator's handbook, each by its number, and what the rules leave to their words.

use postroad_routing::{NoRoute, Route, RouteTable, explain, fallbacks, route};

use crate::notation::{Ask, DOWN, example, read_set, table, table_of};

fn codes(refusal: NoRoute) -> String {
    let reply = refusal.reply();
    format!("{} {}", reply.code(), reply.enhanced().expect("an enhanced code"))
}

fn is_down(route: &Route) -> bool {
    route.connector().connector.smart_hosts.iter().all(|host| host.host.to_string() == DOWN)
}

/// Who carries it in the end: the first that is not down, or the chosen one's own fault.
fn carried(table: &RouteTable, ask: &Ask<'_>) -> String {
    ask.with(|query| {
        let chosen = match route(table, query) {
            Ok(chosen) => chosen,
            Err(refusal) => return codes(refusal),
        };
        let mut line = std::iter::once(chosen.clone()).chain(fallbacks(table, query, &chosen));
        line.find(|route| !is_down(route))
            .map_or_else(|| "451 4.4.1".to_owned(), |route| route.connector().connector.name.to_string())
    })
}

fn decide(number: u8) {
    let example = example(number);
    assert_eq!(example.number, number);
    let table = table_of(read_set(example.set), example.relay);
    let ask = Ask { to: example.to, from: example.from, size: example.size, listener: None };
    assert_eq!(carried(&table, &ask), example.chosen, "example {number}: {}", example.set);
    ask.with(|query| assert_eq!(explain(&table, query).decision, route(&table, query)));
}

macro_rules! examples {
    ($($name:ident: $number:literal,)*) => { $(#[test] fn $name() { decide($number); })* };
}

examples! {
    example_01_exact_before_any: 1,
    example_02_exact_does_not_cover_subdomains: 2,
    example_03_suffix_covers_the_domain_itself: 3,
    example_04_specificity_before_cost: 4,
    example_05_longer_suffix: 5,
    example_06_whole_labels: 6,
    example_07_lower_cost: 7,
    example_08_equal_up_to_the_name: 8,
    example_09_names_compare_by_character: 9,
    example_10_size_before_specificity: 10,
    example_11_the_limit_is_allowed: 11,
    example_12_both_too_small: 12,
    example_13_disabled_is_ignored: 13,
    example_14_only_a_disabled_one_fits: 14,
    example_15_nothing_matches: 15,
    example_16_scoped_elsewhere_is_not_visible: 16,
    example_17_scoped_here_is_visible: 17,
    example_18_site_cost_counts: 18,
    example_19_least_cost_path: 19,
    example_20_this_relay_before_a_neighbour: 20,
    example_21_same_site_before_remote: 21,
    example_22_sender_filter_before_cost: 22,
    example_23_sender_filter_does_not_match: 23,
    example_24_specificity_before_sender_filter: 24,
    example_25_counts_with_its_exact_space: 25,
    example_26_nearest_source_relay: 26,
    example_27_address_literal: 27,
    example_28_u_labels: 28,
    example_29_fallback_of_the_same_space: 29,
    example_30_no_fallback_of_another_space: 30,
    example_31_no_fallback_to_weaker_tls: 31,
    example_32_weaker_is_skipped: 32,
    example_33_no_fallback_from_filter_to_none: 33,
    example_34_postmaster: 34,
    example_35_postmaster_without_any: 35,
}

/// Connectors, recipient, size, and the name of the chosen connector or the codes of the refusal.
type Case = (&'static str, &'static str, &'static str, &'static str);

/// What the handbook leaves to its words.
const BY_ITS_WORDS: &[Case] = &[
    // Without a declared size a small limit drops nobody.
    ("A[*] B[contoso.com max=1]", "u@contoso.com", "-", "B"),
    // Names are compared without case: "b" is before "C".
    ("C[*] b[*]", "u@fabrikam.com", "1M", "b"),
    // A disabled connector that is large enough comes before one that is too small, whichever is more specific.
    ("A[* off max=1M] B[contoso.com max=1M]", "u@contoso.com", "20M", "552 5.3.4"),
    ("A[* off max=0] B[contoso.com max=1M]", "u@contoso.com", "20M", "451 4.3.2"),
    // Disabled and too small: neither the switch nor a smaller message alone would help.
    ("A[* off max=1M]", "u@contoso.com", "20M", "550 5.1.2"),
    // A type other than SMTP matches nothing, a suffix no part of a label, `*.com` not the literal.
    ("A[NOTES:contoso.com;1]", "u@contoso.com", "1M", "550 5.1.2"),
    ("A[*.com]", "u@[IPv6:2001:db8::1]", "1M", "550 5.1.2"),
    // The longest suffix wins over the dearer and over the first in the list.
    ("A[*.com *.b.com;90 *.a.b.com;100] B[*.b.com]", "u@x.a.b.com", "1M", "A"),
    // Too small for the best space: the next best connector takes it.
    ("A[a.com max=1M] B[*.a.com max=1M] C[*.com] D[*;1]", "u@a.com", "2M", "C"),
    ("", "u@a.com", "1M", "550 5.1.2"),
    // Nobody is told for good that mail is refused because a site link is missing; scope and senders are meant.
    ("A[* src=far]", "u@a.com", "1M", "451 4.3.2"),
    ("A[* src=nobody]", "u@a.com", "1M", "451 4.3.2"),
    ("A[* src=far] B[* off]", "u@a.com", "1M", "451 4.3.2"),
    ("A[* src=b1 scoped]", "u@a.com", "1M", "550 5.1.2"),
    ("A[* from=a.example]", "u@a.com", "1M", "550 5.1.2"),
    // An unreachable one is dropped before specificity; a disabled one that could not be reached either is no hope.
    ("A[a.com src=far] B[*;9]", "u@a.com", "1M", "B"),
    ("A[a.com src=far off]", "u@a.com", "1M", "550 5.1.2"),
    // Groups: any value of a label, or this one; the nearest of them counts.
    ("A[*;1 src=group:tier] B[*;2]", "u@a.com", "1M", "A"),
    ("A[*;1 src=group:tier=edge-b1] B[*;2]", "u@a.com", "1M", "B"),
    ("A[*;1 src=group:tier=none] B[*;99]", "u@a.com", "1M", "B"),
    ("A[* scoped src=group:tier] B[*;2]", "u@a.com", "1M", "A"),
    // A scoped connector with source relays in several sites is seen in each, and costs nothing there.
    ("A[*;50 scoped src=b1,P2] B[*;51]", "u@a.com", "1M", "A"),
    // Fallback: from a trusted way to a trusted one only, the other way round freely.
    ("A[*;1 trusted down] B[*;2] C[*;3 trusted]", "u@a.com", "1M", "C"),
    ("A[*;1 down] B[*;2 trusted]", "u@a.com", "1M", "B"),
    // ... over all that are down, in order, with the ranks compared to the chosen one's.
    ("A[*;1 tls=2 down] B[*;2 tls=4 down] C[*;3 tls=2] D[*;1 down tls=1]", "u@a.com", "1M", "C"),
    // ... by the best space: B counts with its exact one.
    ("A[*;1 down] B[*;2 a.com;90]", "u@a.com", "1M", "B"),
    ("A[a.com;1 down] B[*;1 a.com;90] C[*;1]", "u@a.com", "1M", "B"),
    // ... of connectors large enough, enabled and in reach only.
    ("A[*;1 down] B[*;2 max=1M] C[*;3 off] D[*;4 src=far] E[*;5]", "u@a.com", "2M", "E"),
];

#[test]
fn each_case_is_decided_by_the_words_of_the_rules() {
    for (set, to, size, chosen) in BY_ITS_WORDS {
        let table = table(read_set(set));
        let ask = Ask::to(to, crate::notation::read_size(size));
        assert_eq!(carried(&table, &ask), *chosen, "{set}, to {to}, size {size}");
        ask.with(|query| assert_eq!(explain(&table, query).decision, route(&table, query)));
    }
}

#[test]
fn all_mail_of_a_linked_listener_goes_by_its_connector_and_no_other_mail_does() {
    let set = "A[*] L[listener=Apps down max=0] Off[listener=old off max=0]";
    let table = table(read_set(set));
    for (listener, to, chosen) in [
        (Some("APPS"), "u@a.com", "451 4.4.1"),
        (Some("apps"), "Postmaster", "451 4.4.1"),
        (Some("old"), "u@a.com", "451 4.3.2"),
        (Some("other"), "u@a.com", "A"),
        (None, "u@a.com", "A"),
    ] {
        let ask = Ask { listener, ..Ask::to(to, Some(100_000_000)) };
        let small = Ask { size: None, ..ask };
        let asked = if chosen == "A" { small } else { ask };
        assert_eq!(carried(&table, &asked), chosen, "{listener:?} {to}");
    }
}

#[test]
fn among_matching_filters_cost_decides_and_not_the_kind_of_pattern() {
    let set = "A[*;3 from=app@contoso.com] B[*;2 from=contoso.com] C[*;1 from=*.com,<>] D[*;4 from=<>] E[*;1]";
    let table = table(read_set(set));
    for (from, chosen) in [("app@contoso.com", "C"), ("b@x.example", "E"), ("<>", "C")] {
        assert_eq!(carried(&table, &Ask { from, ..Ask::to("u@a.com", None) }), chosen, "{from}");
    }
}

#[test]
fn the_route_names_the_space_that_matched() {
    let table = table(read_set("A[*;1 *.contoso.com;3 contoso.com;80 src=b1]"));
    for (recipient, space) in [
        ("u@contoso.com", "SMTP:contoso.com;80"),
        ("u@eu.contoso.com", "SMTP:*.contoso.com;3"),
        ("u@fabrikam.com", "SMTP:*;1"),
        ("Postmaster", "SMTP:*;1"),
    ] {
        let route = Ask::to(recipient, None).with(|query| route(&table, query)).unwrap();
        assert_eq!(route.space().unwrap().to_string(), space, "{recipient}");
        assert_eq!(route.site_cost(), 100);
    }
}

/// Fleets without sites: whoever is registered without one stands where this relay stands.
#[test]
fn relays_without_a_site_stand_together() {
    let set = "A[*;1 src=lone] B[*;2]";
    let mut snapshot = crate::notation::snapshot(read_set(set));
    let record = postroad_connector_model::RelayRecord::new("lone", "", Default::default()).unwrap();
    snapshot.surroundings.relays.insert(record.name.clone(), std::sync::Arc::new(record));
    for (relay, site, chosen) in
        [("stranger", "", "A"), ("lone", "", "A"), ("p1", "", "B"), ("stranger", "Prague", "B"), ("P1", "Island", "B")]
    {
        let identity = postroad_connector_model::RelayIdentity { name: relay.to_owned(), site: site.to_owned() };
        let table = postroad_routing::compile(&snapshot, &identity).unwrap();
        assert_eq!(carried(&table, &Ask::to("u@a.com", None)), chosen, "{relay} {site}");
    }
}
