//! From what hosts offer to what a listener may offer.

use postroad_connector_model::{Connector, SpacePattern};
use postroad_smtp_codec::{Capabilities, Extensions};

use crate::Learned;

/// Octets that a host's SIZE is lessened by before it is told to clients: our header fields are put on top of what they
/// send (RFC 1870 §6.1), and clients should learn of it before the upload. More than the longest Received field has.
pub const HEADER_ROOM: u64 = 2048;

/// What can be offered to a client before its connector is known: what every host of every connector that may be chosen
/// can honour. A host that has not answered yet counts as one with 8BITMIME and nothing more.
#[must_use]
pub fn extensions<'a>(connectors: impl IntoIterator<Item = &'a Connector>, learned: &Learned) -> Extensions {
    let hosts = connectors.into_iter().filter(|connector| may_be_chosen(connector)).flat_map(|connector| {
        connector.smart_hosts.iter().map(|host| of_host(connector, learned.offered(connector, host)))
    });
    hosts.reduce(Extensions::intersect).unwrap_or_else(Extensions::of_unknown_host)
}

/// Route selection passes over disabled connectors, and over address spaces of other kinds than SMTP. A connector that is
/// linked to a listener needs no address space.
fn may_be_chosen(connector: &Connector) -> bool {
    let smtp = |pattern: &SpacePattern| !matches!(pattern, SpacePattern::Foreign { .. });
    let covers = || connector.address_spaces.iter().any(|space| smtp(&space.pattern));
    connector.enabled && (connector.linked_listener.is_some() || covers())
}

fn of_host(connector: &Connector, offered: Option<&Capabilities>) -> Extensions {
    let mut extensions = offered.map_or_else(Extensions::of_unknown_host, Extensions::of);
    // 0 would mean that there is no limit.
    extensions.max_size = extensions.max_size.map(|size| size.saturating_sub(HEADER_ROOM).max(1));
    if let Some(limit) = connector.max_message_size.bytes() {
        extensions.max_size = Some(extensions.max_size.map_or(limit, |size| size.min(limit)));
    }
    extensions
}
