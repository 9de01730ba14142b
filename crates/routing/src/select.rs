//! The choice.

use std::sync::Arc;

use postroad_connector_model::{AddressSpace, Connector};

use crate::index::Candidate;
use crate::{NoRoute, Query, RouteTable, RoutedConnector};

/// The connector that carries a recipient, and the address space by which it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The connector.
    pub connector: Arc<RoutedConnector>,
    /// Its most specific address space that covers the recipient.
    pub space: AddressSpace,
}

/// Chooses the connector of a recipient.
///
/// It looks once for each label of the recipient's domain, however many connectors there are, and reads on in a list
/// only past connectors that are too small for the message.
///
/// # Errors
/// When no connector carries the recipient: the first of [`NoRoute`]'s reasons that fits.
pub fn route(table: &RouteTable, query: &Query<'_>) -> Result<Route, NoRoute> {
    // A connector counts with its best matching space. Size and switch are the same for all spaces of a connector, so
    // the first list that holds a usable one holds the best space of each.
    table
        .index
        .covering(query.domain())
        .find_map(|list| list.iter().find_map(|candidate| usable(table, query, *candidate)))
        .ok_or_else(|| refusal(table, query))
}

fn usable(table: &RouteTable, query: &Query<'_>, candidate: Candidate) -> Option<Route> {
    let routed = table.connectors.get(candidate.connector)?;
    if !routed.connector.enabled || !routed.connector.max_message_size.allows(query.size()) {
        return None;
    }
    Some(Route { connector: Arc::clone(routed), space: routed.connector.address_spaces.get(candidate.space)?.clone() })
}

/// Why nothing was usable, among the connectors that cover the recipient.
fn refusal(table: &RouteTable, query: &Query<'_>) -> NoRoute {
    let mut too_large = false;
    let matching = table.index.covering(query.domain()).flatten();
    for connector in matching.filter_map(|candidate| table.connectors.get(candidate.connector)) {
        let Connector { enabled, max_message_size, .. } = *connector.connector;
        match (enabled, max_message_size.allows(query.size())) {
            (false, true) => return NoRoute::Disabled,
            (true, false) => too_large = true,
            // Both at once: neither the switch nor a smaller message alone would help. Neither at once was usable.
            (false, false) | (true, true) => {}
        }
    }
    if too_large { NoRoute::TooLarge } else { NoRoute::NoMatch }
}
