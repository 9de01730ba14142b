//! `UpdateSite`.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use postroad_connector_model::Site;
use tonic::Request;

use super::message;
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::etag;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::Write;

/// Changes the comment of a site.
pub(super) async fn update(
    configuration: &Arc<Configuration>,
    request: Request<wire::UpdateSiteRequest>,
) -> Result<wire::Site, ApiError> {
    const KIND: ObjectKind = ObjectKind::Site;
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide = move |plan: &mut Plan<'_>| {
        let asked = request.site.as_ref().ok_or_else(|| ApiError::invalid(KIND, "site", "Give the site."))?;
        let name = message::name(KIND, &asked.name)?;
        let kept = plan.objects.sites.get(&name).ok_or_else(|| ApiError::unknown(KIND, &asked.name))?.clone();
        etag::check(KIND, &asked.etag, &plan.before.epoch, kept.version)?;
        let site = Site::new(kept.value.name.as_str(), asked.comment.clone())
            .map_err(|violations| ApiError::Invalid { kind: KIND, violations })?;
        let times = message::times(Some(&kept));
        let mut shown = message::site(&plan.before.epoch, &kept);
        (shown.comment, shown.update_time) = (site.comment.clone(), times.update);
        plan.write(Write::site(name, Some((Arc::new(site), times))));
        Ok(shown)
    };
    configuration.change(call, decide).await
}
