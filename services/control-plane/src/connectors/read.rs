//! `GetConnector` and `ListConnectors`.

use std::ops::Bound;

use postroad_api::connector::v1 as wire;
use postroad_api::limits;
use postroad_connector_model::ConnectorId;
use prost::Message as _;

use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::page::{self, Tokens};

/// Reads one connector.
pub(super) fn get(
    configuration: &Configuration,
    request: &wire::GetConnectorRequest,
) -> Result<wire::Connector, ApiError> {
    let state = configuration.state();
    let kept = state.objects.find(&request.connector)?;
    Ok(state.show(kept))
}

/// Reads connectors in order of id. What is there throughout is neither skipped nor repeated, whatever changes between
/// the pages.
pub(super) fn list(
    configuration: &Configuration,
    request: &wire::ListConnectorsRequest,
) -> Result<wire::ListConnectorsResponse, ApiError> {
    let size = page::size(request.page_size)?;
    let tokens = Tokens::of(configuration.keys(), "ListConnectors", &[&request.filter, &request.order_by]);
    let after = match tokens.read(&request.page_token)? {
        None => Bound::Unbounded,
        Some(id) => Bound::Excluded(ConnectorId::new(&id)),
    };
    let state = configuration.state();
    let mut rest = state.objects.connectors.range((after, Bound::Unbounded)).map(|(_, kept)| kept).peekable();
    let mut page = Vec::new();
    let mut octets = 0;
    while page.len() < size
        && let Some(shown) = rest.peek().map(|kept| state.show(kept))
    {
        octets += shown.encoded_len();
        // One connector alone always fits.
        if octets > limits::ANSWER && !page.is_empty() {
            break;
        }
        page.push(shown);
        rest.next();
    }
    let next_page_token = match (rest.next(), page.last()) {
        (Some(_), Some(last)) => tokens.write(&last.id)?,
        _ => String::new(),
    };
    Ok(wire::ListConnectorsResponse { connectors: page, next_page_token, revision: state.revision })
}
