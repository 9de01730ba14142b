//! Why a connector was not taken, in words.

use postroad_connector_model::{AddressSpace, Connector};
use postroad_mail_types::{MailDomain, ReversePath};

use crate::distance::Standing;
use crate::held::Held;
use crate::specificity::{Specificity, best_space};
use crate::{Distance, EliminationReason, Query, Route, RouteTable};

/// The step that a connector fell out in, and the values that decided.
pub(crate) fn fall(
    table: &RouteTable,
    held: &Held,
    winner: Option<&Route>,
    query: &Query<'_>,
) -> (EliminationReason, String) {
    let connector = held.connector();
    let best = best_space(connector, query.domain());
    by_listener(table, connector, query)
        .or_else(|| by_size(connector, query))
        .or_else(|| by_switch(connector, best.map(|(_, space)| space)))
        .or_else(|| by_scope(table, held))
        .or_else(|| best.is_none().then(|| (EliminationReason::NoMatch, no_match(connector, query))))
        .or_else(|| by_sender(connector, query))
        .or_else(|| by_site(table, held))
        .or_else(|| beaten(held, best?, winner?, query.domain()))
        // Never: whatever is left here would have won where nothing did.
        .unwrap_or_else(|| (EliminationReason::Name, "Another connector's name comes first.".to_owned()))
}

fn by_listener(table: &RouteTable, connector: &Connector, query: &Query<'_>) -> Option<(EliminationReason, String)> {
    let text = match (table.linked_to(query.listener), &connector.linked_listener) {
        (Some(linked), _) if linked.connector().id == connector.id => return None,
        (Some(linked), _) => format!(
            "All mail of the listener {} goes by \"{}\".",
            query.listener.unwrap_or_default(),
            linked.connector().name
        ),
        (None, Some(listener)) => format!("It carries the mail of the listener {listener} only."),
        (None, None) => return None,
    };
    Some((EliminationReason::Listener, text))
}

fn by_size(connector: &Connector, query: &Query<'_>) -> Option<(EliminationReason, String)> {
    let limit = connector.max_message_size.bytes().filter(|limit| *limit < query.size())?;
    let text = format!("The message is declared with {} bytes, above the connector's limit of {limit}.", query.size());
    Some((EliminationReason::Size, text))
}

fn by_switch(connector: &Connector, best: Option<&AddressSpace>) -> Option<(EliminationReason, String)> {
    if connector.enabled {
        return None;
    }
    let text = match (&connector.linked_listener, best) {
        (Some(listener), _) => format!("It is disabled; otherwise it would take all mail of the listener {listener}."),
        (None, Some(space)) => format!("It is disabled; its address space {space} would match."),
        (None, None) => "It is disabled, and no address space of it would match.".to_owned(),
    };
    Some((EliminationReason::Disabled, text))
}

fn by_scope(table: &RouteTable, held: &Held) -> Option<(EliminationReason, String)> {
    (held.standing == Standing::OutOfScope).then(|| {
        let relays = sources(held.connector());
        let text = format!("It is scoped, and no source relay of it stands in {}: {relays}.", here(table));
        (EliminationReason::Scope, text)
    })
}

fn by_sender(connector: &Connector, query: &Query<'_>) -> Option<(EliminationReason, String)> {
    let filter = &connector.sender_filter;
    if filter.is_empty() || filter.iter().any(|pattern| pattern.covers(query.sender)) {
        return None;
    }
    let sender = match query.sender {
        ReversePath::Null => "<>",
        ReversePath::Mailbox(mailbox) => mailbox.as_str(),
    };
    Some((EliminationReason::Sender, format!("Its sender filter does not cover {sender}: {}.", list(filter))))
}

fn by_site(table: &RouteTable, held: &Held) -> Option<(EliminationReason, String)> {
    (held.standing == Standing::Unreachable).then(|| {
        let relays = sources(held.connector());
        let text = format!("No site link leads from {} to a known source relay of it: {relays}.", here(table));
        (EliminationReason::Unreachable, text)
    })
}

/// Why an eligible connector lost against the winner.
fn beaten(
    held: &Held,
    (specificity, space): (Specificity, &AddressSpace),
    winner: &Route,
    domain: Option<&str>,
) -> Option<(EliminationReason, String)> {
    let (own, other, best) = (held.connector(), winner.held.connector(), winner.space()?);
    let name = &other.name;
    if Some(specificity) < Specificity::of(best, domain) {
        let text = format!("Its address space {space} is less specific than {best} of \"{name}\".");
        return Some((EliminationReason::LessSpecific, text));
    }
    if own.sender_filter.is_empty() && !other.sender_filter.is_empty() {
        let text = format!("It has no sender filter, and that of \"{name}\" covers the sender.");
        return Some((EliminationReason::NoSenderFilter, text));
    }
    let (site_cost, distance) = held.way();
    let (dear, cheap) = (Cost(space, site_cost), Cost(best, winner.site_cost()));
    if dear.sum() > cheap.sum() {
        let text = format!("Its address space {space} {dear}; {best} of \"{name}\" {cheap}.");
        return Some((EliminationReason::Cost, text));
    }
    if distance > winner.distance() {
        let (far, near) = (place_of(distance), place_of(winner.distance()));
        let text = format!("It costs the same, but its nearest source relay is {far}; that of \"{name}\" is {near}.");
        return Some((EliminationReason::Distance, text));
    }
    let text = format!("It is equal up to the name, and \"{}\" comes after \"{}\".", held.folded, winner.held.folded);
    Some((EliminationReason::Name, text))
}

/// An address space and the way to the source relay.
struct Cost<'a>(&'a AddressSpace, u32);

impl Cost<'_> {
    fn sum(&self) -> u32 {
        u32::from(self.0.cost).saturating_add(self.1)
    }
}

impl std::fmt::Display for Cost<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.1 {
            0 => write!(f, "costs {}", self.sum()),
            way => write!(f, "costs {} ({} and {way} for the way to the source relay)", self.sum(), self.0.cost),
        }
    }
}

const fn place_of(distance: Distance) -> &'static str {
    match distance {
        Distance::ThisRelay => "this relay",
        Distance::ThisSite => "another relay of this site",
        Distance::RemoteSite => "in another site",
    }
}

fn here(table: &RouteTable) -> String {
    table
        .site()
        .map_or_else(|| "this relay's place, which is no named site,".to_owned(), |site| format!("the site {site}"))
}

fn sources(connector: &Connector) -> String {
    list(&connector.source_relays)
}

fn list<T: ToString>(entries: &[T]) -> String {
    const SHOWN: usize = 5;
    let mut list: Vec<_> = entries.iter().take(SHOWN).map(ToString::to_string).collect();
    if entries.len() > SHOWN {
        list.push(format!("{} more", entries.len() - SHOWN));
    }
    list.join(", ")
}

fn no_match(connector: &Connector, query: &Query<'_>) -> String {
    let list = list(&connector.address_spaces);
    match query.recipient.domain() {
        Some(MailDomain::Name(name)) => format!("No address space of it covers {name}: {list}."),
        Some(literal @ MailDomain::Literal(_)) => {
            format!("Only * covers the address literal {literal}, and it has {list}.")
        }
        None => format!("Only * covers a recipient without a domain, and it has {list}."),
    }
}
