//! `ListRevisions`.

use postroad_api::connector::v1 as wire;
use postroad_api::limits;
use postroad_store::HistoryQuery;
use prost::Message as _;

use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::page::{self, Tokens};
use crate::past;

/// Reads revisions, the newest first.
pub(super) async fn list(
    configuration: &Configuration,
    request: &wire::ListRevisionsRequest,
) -> Result<wire::ListRevisionsResponse, ApiError> {
    let limit = page::size(request.page_size)?;
    let tokens = Tokens::of(configuration.keys(), "ListRevisions", &[]);
    let before = match tokens.read(&request.page_token)? {
        None => None,
        Some(place) => Some(place.parse().map_err(|_text| page::bad_token())?),
    };
    let store = configuration.store();
    let found = store.history(HistoryQuery { after: 0, before, limit }).await?;
    let (mut revisions, mut octets, mut more) = (Vec::new(), 0, found.more);
    for summary in found.revisions {
        let shown = past::heading(store.as_ref(), summary.revision, summary.time).await?;
        octets += shown.encoded_len();
        // One revision alone always fits.
        if octets > limits::ANSWER && !revisions.is_empty() {
            more = true;
            break;
        }
        revisions.push(shown);
    }
    let next_page_token = match revisions.last().filter(|_| more) {
        Some(last) => tokens.write(&last.revision.to_string())?,
        None => String::new(),
    };
    Ok(wire::ListRevisionsResponse { revisions, next_page_token })
}
