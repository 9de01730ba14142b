//! `UpdateSiteLink`.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use postroad_connector_model::SiteLink;
use tonic::Request;

use super::message;
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::etag;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::Write;

/// Changes the cost of a link.
pub(super) async fn update(
    configuration: &Arc<Configuration>,
    request: Request<wire::UpdateSiteLinkRequest>,
) -> Result<wire::SiteLink, ApiError> {
    const KIND: ObjectKind = ObjectKind::SiteLink;
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide = move |plan: &mut Plan<'_>| {
        let asked = request.site_link.as_ref().ok_or_else(|| ApiError::invalid(KIND, "site_link", "Give the link."))?;
        let mut link = SiteLink::new(&asked.from_site, &asked.to_site, asked.cost)
            .map_err(|violations| ApiError::Invalid { kind: KIND, violations })?;
        let name = (link.from.clone(), link.to.clone());
        let asked_for = || format!("{} - {}", link.from, link.to);
        let kept = plan.objects.site_links.get(&name).ok_or_else(|| ApiError::unknown(KIND, &asked_for()))?.clone();
        etag::check(KIND, &asked.etag, &plan.before.epoch, kept.version)?;
        (link.from, link.to) = (kept.value.from.clone(), kept.value.to.clone());
        let times = message::times(Some(&kept));
        let mut shown = message::site_link(&plan.before.epoch, &kept);
        (shown.cost, shown.update_time) = (Some(link.cost), times.update);
        plan.write(Write::site_link(&Arc::new(link), Some(times)));
        Ok(shown)
    };
    configuration.change(call, decide).await
}
