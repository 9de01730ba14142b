//! Random sets of connectors, surroundings and questions.

use std::collections::BTreeMap;
use std::sync::Arc;

use postroad_connector_model::{
    AddressSpaceDraft, AuthMechanism, BasicCredential, Connector, ConnectorDraft, ConnectorId, Credential, RelayRecord,
    Secret, SiteLink, Surroundings,
};
use proptest::prelude::*;

use crate::notation::{Ask, connector, fleet};

/// Few names, so that spaces and recipients meet often; some end in others without a dot between.
const DOMAINS: &[&str] = &["a", "b.a", "c.b.a", "d.c.b.a", "xb.a", "ba", "c.a"];

const RECIPIENTS: &[&str] =
    &["u@a", "u@b.a", "u@C.b.a", "u@e.d.c.b.a", "u@xb.a", "u@ba", "u@z", "u@[192.0.2.1]", "Postmaster"];

/// `stranger` has no record, `far` no link.
pub(crate) const RELAYS: &[&str] = &["p1", "p2", "b1", "v1", "far", "stranger"];

const SOURCES: &[&str] =
    &["p1", "p2", "b1", "v1", "far", "stranger", "nobody", "group:tier", "group:tier=edge-b1", "group:none"];

const PATTERNS: &[&str] = &["<>", "s@b.a", "b.a", "*.a", "a", "*.b.a"];

const NAMES: [&str; 8] = ["b", "A", "Connector 2", "connector 10", "C", "é", "Z", "a1"];

fn any_space() -> impl Strategy<Value = AddressSpaceDraft> {
    let domain = proptest::sample::select(DOMAINS);
    let space = prop_oneof![
        2 => Just("*".to_owned()),
        3 => domain.clone().prop_map(|d| format!("*.{d}")),
        3 => domain.prop_map(str::to_owned),
    ];
    let kind = prop_oneof![9 => Just(""), 1 => Just("NOTES")];
    (kind, space, 1..=3_u32).prop_map(|(kind, space, cost)| AddressSpaceDraft {
        kind: kind.to_owned(),
        space,
        cost: Some(cost),
    })
}

fn some_of(list: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let some = proptest::sample::subsequence(list, 1..4).prop_map(|l| l.into_iter().map(str::to_owned).collect());
    prop_oneof![1 => Just(Vec::new()), 1 => some]
}

fn any_draft() -> impl Strategy<Value = ConnectorDraft> {
    let spaces = proptest::collection::vec(any_space(), 1..5);
    let sizes = proptest::sample::select(&[None, Some(0), Some(1024), Some(4096)][..]);
    let switches = (proptest::bool::weighted(0.8), proptest::bool::weighted(0.3), proptest::bool::weighted(0.2));
    let listener = prop_oneof![9 => Just(""), 1 => Just("one"), 1 => Just("two")];
    (spaces, sizes, switches, some_of(SOURCES), some_of(PATTERNS), listener, 0..4_u8).prop_map(
        |(spaces, max_message_size, (enabled, scoped, trusted), source_relays, sender_filter, listener, tls)| {
            // One entry for each pattern, as the rules of connectors demand.
            let spaces: BTreeMap<_, _> = spaces.into_iter().map(|s| ((s.kind.clone(), s.space.clone()), s)).collect();
            let linked = !listener.is_empty();
            ConnectorDraft {
                address_spaces: if linked { Vec::new() } else { spaces.into_values().collect() },
                enabled: Some(enabled),
                max_message_size: if linked { None } else { max_message_size },
                scoped: scoped && !source_relays.is_empty(),
                source_relays,
                sender_filter: if linked { Vec::new() } else { sender_filter },
                linked_listener: listener.to_owned(),
                require_tls: tls > 1,
                ignore_starttls: tls == 0,
                auth_mechanism: if trusted { AuthMechanism::ExternallySecured } else { AuthMechanism::None },
                ..ConnectorDraft::default()
            }
        },
    )
}

/// Names in mixed case and in no order, each once; a listener has one connector.
pub(crate) fn any_set() -> impl Strategy<Value = Vec<Arc<Connector>>> {
    any_connectors().prop_map(|mut set| {
        let mut listeners = std::collections::HashSet::new();
        set.retain(|c| c.linked_listener.as_ref().is_none_or(|l| listeners.insert(l.folded().to_owned())));
        set
    })
}

/// The same with listeners that may clash.
pub(crate) fn any_connectors() -> impl Strategy<Value = Vec<Arc<Connector>>> {
    let names = Just(NAMES.to_vec()).prop_shuffle();
    (names, proptest::collection::vec(any_draft(), 0..8)).prop_map(|(names, drafts)| {
        (drafts.into_iter().zip(names).enumerate())
            .map(|(at, (draft, name))| {
                connector(ConnectorDraft { id: format!("id-{at}"), name: name.to_owned(), ..draft })
            })
            .collect()
    })
}

/// Secrets by connector, those of connectors that are not there too; `None`: taken away.
pub(crate) type Credentials = BTreeMap<ConnectorId, Option<Arc<Credential>>>;

pub(crate) fn any_credentials() -> impl Strategy<Value = Credentials> {
    let secret = proptest::option::of(0..3_u8).prop_map(|number| {
        let password = Secret::new(number?.to_string());
        Some(Arc::new(Credential::Basic(BasicCredential { user: "u".to_owned(), password })))
    });
    let id = (0..9_usize).prop_map(|at| ConnectorId::new(&format!("id-{at}")));
    proptest::collection::btree_map(id, secret, 0..5)
}

/// The fleet with other links, and with a relay that has moved.
pub(crate) fn any_surroundings() -> impl Strategy<Value = Surroundings> {
    const SITES: &[&str] = &["Prague", "Brno", "Vienna", "Island"];
    let link = (proptest::sample::select(SITES), proptest::sample::select(SITES), 1..4_u32);
    let moved = (proptest::sample::select(RELAYS), proptest::sample::select(&["", "Prague", "Brno", "Island"][..]));
    (proptest::collection::vec(link, 0..5), proptest::option::of(moved)).prop_map(|(links, moved)| {
        let mut surroundings = fleet();
        if !links.is_empty() {
            let links = links.into_iter().filter_map(|(from, to, cost)| SiteLink::new(from, to, Some(cost)).ok());
            surroundings.site_links =
                links.map(|link| ((link.from.clone(), link.to.clone()), Arc::new(link))).collect();
        }
        if let Some((relay, site)) = moved {
            let record = RelayRecord::new(relay, site, BTreeMap::new()).unwrap();
            surroundings.relays.insert(record.name.clone(), Arc::new(record));
        }
        surroundings
    })
}

pub(crate) fn any_ask() -> impl Strategy<Value = Ask<'static>> {
    let from = proptest::sample::select(&["<>", "s@b.a", "S@B.A", "t@b.a", "t@c.b.a", "t@z"][..]);
    let size = proptest::sample::select(&[None, Some(1024), Some(1025), Some(5000)][..]);
    let listener = proptest::sample::select(&[None, None, Some("ONE"), Some("two"), Some("three")][..]);
    (proptest::sample::select(RECIPIENTS), from, size, listener).prop_map(|(to, from, size, listener)| Ask {
        to,
        from,
        size,
        listener,
    })
}
