//! The choice, with the reason against each other connector.

use std::sync::Arc;

use postroad_connector_model::Connector;

use crate::elimination::fall;
use crate::{NoRoute, Query, Route, RouteTable, fallbacks, route};

/// What [`route`] says, and why every other connector was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Exactly what [`route`] says.
    pub decision: Result<Route, NoRoute>,
    /// Each connector that was not taken, once, in the order in which they fell out; those of one step in order of name.
    pub eliminations: Vec<Elimination>,
    /// The connectors that are tried when every host of the chosen one has failed, in order.
    pub fallbacks: Vec<Route>,
}

/// A connector that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elimination {
    /// Which.
    pub connector: Arc<Connector>,
    /// The step it fell out in.
    pub reason: EliminationReason,
    /// The reason in words, with the values that decided.
    pub text: String,
}

/// The steps of the choice, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EliminationReason {
    /// It is linked to a listener that the mail did not come in by, or another one is linked to the mail's listener.
    Listener,
    /// Its size limit is below the declared size.
    Size,
    /// It is disabled.
    Disabled,
    /// It is scoped, and none of its source relays stands in this site.
    Scope,
    /// None of its address spaces covers the recipient.
    NoMatch,
    /// Its sender filter does not cover the sender.
    Sender,
    /// No site link leads to any of its source relays.
    Unreachable,
    /// Another connector's address space is more specific.
    LessSpecific,
    /// Another connector has a sender filter that covers the sender; this one has none.
    NoSenderFilter,
    /// Another connector's address space, with the way to its source relay, costs less.
    Cost,
    /// Costs are equal; another connector's source relay is nearer.
    Distance,
    /// Equal in everything; another connector's name comes first.
    Name,
}

/// Chooses like [`route`] and says why each other connector was not taken. It looks at every connector.
#[must_use]
pub fn explain(table: &RouteTable, query: &Query<'_>) -> Explanation {
    let decision = route(table, query);
    let winner = decision.as_ref().ok();
    let mut eliminations: Vec<_> = (table.by_name.values())
        .filter(|held| winner.is_none_or(|winner| !Arc::ptr_eq(&winner.held, held)))
        .map(|held| {
            let (reason, text) = fall(table, held, winner, query);
            Elimination { connector: Arc::clone(&held.routed.connector), reason, text }
        })
        .collect();
    // Stable: the connectors of the table are in order of name.
    eliminations.sort_by_key(|elimination| elimination.reason);
    let fallbacks = winner.map(|winner| fallbacks(table, query, winner).collect()).unwrap_or_default();
    Explanation { decision, eliminations, fallbacks }
}
