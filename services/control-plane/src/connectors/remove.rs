//! `DeleteConnector`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;

use crate::configuration::Configuration;
use crate::edit::Edit;
use crate::error::ApiError;
use crate::etag;
use crate::state::State;

/// Removes a connector and its secrets.
pub(super) async fn remove(
    configuration: &Arc<Configuration>,
    request: wire::DeleteConnectorRequest,
) -> Result<wire::DeleteConnectorResponse, ApiError> {
    let decide = move |state: &State| {
        let kept = state.find(&request.connector)?;
        etag::check(&request.etag, &state.epoch, kept.version)?;
        Ok(Edit::remove(kept.value.id.clone(), kept.version))
    };
    if request.validate_only {
        let revision = configuration.rehearse(decide)?.state.revision;
        return Ok(wire::DeleteConnectorResponse { revision });
    }
    let changed = configuration.change(decide).await?;
    tracing::info!(connector = %changed.id, revision = changed.state.revision, "connector deleted");
    Ok(wire::DeleteConnectorResponse { revision: changed.state.revision })
}
