//! `CreateConnector`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use postroad_api::{RecordTimes, clear_secret_marks, field_warnings, take_secrets};
use postroad_connector_model::ConnectorId;
use tonic::Request;

use super::{account, checking, no_connector};
use crate::call::Call;
use crate::clock;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::plan::Plan;
use crate::write::Write;

/// Stores a new connector under an id of ours.
pub(super) async fn create(
    configuration: &Arc<Configuration>,
    request: Request<wire::CreateConnectorRequest>,
) -> Result<wire::Connector, ApiError> {
    let (call, mut request) = Call::open(configuration.keys(), request)?;
    let connector = request.connector.take().ok_or_else(no_connector);
    let (id, this) = (fresh_id(), Arc::clone(configuration));
    let validate_only = call.validate_only;
    let decide = move |plan: &mut Plan<'_>| match &connector {
        Ok(connector) => decide(plan, &this, connector, &id),
        Err(_) => Err(no_connector()),
    };
    let mut shown = configuration.change(call, decide).await?;
    if validate_only {
        // Nothing was stored, so there is nothing to name.
        shown.id = String::new();
    }
    Ok(shown)
}

/// An id that no connector has had.
pub(super) fn fresh_id() -> ConnectorId {
    ConnectorId::new(&uuid::Uuid::new_v4().to_string())
}

/// Plans a new connector, and shows it.
pub(super) fn decide(
    plan: &mut Plan<'_>,
    configuration: &Configuration,
    asked: &wire::Connector,
    id: &ConnectorId,
) -> Result<wire::Connector, ApiError> {
    let mut message = asked.clone();
    // Nothing is stored yet.
    clear_secret_marks(&mut message);
    let (connector, warnings) = checking::check(plan, configuration, &message, id)?;
    let secrets = take_secrets(&mut message);
    let secret = account::secret_edit(&connector, &secrets, None);
    let now = Some(clock::now().into());
    plan.write(Write::connector(Arc::new(connector), RecordTimes { create: now, update: now }, secret));
    let mut shown = plan.before.show(plan.objects.find(id.as_str())?);
    (shown.etag, shown.revision) = (String::new(), 0);
    shown.warnings = field_warnings(warnings);
    Ok(shown)
}
