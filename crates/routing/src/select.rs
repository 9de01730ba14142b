//! The choice.

use std::sync::Arc;

use crate::space::{Asked, Candidate, Filtered, Space, Tier};
use crate::{NoRoute, Query, Route, RouteTable};

/// Chooses the connector of a recipient.
///
/// It looks once for each label of the recipient's domain and of the sender's, however many connectors there are; in an
/// address space that many connectors have, once more for each different size limit, and for each sender filter that
/// covers the sender.
///
/// # Errors
/// When no connector carries the recipient: the first of [`NoRoute`]'s reasons that fits.
pub fn route(table: &RouteTable, query: &Query<'_>) -> Result<Route, NoRoute> {
    if let Some(held) = table.linked_to(query.listener) {
        let enabled = held.connector().enabled;
        return if enabled { Ok(Route::linked(Arc::clone(held))) } else { Err(NoRoute::Disabled) };
    }
    let asked = Asked::new(&table.senders, query.sender);
    let found = |tier, size| {
        let mut spaces = table.index.covering(query.domain());
        // A connector counts with its best matching space, and whatever else is asked of it is the same for all its
        // spaces: the first space that holds a usable one is the best of each that it holds.
        spaces.find_map(|space| first(space, tier, &asked, size))
    };
    if let Some(candidate) = found(Tier::Usable, query.size()) {
        return Ok(Route::by_space(candidate));
    }
    Err(if found(Tier::Disabled, query.size()).is_some() {
        NoRoute::Disabled
    } else if found(Tier::Unreachable, query.size()).is_some() {
        NoRoute::Unreachable
    } else if query.size() > 0 && found(Tier::Usable, 0).is_some() {
        NoRoute::TooLarge
    } else {
        NoRoute::NoMatch
    })
}

/// Steps 3a to 6 in one space.
fn first<'a>(space: &'a Space, tier: Tier, asked: &Asked<'_>, size: u64) -> Option<&'a Candidate> {
    let by_filter =
        if space.filters(tier) { space.first(tier, Filtered::By(asked.matching()), size, None) } else { None };
    by_filter.or_else(|| space.first(tier, Filtered::Not, size, None))
}
