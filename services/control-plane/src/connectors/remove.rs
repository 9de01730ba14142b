//! `DeleteConnector`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use tonic::Request;

use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::etag;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::Write;

/// Removes a connector and its secrets.
pub(super) async fn remove(
    configuration: &Arc<Configuration>,
    request: Request<wire::DeleteConnectorRequest>,
) -> Result<wire::DeleteConnectorResponse, ApiError> {
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide = move |plan: &mut Plan<'_>| {
        decide(plan, &request.connector, &request.etag)?;
        Ok(wire::DeleteConnectorResponse { revision: plan.before.revision })
    };
    configuration.change(call, decide).await
}

/// Plans the removal of a connector.
pub(super) fn decide(plan: &mut Plan<'_>, asked: &str, given: &str) -> Result<(), ApiError> {
    let kept = plan.objects.find(asked)?.clone();
    etag::check(ObjectKind::Connector, given, &plan.before.epoch, kept.version)?;
    plan.write(Write::no_connector(kept.value.id.clone()));
    Ok(())
}
