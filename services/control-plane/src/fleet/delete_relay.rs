//! `DeleteRelay`.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use tonic::Request;

use super::message;
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::etag;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::Write;

/// Removes the record of a relay. The relay itself is known again as soon as it connects.
pub(super) async fn delete(
    configuration: &Arc<Configuration>,
    request: Request<wire::DeleteRelayRequest>,
) -> Result<wire::DeleteRelayResponse, ApiError> {
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide = move |plan: &mut Plan<'_>| {
        let name = message::name(ObjectKind::Relay, &request.name)?;
        let kept = plan.objects.relays.get(&name).ok_or_else(|| ApiError::unknown(ObjectKind::Relay, &request.name))?;
        etag::check(ObjectKind::Relay, &request.etag, &plan.before.epoch, kept.version)?;
        plan.write(Write::relay(name, None));
        Ok(wire::DeleteRelayResponse { revision: plan.before.revision })
    };
    configuration.change(call, decide).await
}
