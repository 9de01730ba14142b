//! Which connectors may take the place of the chosen one.

use postroad_connector_model::{Authentication, Connector, ConnectorId};

use crate::distance::Standing;
use crate::held::Held;
use crate::senders::FilterId;
use crate::space::{Filtered, Rank, Tier};
use crate::specificity::best_space;
use crate::{Query, Route, RouteTable};

/// The connector that is tried when every host of `chosen` and of those up to `last` has failed: the next in order that
/// has the same address space, protects the mail as well, and is as picky about senders. None takes the place of a
/// connector that is linked to a listener.
#[must_use]
pub fn next_fallback(table: &RouteTable, query: &Query<'_>, chosen: &Route, last: &Route) -> Option<Route> {
    let space = table.index.with_pattern(&chosen.space()?.pattern)?;
    let matching = table.senders.matching(query.sender);
    let filtered =
        if chosen.held.connector().sender_filter.is_empty() { Filtered::Not } else { Filtered::By(&matching) };
    let mut after = last.rank()?;
    loop {
        let candidate = space.first(Tier::Usable, filtered, query.size(), Some(&after))?;
        if chosen.may_fall_back_to(&candidate.held) {
            return Some(Route::by_space(candidate));
        }
        after = Rank::of(&candidate.held, candidate.space);
    }
}

/// All of them, in order.
pub fn fallbacks<'a>(
    table: &'a RouteTable,
    query: &'a Query<'a>,
    chosen: &'a Route,
) -> impl Iterator<Item = Route> + 'a {
    let next = |last: &Route| next_fallback(table, query, chosen, last);
    std::iter::successors(next(chosen), move |last| next(last))
}

/// True when a connector may carry this recipient in the place of `chosen`: it is the same one, or among its
/// [`fallbacks`].
#[must_use]
pub fn may_stand_in(table: &RouteTable, query: &Query<'_>, chosen: &Route, connector: &ConnectorId) -> bool {
    if chosen.held.connector().id == *connector {
        return true;
    }
    let (Some(space), Some(held)) = (chosen.space(), table.by_id.get(connector)) else { return false };
    let other = held.connector();
    let usable = other.enabled && other.linked_listener.is_none() && matches!(held.standing, Standing::Reached(_));
    let as_picky = if chosen.held.connector().sender_filter.is_empty() {
        held.filter == FilterId::NONE
    } else {
        table.senders.matching(query.sender).contains(held.filter)
    };
    let same_space = || best_space(other, query.domain()).is_some_and(|(_, best)| best.pattern == space.pattern);
    usable && as_picky && other.max_message_size.allows(query.size()) && chosen.may_fall_back_to(held) && same_space()
}

impl Route {
    fn may_fall_back_to(&self, other: &Held) -> bool {
        let (own, other) = (self.held.connector(), other.connector());
        let trusted = |connector: &Connector| connector.authentication == Authentication::ExternallySecured;
        other.tls_rank() >= own.tls_rank() && (!trusted(own) || trusted(other))
    }
}
