//! The table against a plain reading of the rules, on random sets.

use std::sync::Arc;

use postroad_connector_model::{Connector, Delta, Revision};
use postroad_routing::{
    EliminationReason, Explanation, NoRoute, RouteTable, compile, explain, fallbacks, may_stand_in, route,
};
use proptest::prelude::*;

use crate::book::{Verdict, by_the_book};
use crate::notation::{Ask, fleet, identity, snapshot, table_of};
use crate::random::{Credentials, RELAYS, any_ask, any_connectors, any_credentials, any_set, any_surroundings};

type Answer = Result<(String, Option<String>), NoRoute>;

fn names(verdict: Verdict) -> (Answer, Vec<String>) {
    match verdict {
        Ok(line) => {
            let mut line = line.into_iter();
            let (name, space) = line.next().expect("a winner");
            (Ok((name, space)), line.map(|(name, _)| name).collect())
        }
        Err(none) => (Err(none), Vec::new()),
    }
}

fn told(explanation: &Explanation) -> (Answer, Vec<String>) {
    let decision = (explanation.decision.as_ref())
        .map_err(|none| *none)
        .map(|route| (route.connector().connector.name.to_string(), route.space().map(ToString::to_string)));
    let fallbacks = explanation.fallbacks.iter().map(|r| r.connector().connector.name.to_string()).collect();
    (decision, fallbacks)
}

fn ask(table: &RouteTable, ask: &Ask<'_>) -> Explanation {
    ask.with(|query| explain(table, query))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn route_and_its_fallbacks_follow_the_book(
        set in any_set(), asked in any_ask(), relay in proptest::sample::select(RELAYS),
    ) {
        let expected = names(by_the_book(&set, &fleet(), relay, &asked));
        prop_assert_eq!(told(&ask(&table_of(set, relay), &asked)), expected);
    }

    #[test]
    fn explain_agrees_with_route_and_leaves_nobody_out(
        set in any_set(), asked in any_ask(), relay in proptest::sample::select(RELAYS),
    ) {
        let mut everyone: Vec<_> = set.iter().map(|c| c.id.clone()).collect();
        let table = table_of(set, relay);
        let explanation = ask(&table, &asked);
        let decision = asked.with(|query| route(&table, query));
        prop_assert_eq!(&explanation.decision, &decision);

        let mut told: Vec<_> = explanation.eliminations.iter().map(|e| e.connector.id.clone()).collect();
        told.extend(decision.iter().map(|route| route.connector().connector.id.clone()));
        told.sort();
        everyone.sort();
        prop_assert_eq!(told, everyone);

        prop_assert!(explanation.eliminations.is_sorted_by_key(|e| e.reason));
        prop_assert!(explanation.eliminations.iter().all(|e| !e.text.is_empty()));
        for elimination in &explanation.eliminations {
            let c = &elimination.connector;
            match elimination.reason {
                EliminationReason::Listener => {}
                EliminationReason::Size => prop_assert!(!c.max_message_size.allows(asked.size.unwrap_or(0))),
                EliminationReason::Disabled => prop_assert!(!c.enabled),
                EliminationReason::Scope => prop_assert!(c.enabled && c.scoped),
                EliminationReason::NoMatch => prop_assert!(c.enabled),
                EliminationReason::Sender => prop_assert!(!c.sender_filter.is_empty()),
                EliminationReason::Unreachable => prop_assert!(c.enabled && !c.source_relays.is_empty()),
                // These lost against a winner; without it they would have been next in line.
                EliminationReason::LessSpecific
                | EliminationReason::NoSenderFilter
                | EliminationReason::Cost
                | EliminationReason::Distance
                | EliminationReason::Name => prop_assert!(decision.is_ok() && c.enabled),
            }
        }
    }

    #[test]
    fn the_order_of_a_set_does_not_matter(
        set in any_set(), asked in any_ask(), relay in proptest::sample::select(RELAYS),
    ) {
        let backward = table_of(set.iter().rev().cloned().collect(), relay);
        prop_assert_eq!(ask(&table_of(set, relay), &asked), ask(&backward, &asked));
    }

    /// The reason told is the true one: with the winner gone, whoever fell out last is next.
    #[test]
    fn the_next_in_line_is_the_one_that_fell_out_last(
        set in any_set(), asked in any_ask(), relay in proptest::sample::select(RELAYS),
    ) {
        let explanation = ask(&table_of(set.clone(), relay), &asked);
        let Ok(winner) = &explanation.decision else { return Ok(()) };
        prop_assume!(winner.space().is_some());
        let rest = set.into_iter().filter(|c| c.id != winner.connector().connector.id).collect();
        let next = ask(&table_of(rest, relay), &asked).decision;
        let strongest = explanation.eliminations.iter().map(|e| e.reason).max();
        match next {
            Ok(next) => {
                let next = &next.connector().connector.id;
                let told = explanation.eliminations.iter().find(|e| e.connector.id == *next).map(|e| e.reason);
                prop_assert_eq!(told, strongest);
            }
            Err(_) => prop_assert!(strongest <= Some(EliminationReason::Unreachable)),
        }
    }

    /// One by one and as a list it is the same.
    #[test]
    fn who_may_stand_in_is_who_is_in_the_list_of_fallbacks(
        set in any_set(), asked in any_ask(), relay in proptest::sample::select(RELAYS),
    ) {
        let table = table_of(set.clone(), relay);
        asked.with(|query| {
            let Ok(chosen) = route(&table, query) else { return Ok(()) };
            let list: Vec<_> =
                fallbacks(&table, query, &chosen).map(|route| route.connector().connector.id.clone()).collect();
            for connector in &set {
                let expected = chosen.connector().connector.id == connector.id || list.contains(&connector.id);
                prop_assert_eq!(may_stand_in(&table, query, &chosen, &connector.id), expected);
            }
            Ok(())
        })?;
    }

    /// A table that was changed is the table of what it was changed to.
    #[test]
    fn apply_is_compile(
        before in any_set(),
        changes in any_connectors(),
        removed in proptest::collection::vec(0..8_usize, 0..4),
        surroundings in proptest::option::of(any_surroundings()),
        (held, given) in (any_credentials(), any_credentials()),
        relay in proptest::sample::select(RELAYS),
        asks in proptest::collection::vec(any_ask(), 4),
    ) {
        let secrets = |list: &Credentials| {
            list.iter().filter_map(|(id, secret)| Some((id.clone(), secret.clone()?))).collect()
        };
        let mut first = snapshot(before.clone());
        first.credentials = secrets(&held);
        let old = compile(&first, &identity(relay)).unwrap();
        let removed: Vec<_> = removed.into_iter().filter_map(|at| Some(before.get(at)?.id.clone())).collect();
        let gone = |c: &Arc<Connector>| removed.contains(&c.id) || changes.iter().any(|other| other.id == c.id);
        let mut after = snapshot(before.iter().filter(|c| !gone(c)).chain(&changes).cloned().collect());
        after.revision = Revision(43);
        after.credentials = secrets(&held.clone().into_iter().chain(given.clone()).collect());
        if let Some(surroundings) = &surroundings {
            after.surroundings = surroundings.clone();
        }
        let delta = Delta {
            revision: Revision(43), removed, upserts: changes, credentials: given.clone(), surroundings,
        };
        match (old.apply(&delta), compile(&after, &identity(relay))) {
            (Ok(applied), Ok(compiled)) => {
                prop_assert_eq!(applied.revision(), compiled.revision());
                prop_assert!(applied.connectors().eq(compiled.connectors()));
                for asked in &asks {
                    prop_assert_eq!(ask(&applied, asked), ask(&compiled, asked));
                }
                // And back again: nothing of a change stays behind.
                let back = Delta {
                    revision: Revision(42),
                    removed: delta.upserts.iter().map(|c| c.id.clone()).collect(),
                    upserts: before,
                    credentials: given.keys().map(|id| (id.clone(), held.get(id).cloned().flatten())).collect(),
                    surroundings: Some(fleet()),
                };
                let back = applied.apply(&back).unwrap();
                prop_assert!(back.connectors().eq(old.connectors()));
                for asked in &asks {
                    prop_assert_eq!(ask(&back, asked), ask(&old, asked));
                }
            }
            (applied, compiled) => prop_assert!(applied.is_err() && compiled.is_err()),
        }
    }

    #[test]
    fn a_table_seen_from_another_relay_is_the_table_of_that_relay(
        set in any_set(), asked in any_ask(),
        from in proptest::sample::select(RELAYS), to in proptest::sample::select(RELAYS),
    ) {
        let moved = table_of(set.clone(), from).seen_from(&identity(to));
        prop_assert_eq!(ask(&moved, &asked), ask(&table_of(set, to), &asked));
    }
}
