//! `DiffRevisions`.

use postroad_api::connector::v1 as wire;
use postroad_store::{Mark, RecordChange};

use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::past;

/// Says what is different between two revisions.
pub(super) async fn diff(
    configuration: &Configuration,
    request: &wire::DiffRevisionsRequest,
) -> Result<wire::DiffRevisionsResponse, ApiError> {
    let to_revision = match request.to_revision {
        0 => configuration.state().revision,
        asked => asked,
    };
    let store = configuration.store();
    let changes = match request.from_revision {
        // The empty configuration is never kept, and never needed.
        0 => {
            let all = store.snapshot_at(to_revision).await?;
            let new = |record: postroad_store::StoredRecord| RecordChange {
                after: Some(Mark { version: record.version, wire_hash: record.wire_hash }),
                before: None,
                key: record.key,
            };
            all.records.into_iter().map(new).collect()
        }
        from => store.difference(from, to_revision).await?,
    };
    Ok(wire::DiffRevisionsResponse { changes: past::object_changes(configuration, changes).await?, to_revision })
}
