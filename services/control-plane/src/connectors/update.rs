//! `UpdateConnector`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use postroad_api::{RecordTimes, apply_mask, checked_connector, take_secrets};

use super::{account, no_connector};
use crate::configuration::Configuration;
use crate::edit::{Edit, SecretEdit};
use crate::error::ApiError;
use crate::smart_host_reach::exposes_password;
use crate::state::State;
use crate::{clock, etag};

/// Changes the fields that the mask names.
pub(super) async fn update(
    configuration: &Arc<Configuration>,
    request: wire::UpdateConnectorRequest,
) -> Result<wire::Connector, ApiError> {
    let change = request.connector.ok_or_else(no_connector)?;
    let mask = request.update_mask;
    let decide = move |state: &State| decide(state, &change, &mask);
    let changed =
        if request.validate_only { configuration.rehearse(decide)? } else { configuration.change(decide).await? };
    let shown = changed.show()?;
    if !request.validate_only {
        tracing::info!(connector = shown.id, name = shown.name, revision = shown.revision, "connector updated");
    }
    Ok(shown)
}

fn decide(state: &State, change: &wire::Connector, mask: &[String]) -> Result<Edit, ApiError> {
    let asked = if change.id.is_empty() { &change.name } else { &change.id };
    if asked.is_empty() {
        return Err(ApiError::request("INVALID_CONNECTOR", "id", "Name the connector by its id or its name."));
    }
    let kept = state.find(asked)?;
    etag::check(&change.etag, &state.epoch, kept.version)?;
    let mut merged = apply_mask(state.show(kept), change, mask).map_err(|e| ApiError::UnknownMaskPath(e.0))?;
    let id = kept.value.id.clone();
    let (connector, warnings) = checked_connector(&merged, &id).map_err(ApiError::Invalid)?;
    if state.name_is_taken(&connector.name.folded(), &id) {
        return Err(ApiError::NameInUse { name: connector.name.to_string() });
    }
    let secrets = take_secrets(&mut merged);
    let given = secrets.is_any();
    let secret = account::secret_edit(&connector, &secrets, state.credentials.get(&id));
    let keeps = !given && state.credentials.contains_key(&id) && !matches!(secret, SecretEdit::Remove);
    if keeps && exposes_password(&kept.value, &connector) {
        return Err(ApiError::SecretRequired);
    }
    let times = RecordTimes { create: kept.times.create, update: Some(clock::now().into()) };
    Ok(Edit::write(Some(kept.version), Arc::new(connector), times, secret).warned(warnings))
}
