//! `GetConnector`.

use postroad_api::connector::v1 as wire;

use crate::configuration::Configuration;
use crate::error::ApiError;

/// Reads one connector by id or name.
pub(super) fn get(
    configuration: &Configuration,
    request: &wire::GetConnectorRequest,
) -> Result<wire::Connector, ApiError> {
    let state = configuration.state();
    let kept = state.objects.find(&request.connector)?;
    Ok(state.show(kept))
}
