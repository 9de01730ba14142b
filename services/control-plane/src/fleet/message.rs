//! Sites, links and relays as they are shown.

use postroad_api::fleet::v1 as wire;
use postroad_api::{Decoded, RecordTimes};
use postroad_connector_model::{RelayRecord, ResourceName, Site, SiteLink, Violations};

use crate::clock;
use crate::error::ApiError;
use crate::etag::etag;
use crate::object::ObjectKind;
use crate::objects::Objects;

pub(super) fn site(epoch: &[u8; 16], kept: &Decoded<Site>) -> wire::Site {
    wire::Site {
        name: kept.value.name.to_string(),
        comment: kept.value.comment.clone(),
        revision: kept.version,
        etag: etag(epoch, kept.version),
        create_time: kept.times.create,
        update_time: kept.times.update,
    }
}

pub(super) fn site_link(epoch: &[u8; 16], kept: &Decoded<SiteLink>) -> wire::SiteLink {
    wire::SiteLink {
        from_site: kept.value.from.to_string(),
        to_site: kept.value.to.to_string(),
        cost: Some(kept.value.cost),
        revision: kept.version,
        etag: etag(epoch, kept.version),
        create_time: kept.times.create,
        update_time: kept.times.update,
    }
}

/// Puts what is kept of a relay on what is known of it.
pub(super) fn grant(shown: &mut wire::Relay, epoch: &[u8; 16], kept: &Decoded<RelayRecord>) {
    shown.labels = kept.value.labels.clone();
    shown.granted_site = kept.value.site.as_ref().map(ToString::to_string).unwrap_or_default();
    shown.etag = etag(epoch, kept.version);
}

/// The times of an object that is written now.
pub(super) fn times<T>(before: Option<&Decoded<T>>) -> RecordTimes {
    let now = Some(clock::now().into());
    RecordTimes { create: before.map_or(now, |kept| kept.times.create), update: now }
}

/// The name of an object that ought to be there.
pub(super) fn name(kind: ObjectKind, text: &str) -> Result<ResourceName, ApiError> {
    ResourceName::parse(text).map_err(|_invalid| ApiError::unknown(kind, text))
}

/// Adds a violation when no such site is there.
pub(super) fn check_site(objects: &Objects, field: &str, site: &ResourceName, violations: &mut Violations) {
    if !objects.sites.contains_key(site) {
        violations.add(field, format!("There is no site with the name {site}."));
    }
}

/// Refuses one more than the limit.
pub(super) fn check_room(kind: ObjectKind, there: usize, limit: usize) -> Result<(), ApiError> {
    if there < limit {
        return Ok(());
    }
    Err(ApiError::request("LIMIT_EXCEEDED", "name", format!("There are {there} {kind}s already, which is the most.")))
}
