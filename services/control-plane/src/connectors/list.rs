//! `ListConnectors`.

use std::ops::Bound;

use postroad_api::connector::v1 as wire;
use postroad_api::{Decoded, limits};
use postroad_connector_model::{Connector, ConnectorId};
use prost::Message as _;

use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::filter;
use crate::objects::Objects;
use crate::page::{self, Tokens};

/// In which order connectors are walked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Order {
    by_name: bool,
    descending: bool,
}

/// Reads connectors page by page, in order of id or of name. What is there throughout is neither skipped nor repeated,
/// whatever changes between the pages.
pub(super) fn list(
    configuration: &Configuration,
    request: &wire::ListConnectorsRequest,
) -> Result<wire::ListConnectorsResponse, ApiError> {
    let size = page::size(request.page_size)?;
    let (filter, order) = (filter::parse(&request.filter)?, Order::read(&request.order_by)?);
    let tokens = Tokens::of(configuration.keys(), "ListConnectors", &[&request.filter, &request.order_by]);
    let after = tokens.read(&request.page_token)?;
    let state = configuration.state();
    let all = order.walk(&state.objects, after);
    let mut rest = all.filter(|kept| filter.covers(&kept.value, &state.objects)).peekable();
    let (mut page, mut octets, mut last) = (Vec::new(), 0, None);
    while page.len() < size
        && let Some(kept) = rest.peek()
    {
        let shown = state.show(kept);
        octets += shown.encoded_len();
        // One connector alone always fits.
        if octets > limits::ANSWER && !page.is_empty() {
            break;
        }
        last = Some(order.place(&kept.value));
        page.push(shown);
        rest.next();
    }
    let next_page_token = match (rest.next(), last) {
        (Some(_), Some(last)) => tokens.write(&last)?,
        _ => String::new(),
    };
    Ok(wire::ListConnectorsResponse { connectors: page, next_page_token, revision: state.revision })
}

impl Order {
    fn read(text: &str) -> Result<Self, ApiError> {
        let mut words = text.split_whitespace();
        let by_name = match words.next() {
            None | Some("id") => Some(false),
            Some("name") => Some(true),
            Some(_) => None,
        };
        let descending = match words.next() {
            None | Some("asc") => Some(false),
            Some("desc") => Some(true),
            Some(_) => None,
        };
        match (by_name, descending, words.next()) {
            (Some(by_name), Some(descending), None) => Ok(Self { by_name, descending }),
            _ => {
                let text = "Write id or name, and desc behind it for the other direction.";
                Err(ApiError::request("ORDER_INVALID", "order_by", text))
            }
        }
    }

    /// Where a connector stands in this order.
    fn place(self, connector: &Connector) -> String {
        if self.by_name { connector.name.folded() } else { connector.id.to_string() }
    }

    /// Every connector behind a place, in this order.
    fn walk(self, objects: &Objects, after: Option<String>) -> Box<dyn Iterator<Item = &Decoded<Connector>> + '_> {
        if self.by_name {
            let names = objects.names.range(self.bounds(after));
            let find = |(_, id): (&String, &ConnectorId)| objects.connectors.get(id);
            if self.descending { Box::new(names.rev().filter_map(find)) } else { Box::new(names.filter_map(find)) }
        } else {
            let ids = objects.connectors.range(self.bounds(after.map(|id| ConnectorId::new(&id))));
            if self.descending {
                Box::new(ids.rev().map(|(_, kept)| kept))
            } else {
                Box::new(ids.map(|(_, kept)| kept))
            }
        }
    }

    fn bounds<T>(self, after: Option<T>) -> (Bound<T>, Bound<T>) {
        match (after, self.descending) {
            (None, _) => (Bound::Unbounded, Bound::Unbounded),
            (Some(place), false) => (Bound::Excluded(place), Bound::Unbounded),
            (Some(place), true) => (Bound::Unbounded, Bound::Excluded(place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_a_field_and_a_direction() {
        let order = |by_name, descending| Order { by_name, descending };
        for (text, expected) in [
            ("", Some(order(false, false))),
            ("id", Some(order(false, false))),
            ("name", Some(order(true, false))),
            ("name desc", Some(order(true, true))),
            ("name up", None),
            ("cost", None),
            ("name desc id", None),
        ] {
            assert_eq!(Order::read(text).ok(), expected, "{text}");
        }
    }
}
