//! `ListAuditRecords`.

use postroad_api::fleet::v1 as wire;
use postroad_api::limits;
use postroad_store::{AuditId, AuditQuery};
use prost::Message as _;

use crate::audit;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::page::{self, Tokens};

/// Reads the trail, the newest record first.
pub(super) async fn list(
    configuration: &Configuration,
    request: &wire::ListAuditRecordsRequest,
) -> Result<wire::ListAuditRecordsResponse, ApiError> {
    let limit = page::size(request.page_size)?;
    let tokens = Tokens::of(configuration.keys(), "ListAuditRecords", &[]);
    let before = match tokens.read(&request.page_token)? {
        None => None,
        Some(place) => Some(read_place(&place).ok_or_else(page::bad_token)?),
    };
    let query = AuditQuery { before, newest_first: true, limit, ..AuditQuery::default() };
    let found = configuration.store().audit(query).await?;
    let (mut records, mut octets, mut last, mut more) = (Vec::new(), 0, None, found.more);
    for row in &found.rows {
        let record = audit::decode(row).map_err(|_malformed| ApiError::Internal("an audit row cannot be read"))?;
        octets += record.encoded_len();
        // One record alone always fits.
        if octets > limits::ANSWER && !records.is_empty() {
            more = true;
            break;
        }
        last = Some(row.id);
        records.push(record);
    }
    let next_page_token = match last.filter(|_| more) {
        Some(AuditId { revision, number }) => tokens.write(&format!("{revision}/{number}"))?,
        None => String::new(),
    };
    Ok(wire::ListAuditRecordsResponse { records, next_page_token })
}

fn read_place(place: &str) -> Option<AuditId> {
    let (revision, number) = place.split_once('/')?;
    Some(AuditId { revision: revision.parse().ok()?, number: number.parse().ok()? })
}
