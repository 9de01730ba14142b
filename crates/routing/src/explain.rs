//! The choice, with the reason against each other connector.

use std::sync::Arc;

use postroad_connector_model::{AddressSpace, Connector};
use postroad_mail_types::MailDomain;

use crate::specificity::{Specificity, best_space};
use crate::{NoRoute, Query, Route, RouteTable, route};

/// What [`route`] says, and why every other connector was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Exactly what [`route`] says.
    pub decision: Result<Route, NoRoute>,
    /// Each connector that was not taken, once, in the order in which they fell out; those of one step in order of name.
    pub eliminations: Vec<Elimination>,
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
    /// Its size limit is below the declared size.
    Size,
    /// It is disabled.
    Disabled,
    /// None of its address spaces covers the recipient.
    NoMatch,
    /// Another connector's address space is more specific.
    LessSpecific,
    /// Another connector's address space costs less.
    Cost,
    /// Equal in everything; another connector's name comes first.
    Name,
}

/// Chooses like [`route`] and says why each other connector was not taken. It looks at every connector.
#[must_use]
pub fn explain(table: &RouteTable, query: &Query<'_>) -> Explanation {
    let decision = route(table, query);
    let winner = decision.as_ref().ok();
    let mut eliminations: Vec<_> = (table.connectors.iter())
        .map(|routed| &routed.connector)
        .filter(|connector| winner.is_none_or(|w| !Arc::ptr_eq(&w.connector.connector, connector)))
        .map(|connector| {
            let (reason, text) = fall(connector, winner, query);
            Elimination { connector: Arc::clone(connector), reason, text }
        })
        .collect();
    // Stable: the connectors of the table are in order of name.
    eliminations.sort_by_key(|elimination| elimination.reason);
    Explanation { decision, eliminations }
}

fn fall(connector: &Connector, winner: Option<&Route>, query: &Query<'_>) -> (EliminationReason, String) {
    let domain = query.domain();
    if let Some(limit) = connector.max_message_size.bytes()
        && limit < query.size()
    {
        let text =
            format!("The message is declared with {} bytes, above the connector's limit of {limit}.", query.size());
        return (EliminationReason::Size, text);
    }
    let best = best_space(connector, domain);
    if !connector.enabled {
        let text = match best {
            Some((_, space)) => format!("It is disabled; its address space {space} would match."),
            None => "It is disabled, and no address space of it would match.".to_owned(),
        };
        return (EliminationReason::Disabled, text);
    }
    match (best, winner) {
        (Some((specificity, space)), Some(winner)) => beaten(connector, (specificity, space), winner, domain),
        // Without a winner nothing that matches is left here: an eligible connector would have won.
        _ => (EliminationReason::NoMatch, no_match(connector, query)),
    }
}

/// Why an eligible connector lost against the winner.
fn beaten(
    connector: &Connector,
    (specificity, space): (Specificity, &AddressSpace),
    winner: &Route,
    domain: Option<&str>,
) -> (EliminationReason, String) {
    let (name, best) = (&winner.connector.connector.name, &winner.space);
    if Some(specificity) < Specificity::of(best, domain) {
        let text = format!("Its address space {space} is less specific than {best} of \"{name}\".");
        return (EliminationReason::LessSpecific, text);
    }
    if space.cost > best.cost {
        let text = format!("Its address space {space} costs {}; {best} of \"{name}\" costs {}.", space.cost, best.cost);
        return (EliminationReason::Cost, text);
    }
    let text =
        format!("It is equal up to the name, and \"{}\" comes after \"{}\".", connector.name.folded(), name.folded());
    (EliminationReason::Name, text)
}

fn no_match(connector: &Connector, query: &Query<'_>) -> String {
    const SHOWN: usize = 5;
    let spaces = &connector.address_spaces;
    let mut list: Vec<_> = spaces.iter().take(SHOWN).map(ToString::to_string).collect();
    if spaces.len() > SHOWN {
        list.push(format!("{} more", spaces.len() - SHOWN));
    }
    let list = list.join(", ");
    match query.recipient.domain() {
        Some(MailDomain::Name(name)) => format!("No address space of it covers {name}: {list}."),
        Some(literal @ MailDomain::Literal(_)) => {
            format!("Only * covers the address literal {literal}, and it has {list}.")
        }
        None => format!("Only * covers a recipient without a domain, and it has {list}."),
    }
}
