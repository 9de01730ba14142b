//! `GetConnector` and `ListConnectors`.

use std::ops::Bound;

use postroad_api::connector::v1 as wire;
use postroad_api::limits;
use postroad_connector_model::ConnectorId;
use prost::Message as _;

use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::page_token;

/// Connectors on a page that does not say how many.
const PAGE: usize = 50;
/// Connectors on a page at most.
const LARGEST_PAGE: usize = 1_000;

/// Reads one connector.
pub(super) fn get(
    configuration: &Configuration,
    request: &wire::GetConnectorRequest,
) -> Result<wire::Connector, ApiError> {
    let state = configuration.state();
    let kept = state.find(&request.connector)?;
    Ok(state.show(kept))
}

/// Reads connectors in order of id. What is there throughout is neither skipped nor repeated, whatever changes between
/// the pages.
pub(super) fn list(
    configuration: &Configuration,
    request: &wire::ListConnectorsRequest,
) -> Result<wire::ListConnectorsResponse, ApiError> {
    let size = match usize::try_from(request.page_size) {
        Ok(0) => PAGE,
        Ok(size) => size.min(LARGEST_PAGE),
        Err(_negative) => {
            return Err(ApiError::request("LIMIT_EXCEEDED", "page_size", "Must be 0 or more; 0 means 50."));
        }
    };
    let after = match request.page_token.as_str() {
        "" => Bound::Unbounded,
        token => Bound::Excluded(ConnectorId::new(&page_token::read(configuration.keys(), token)?)),
    };
    let state = configuration.state();
    let mut rest = state.connectors.range((after, Bound::Unbounded)).map(|(_, kept)| kept).peekable();
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
        (Some(_), Some(last)) => page_token::write(configuration.keys(), &last.id)?,
        _ => String::new(),
    };
    Ok(wire::ListConnectorsResponse { connectors: page, next_page_token, revision: state.revision })
}
