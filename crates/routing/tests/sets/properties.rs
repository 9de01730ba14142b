//! The table against a plain reading of the rules, on random sets.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use postroad_connector_model::{AddressSpaceDraft, Connector, ConnectorDraft, SpacePattern};
use postroad_routing::{EliminationReason, NoRoute, explain, route};
use proptest::prelude::*;

use crate::notation::{ask, connector, table};

/// Few names, so that spaces and recipients meet often; some end in others without a dot between.
const DOMAINS: &[&str] = &["a", "b.a", "c.b.a", "d.c.b.a", "xb.a", "ba", "c.a"];

const RECIPIENTS: &[&str] =
    &["u@a", "u@b.a", "u@C.b.a", "u@e.d.c.b.a", "u@xb.a", "u@ba", "u@z", "u@[192.0.2.1]", "Postmaster"];

fn any_space() -> impl Strategy<Value = AddressSpaceDraft> {
    let domain = proptest::sample::select(DOMAINS);
    let space = prop_oneof![
        1 => Just("*".to_owned()),
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

fn any_connector() -> impl Strategy<Value = ConnectorDraft> {
    let spaces = proptest::collection::vec(any_space(), 1..5);
    let sizes = proptest::sample::select(&[None, Some(0), Some(1024), Some(4096)][..]);
    (spaces, proptest::bool::weighted(0.75), sizes).prop_map(|(spaces, enabled, max_message_size)| {
        // One entry for each pattern, as the rules of connectors demand.
        let spaces: BTreeMap<_, _> = spaces.into_iter().map(|s| ((s.kind.clone(), s.space.clone()), s)).collect();
        ConnectorDraft {
            address_spaces: spaces.into_values().collect(),
            enabled: Some(enabled),
            max_message_size,
            ..ConnectorDraft::default()
        }
    })
}

/// Names in mixed case and in no order, each once.
fn any_set() -> impl Strategy<Value = Vec<Arc<Connector>>> {
    let names = Just(["b", "A", "Connector 2", "connector 10", "C", "é", "Z", "a1"].to_vec()).prop_shuffle();
    (names, proptest::collection::vec(any_connector(), 0..8)).prop_map(|(names, drafts)| {
        (drafts.into_iter().zip(names).enumerate())
            .map(|(at, (draft, name))| {
                connector(ConnectorDraft { id: format!("id-{at}"), name: name.to_owned(), ..draft })
            })
            .collect()
    })
}

/// How closely a pattern fits: `None` not at all, else more for more labels. `domain` is `None` for literals and Postmaster.
fn closeness(pattern: &SpacePattern, domain: Option<&str>) -> Option<usize> {
    match pattern {
        SpacePattern::Any => Some(0),
        SpacePattern::Exact(exact) => (domain? == exact.as_str()).then_some(1000),
        SpacePattern::Suffix(suffix) => {
            let domain = domain?;
            let fits = domain == suffix.as_str() || domain.ends_with(&format!(".{suffix}"));
            fits.then(|| suffix.as_str().split('.').count())
        }
        SpacePattern::Foreign { .. } => None,
    }
}

/// The steps as the reference tells them, one after the other over the whole set: the name and the space that win.
fn by_the_book(set: &[Arc<Connector>], recipient: &str, size: u64) -> Result<(String, String), NoRoute> {
    let lower = recipient.to_lowercase();
    let domain = lower.split_once('@').map(|(_, domain)| domain).filter(|domain| !domain.starts_with('['));
    let fits = |c: &Connector| c.max_message_size.bytes().is_none_or(|limit| size <= limit);
    let best = |c: &Connector| {
        let matching = c.address_spaces.iter().filter_map(|s| Some((closeness(&s.pattern, domain)?, s.clone())));
        matching.max_by_key(|(closeness, _)| *closeness)
    };
    let matching: Vec<_> = set.iter().filter_map(|c| Some((c, best(c)?))).collect();
    let mut left: Vec<_> = matching.iter().filter(|(c, _)| c.enabled && fits(c)).collect();
    left.sort_by_key(|(c, (closeness, space))| (Reverse(*closeness), space.cost, c.name.as_str().to_lowercase()));
    match left.first() {
        Some((winner, (_, space))) => Ok((winner.name.to_string(), space.to_string())),
        None if matching.iter().any(|(c, _)| !c.enabled && fits(c)) => Err(NoRoute::Disabled),
        None if matching.iter().any(|(c, _)| c.enabled && !fits(c)) => Err(NoRoute::TooLarge),
        None => Err(NoRoute::NoMatch),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn route_follows_the_book(
        set in any_set(),
        recipient in proptest::sample::select(RECIPIENTS),
        size in proptest::sample::select(&[None, Some(1024), Some(1025), Some(5000)][..]),
    ) {
        let expected = by_the_book(&set, recipient, size.unwrap_or(0));
        let table = table(set);
        let found = ask(recipient, size, |query| route(&table, query))
            .map(|route| (route.connector.connector.name.to_string(), route.space.to_string()));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn explain_agrees_with_route_and_leaves_nobody_out(
        set in any_set(),
        recipient in proptest::sample::select(RECIPIENTS),
        size in proptest::sample::select(&[None, Some(1024), Some(1025), Some(5000)][..]),
    ) {
        let mut everyone: Vec<_> = set.iter().map(|c| c.id.clone()).collect();
        let table = table(set);
        let (decision, explanation) = ask(recipient, size, |query| (route(&table, query), explain(&table, query)));
        prop_assert_eq!(&explanation.decision, &decision);

        let mut told: Vec<_> = explanation.eliminations.iter().map(|e| e.connector.id.clone()).collect();
        told.extend(decision.iter().map(|route| route.connector.connector.id.clone()));
        told.sort();
        everyone.sort();
        prop_assert_eq!(told, everyone);

        prop_assert!(explanation.eliminations.is_sorted_by_key(|e| e.reason));
        prop_assert!(explanation.eliminations.iter().all(|e| !e.text.is_empty()));
        for elimination in &explanation.eliminations {
            let c = &elimination.connector;
            match elimination.reason {
                EliminationReason::Size => prop_assert!(!c.max_message_size.allows(size.unwrap_or(0))),
                EliminationReason::Disabled => prop_assert!(!c.enabled),
                EliminationReason::NoMatch => prop_assert!(c.enabled),
                // These lost against a winner; without it they would have been next in line.
                EliminationReason::LessSpecific | EliminationReason::Cost | EliminationReason::Name => {
                    prop_assert!(decision.is_ok() && c.enabled);
                }
            }
        }
    }

    #[test]
    fn the_order_of_a_set_does_not_matter(set in any_set(), recipient in proptest::sample::select(RECIPIENTS)) {
        let (forward, backward) = (table(set.clone()), table(set.into_iter().rev().collect()));
        prop_assert_eq!(
            ask(recipient, None, |query| explain(&forward, query)),
            ask(recipient, None, |query| explain(&backward, query))
        );
    }

    /// The reason told is the true one: with the winner gone, whoever fell out by cost or name last is next.
    #[test]
    fn the_next_in_line_is_the_one_that_fell_out_last(set in any_set(), recipient in proptest::sample::select(RECIPIENTS)) {
        let whole = table(set.clone());
        let explanation = ask(recipient, None, |query| explain(&whole, query));
        let Ok(winner) = &explanation.decision else { return Ok(()) };
        let rest = set.into_iter().filter(|c| c.id != winner.connector.connector.id).collect();
        let next = ask(recipient, None, |query| route(&table(rest), query));
        let strongest = explanation.eliminations.iter().map(|e| e.reason).max();
        match next {
            Ok(next) => {
                let next = &next.connector.connector.id;
                let told = explanation.eliminations.iter().find(|e| e.connector.id == *next).map(|e| e.reason);
                prop_assert_eq!(told, strongest);
            }
            Err(_) => prop_assert!(strongest <= Some(EliminationReason::NoMatch)),
        }
    }
}
