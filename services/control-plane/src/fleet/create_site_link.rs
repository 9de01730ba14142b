//! `CreateSiteLink`.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use postroad_connector_model::{SiteLink, Violations, limits};
use tonic::Request;

use super::message;
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::Write;

const KIND: ObjectKind = ObjectKind::SiteLink;

/// Stores a new link between two sites.
pub(super) async fn create(
    configuration: &Arc<Configuration>,
    request: Request<wire::CreateSiteLinkRequest>,
) -> Result<wire::SiteLink, ApiError> {
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide = move |plan: &mut Plan<'_>| {
        let asked = request.site_link.as_ref().ok_or_else(|| ApiError::invalid(KIND, "site_link", "Give the link."))?;
        decide(plan, asked)
    };
    configuration.change(call, decide).await
}

fn decide(plan: &mut Plan<'_>, asked: &wire::SiteLink) -> Result<wire::SiteLink, ApiError> {
    let mut link = SiteLink::new(&asked.from_site, &asked.to_site, asked.cost)
        .map_err(|violations| ApiError::Invalid { kind: KIND, violations })?;
    let mut violations = Violations::default();
    for site in [&mut link.from, &mut link.to] {
        // As the site is written, in whatever case it was asked.
        if let Some(there) = plan.objects.sites.get(site) {
            *site = there.value.name.clone();
        }
        let field = if asked.from_site.eq_ignore_ascii_case(site.as_str()) { "from_site" } else { "to_site" };
        message::check_site(&plan.objects, field, site, &mut violations);
    }
    if !violations.is_empty() {
        return Err(ApiError::Invalid { kind: KIND, violations });
    }
    let name = (link.from.clone(), link.to.clone());
    if plan.objects.site_links.contains_key(&name) {
        let name = format!("{} - {}", link.from, link.to);
        return Err(ApiError::NameInUse { kind: KIND, name, field: "to_site".to_owned() });
    }
    message::check_room(KIND, plan.objects.site_links.size(), limits::SITE_LINKS)?;
    let times = message::times::<SiteLink>(None);
    let shown = wire::SiteLink {
        from_site: link.from.to_string(),
        to_site: link.to.to_string(),
        cost: Some(link.cost),
        create_time: times.create,
        update_time: times.update,
        ..Default::default()
    };
    plan.write(Write::site_link(&Arc::new(link), Some(times)));
    Ok(shown)
}
