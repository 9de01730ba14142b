//! `CreateSite`.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use postroad_connector_model::{Site, limits};
use tonic::Request;

use super::message;
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::Write;

/// Stores a new site.
pub(super) async fn create(
    configuration: &Arc<Configuration>,
    request: Request<wire::CreateSiteRequest>,
) -> Result<wire::Site, ApiError> {
    const KIND: ObjectKind = ObjectKind::Site;
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide = move |plan: &mut Plan<'_>| {
        let asked = request.site.as_ref().ok_or_else(|| ApiError::invalid(KIND, "site", "Give the site."))?;
        let site = Site::new(&asked.name, asked.comment.clone())
            .map_err(|violations| ApiError::Invalid { kind: KIND, violations })?;
        if plan.objects.sites.contains_key(&site.name) {
            return Err(ApiError::NameInUse { kind: KIND, name: site.name.to_string(), field: "name".to_owned() });
        }
        message::check_room(KIND, plan.objects.sites.size(), limits::SITES)?;
        let (name, times) = (site.name.clone(), message::times::<Site>(None));
        let shown = wire::Site {
            name: name.to_string(),
            comment: site.comment.clone(),
            create_time: times.create,
            update_time: times.update,
            ..Default::default()
        };
        plan.write(Write::site(name, Some((Arc::new(site), times))));
        Ok(shown)
    };
    configuration.change(call, decide).await
}
