//! `UpdateRelay`.

use std::collections::BTreeMap;
use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use postroad_connector_model::{RelayRecord, ResourceName, Violations, limits};
use tonic::Request;

use super::message;
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::etag;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::Write;

/// Sets the site and the labels of a relay; makes its record when there is none.
pub(super) async fn update(
    configuration: &Arc<Configuration>,
    request: Request<wire::UpdateRelayRequest>,
) -> Result<wire::Relay, ApiError> {
    let (call, request) = Call::open(configuration.keys(), request)?;
    configuration.change(call, move |plan: &mut Plan<'_>| decide(plan, &request)).await
}

fn decide(plan: &mut Plan<'_>, request: &wire::UpdateRelayRequest) -> Result<wire::Relay, ApiError> {
    let kept = ResourceName::parse(&request.name).ok().and_then(|name| plan.objects.relays.get(&name)).cloned();
    match &kept {
        Some(kept) => etag::check(ObjectKind::Relay, &request.etag, &plan.before.epoch, kept.version)?,
        None if matches!(request.etag.as_str(), "" | "*") => {
            message::check_room(ObjectKind::Relay, plan.objects.relays.size(), limits::RELAYS)?;
        }
        None => {
            return Err(ApiError::StaleEtag { kind: ObjectKind::Relay, current: 0, field: "revision".to_owned() });
        }
    }
    let (site, labels) = masked(request, kept.as_ref().map(|kept| kept.value.as_ref()))?;
    let checked = RelayRecord::new(&request.name, &site, labels).and_then(|mut relay| {
        let mut violations = Violations::default();
        if let Some(site) = &mut relay.site {
            // As the site is written, in whatever case it was asked.
            if let Some(there) = plan.objects.sites.get(site) {
                *site = there.value.name.clone();
            }
            message::check_site(&plan.objects, "site", site, &mut violations);
        }
        if violations.is_empty() { Ok(relay) } else { Err(violations) }
    });
    let relay = checked.map_err(|violations| ApiError::Invalid { kind: ObjectKind::Relay, violations })?;
    let name = relay.name.clone();
    plan.write(Write::relay(name.clone(), Some((Arc::new(relay), message::times(kept.as_ref())))));
    let mut shown = wire::Relay { name: name.to_string(), ..Default::default() };
    if let Some(written) = plan.objects.relays.get(&name) {
        message::grant(&mut shown, &plan.before.epoch, written);
    }
    shown.etag = String::new();
    Ok(shown)
}

/// Site and labels as the mask leaves them.
fn masked(
    request: &wire::UpdateRelayRequest,
    kept: Option<&RelayRecord>,
) -> Result<(String, BTreeMap<String, String>), ApiError> {
    let mut violations = Violations::default();
    for path in request.update_mask.iter().filter(|path| !matches!(path.as_str(), "site" | "labels" | "*")) {
        let path: String = path.chars().take(64).collect();
        violations.add("update_mask", format!("{path:?} cannot be changed; name site, labels or *."));
    }
    if !violations.is_empty() {
        return Err(ApiError::Request { reason: "UNKNOWN_MASK_PATH", violations });
    }
    let named = |field: &str| {
        request.update_mask.is_empty() || request.update_mask.iter().any(|path| path == field || path == "*")
    };
    let site = if named("site") {
        request.site.clone()
    } else {
        kept.and_then(|kept| kept.site.as_ref()).map(ToString::to_string).unwrap_or_default()
    };
    let labels =
        if named("labels") { request.labels.clone() } else { kept.map(|kept| kept.labels.clone()).unwrap_or_default() };
    Ok((site, labels))
}
