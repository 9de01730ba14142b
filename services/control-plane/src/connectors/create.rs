//! `CreateConnector`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use postroad_api::{RecordTimes, checked_connector, clear_secret_marks, take_secrets};
use postroad_connector_model::ConnectorId;

use super::{account, no_connector};
use crate::clock;
use crate::configuration::Configuration;
use crate::edit::Edit;
use crate::error::ApiError;

/// Stores a new connector under an id of ours.
pub(super) async fn create(
    configuration: &Arc<Configuration>,
    request: wire::CreateConnectorRequest,
) -> Result<wire::Connector, ApiError> {
    let mut message = request.connector.ok_or_else(no_connector)?;
    // Nothing is stored yet.
    clear_secret_marks(&mut message);
    let id = ConnectorId::new(&uuid::Uuid::new_v4().to_string());
    let (connector, warnings) = checked_connector(&message, &id).map_err(ApiError::Invalid)?;
    let connector = Arc::new(connector);
    let secrets = take_secrets(&mut message);
    let now = Some(clock::now().into());
    let times = RecordTimes { create: now, update: now };
    let decide = move |state: &crate::state::State| {
        if state.name_is_taken(&connector.name.folded(), &connector.id) {
            return Err(ApiError::NameInUse { name: connector.name.to_string() });
        }
        let secret = account::secret_edit(&connector, &secrets, None);
        Ok(Edit::write(None, Arc::clone(&connector), times, secret).warned(warnings.clone()))
    };
    if request.validate_only {
        let mut shown = configuration.rehearse(decide)?.show()?;
        // Nothing was stored, so there is nothing to name.
        (shown.id, shown.etag, shown.revision) = (String::new(), String::new(), 0);
        return Ok(shown);
    }
    let changed = configuration.change(decide).await?;
    let shown = changed.show()?;
    tracing::info!(connector = shown.id, name = shown.name, revision = shown.revision, "connector created");
    Ok(shown)
}
