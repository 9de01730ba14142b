//! `GetRevision`.

use postroad_api::connector::v1 as wire;

use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::past;

/// Reads one revision with what it changed.
pub(super) async fn get(
    configuration: &Configuration,
    request: &wire::GetRevisionRequest,
) -> Result<wire::Revision, ApiError> {
    let store = configuration.store();
    let record = store.revision(request.revision).await?;
    let mut shown = past::heading(store.as_ref(), record.revision, record.time).await?;
    shown.changes = past::object_changes(configuration, record.changes).await?;
    Ok(shown)
}
