//! `DeleteSiteLink`.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use postroad_connector_model::SiteLink;
use tonic::Request;

use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::etag;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::Write;

/// Removes a link; its sites are given in either order.
pub(super) async fn delete(
    configuration: &Arc<Configuration>,
    request: Request<wire::DeleteSiteLinkRequest>,
) -> Result<wire::DeleteSiteLinkResponse, ApiError> {
    const KIND: ObjectKind = ObjectKind::SiteLink;
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide = move |plan: &mut Plan<'_>| {
        let link = SiteLink::new(&request.from_site, &request.to_site, None)
            .map_err(|violations| ApiError::Invalid { kind: KIND, violations })?;
        let name = (link.from.clone(), link.to.clone());
        let asked_for = || format!("{} - {}", link.from, link.to);
        let kept = plan.objects.site_links.get(&name).ok_or_else(|| ApiError::unknown(KIND, &asked_for()))?.clone();
        etag::check(KIND, &request.etag, &plan.before.epoch, kept.version)?;
        plan.write(Write::site_link(&kept.value, None));
        Ok(wire::DeleteSiteLinkResponse { revision: plan.before.revision })
    };
    configuration.change(call, decide).await
}
