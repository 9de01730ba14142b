//! `UpdateConnector`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use postroad_api::{RecordTimes, apply_mask, field_warnings, take_secrets};
use tonic::Request;

use super::{account, checking, no_connector};
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::smart_host_reach;
use crate::write::{SecretEdit, Write};
use crate::{clock, etag};

/// Changes the fields that the mask names.
pub(super) async fn update(
    configuration: &Arc<Configuration>,
    request: Request<wire::UpdateConnectorRequest>,
) -> Result<wire::Connector, ApiError> {
    let (call, request) = Call::open(configuration.keys(), request)?;
    let this = Arc::clone(configuration);
    let decide = move |plan: &mut Plan<'_>| {
        let connector = request.connector.as_ref().ok_or_else(no_connector)?;
        decide(plan, &this, connector, &request.update_mask)
    };
    configuration.change(call, decide).await
}

/// Plans the change of a connector, and shows it.
pub(super) fn decide(
    plan: &mut Plan<'_>,
    configuration: &Configuration,
    change: &wire::Connector,
    mask: &[String],
) -> Result<wire::Connector, ApiError> {
    let asked = if change.id.is_empty() { &change.name } else { &change.id };
    if asked.is_empty() {
        return Err(ApiError::request("INVALID_CONNECTOR", "id", "Name the connector by its id or its name."));
    }
    let kept = plan.objects.find(asked)?.clone();
    etag::check(ObjectKind::Connector, &change.etag, &plan.before.epoch, kept.version)?;
    let unknown = |violations| ApiError::Request { reason: "UNKNOWN_MASK_PATH", violations };
    let mut merged = apply_mask(plan.before.show(&kept), change, mask).map_err(|e| unknown(e.0))?;
    let id = kept.value.id.clone();
    let (connector, warnings) = checking::check(plan, configuration, &merged, &id)?;
    let secrets = take_secrets(&mut merged);
    let stored = plan.objects.credentials.get(&id);
    let secret = account::secret_edit(&connector, &secrets, stored);
    if let (Some(stored), false) = (stored, secrets.is_any() || matches!(secret, SecretEdit::Remove)) {
        smart_host_reach::check(&kept.value, &connector, stored)?;
    }
    let times = RecordTimes { create: kept.times.create, update: Some(clock::now().into()) };
    plan.write(Write::connector(Arc::new(connector), times, secret));
    let mut shown = plan.before.show(plan.objects.find(id.as_str())?);
    // What is planned has no version yet.
    (shown.etag, shown.revision) = (etag::etag(&plan.before.epoch, kept.version), kept.version);
    shown.warnings = field_warnings(warnings);
    Ok(shown)
}
