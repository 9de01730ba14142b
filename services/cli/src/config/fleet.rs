//! Sites, links and relays: what differs.

use postroad_api::connector::v1::FieldChange;
use postroad_api::fleet::v1::{Relay, Site, SiteLink, UpdateRelayRequest};
use serde_json::{Value, json};

use super::document::{LinkEntry, RelayEntry, SiteEntry};
use super::plan::{Plan, Work, differing};
use crate::site_link;

fn new(values: &[(&str, Value)]) -> Vec<FieldChange> {
    let said = values.iter().filter(|(_, value)| *value != json!("") && *value != json!({}));
    said.filter_map(|(path, value)| differing(path, &Value::Null, value)).collect()
}

/// Compares sites.
pub(super) fn sites(wanted: Vec<SiteEntry>, stored: &[Site], prune: bool, plan: &mut Plan) {
    for it in &wanted {
        match stored.iter().find(|site| site.name.eq_ignore_ascii_case(&it.name)) {
            None => {
                let site = Site { name: it.name.clone(), comment: it.comment.clone(), ..Site::default() };
                plan.step("site", &it.name, new(&[("comment", json!(it.comment))]), Work::CreateSite(site));
            }
            Some(site) => {
                let fields: Vec<_> =
                    differing("comment", &json!(site.comment), &json!(it.comment)).into_iter().collect();
                if !fields.is_empty() {
                    let site = Site { comment: it.comment.clone(), ..site.clone() };
                    plan.step("site", &it.name, fields, Work::UpdateSite(site));
                }
            }
        }
    }
    for site in stored {
        if !wanted.iter().any(|it| it.name.eq_ignore_ascii_case(&site.name)) {
            plan.surplus("site", &site.name, prune, Work::DeleteSite(site.clone()));
        }
    }
}

/// Compares links.
pub(super) fn links(wanted: Vec<LinkEntry>, stored: &[SiteLink], prune: bool, plan: &mut Plan) {
    let same = |it: &LinkEntry, link: &SiteLink| {
        site_link::same((&it.from_site, &it.to_site), (&link.from_site, &link.to_site))
    };
    let name = |from: &str, to: &str| format!("{from} - {to}");
    for it in &wanted {
        let shown = name(&it.from_site, &it.to_site);
        match stored.iter().find(|link| same(it, link)) {
            None => {
                let link = SiteLink {
                    from_site: it.from_site.clone(),
                    to_site: it.to_site.clone(),
                    cost: Some(it.cost),
                    ..SiteLink::default()
                };
                plan.step("site_link", &shown, new(&[("cost", json!(it.cost))]), Work::CreateLink(link));
            }
            Some(link) => {
                let cost = link.cost.unwrap_or(site_link::DEFAULT_COST);
                let fields: Vec<_> = differing("cost", &json!(cost), &json!(it.cost)).into_iter().collect();
                if !fields.is_empty() {
                    let link = SiteLink { cost: Some(it.cost), ..link.clone() };
                    plan.step("site_link", &shown, fields, Work::UpdateLink(link));
                }
            }
        }
    }
    for link in stored {
        if !wanted.iter().any(|it| same(it, link)) {
            let shown = name(&link.from_site, &link.to_site);
            plan.surplus("site_link", &shown, prune, Work::DeleteLink(link.clone()));
        }
    }
}

/// Compares the records of relays.
pub(super) fn relays(wanted: Vec<RelayEntry>, stored: &[Relay], prune: bool, plan: &mut Plan) {
    for it in &wanted {
        let found = stored.iter().find(|relay| relay.name.eq_ignore_ascii_case(&it.name));
        let fields = match found {
            None => new(&[("site", json!(it.site)), ("labels", json!(it.labels))]),
            Some(relay) => {
                let site = differing("site", &json!(relay.granted_site), &json!(it.site));
                let labels = differing("labels", &json!(relay.labels), &json!(it.labels));
                site.into_iter().chain(labels).collect()
            }
        };
        if found.is_some() && fields.is_empty() {
            continue;
        }
        let request = UpdateRelayRequest {
            name: found.map_or_else(|| it.name.clone(), |relay| relay.name.clone()),
            site: it.site.clone(),
            labels: it.labels.clone(),
            etag: found.map(|relay| relay.etag.clone()).unwrap_or_default(),
            update_mask: vec!["site".to_owned(), "labels".to_owned()],
            ..UpdateRelayRequest::default()
        };
        plan.step("relay", &it.name, fields, Work::SetRelay(request));
    }
    for relay in stored {
        if !wanted.iter().any(|it| it.name.eq_ignore_ascii_case(&relay.name)) {
            plan.surplus("relay", &relay.name, prune, Work::DeleteRelay(relay.clone()));
        }
    }
}
