//! `DeleteSite`.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use postroad_connector_model::ResourceName;
use tonic::Request;

use super::message;
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::etag;
use crate::object::ObjectKind;
use crate::objects::Objects;
use crate::plan::Plan;
use crate::write::Write;

/// Users of a site that are named.
const NAMED: usize = 20;

/// Removes a site that no relay stands in and no link leads to.
pub(super) async fn delete(
    configuration: &Arc<Configuration>,
    request: Request<wire::DeleteSiteRequest>,
) -> Result<wire::DeleteSiteResponse, ApiError> {
    const KIND: ObjectKind = ObjectKind::Site;
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide = move |plan: &mut Plan<'_>| {
        let name = message::name(KIND, &request.name)?;
        let kept = plan.objects.sites.get(&name).ok_or_else(|| ApiError::unknown(KIND, &request.name))?;
        etag::check(KIND, &request.etag, &plan.before.epoch, kept.version)?;
        let users = users(&plan.objects, &name);
        if !users.is_empty() {
            let text = format!("The site is used by {}.", users.join(", "));
            return Err(ApiError::InUse { kind: KIND, name: kept.value.name.to_string(), text });
        }
        plan.write(Write::site(name, None));
        Ok(wire::DeleteSiteResponse { revision: plan.before.revision })
    };
    configuration.change(call, decide).await
}

fn users(objects: &Objects, site: &ResourceName) -> Vec<String> {
    let relays = (objects.relays.iter())
        .filter(|(_, relay)| relay.value.site.as_ref() == Some(site))
        .map(|(name, _)| format!("the relay {name}"));
    let links = (objects.site_links.keys())
        .filter(|(from, to)| from == site || to == site)
        .map(|(from, to)| format!("the link {from} - {to}"));
    let all: Vec<_> = relays.chain(links).collect();
    let more = all.len().saturating_sub(NAMED);
    let mut named: Vec<_> = all.into_iter().take(NAMED).collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named
}
