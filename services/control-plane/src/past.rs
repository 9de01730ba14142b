//! What was: objects and differences out of the history.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use postroad_api::connector::v1 as wire;
use postroad_api::{decode_records, limits};
use postroad_connector_model::Authentication;
use postroad_store::{AuditId, AuditQuery, ConnectorStore, Key, Kind, Mark, RecordChange, StoredRecord};
use prost::Message as _;
use prost_types::Timestamp;

use crate::configuration::Configuration;
use crate::difference::{Portrait, between};
use crate::error::ApiError;
use crate::object::ObjectKind;
use crate::{audit, shown, stored};

/// A point in time as the store keeps it.
pub(crate) fn timestamp(unix_ms: u64) -> Timestamp {
    (SystemTime::UNIX_EPOCH + Duration::from_millis(unix_ms)).into()
}

/// Who made a revision, and the objects that it changed, without their fields.
pub(crate) async fn heading(store: &dyn ConnectorStore, revision: u64, time: u64) -> Result<wire::Revision, ApiError> {
    let mut shown = wire::Revision { revision, time: Some(timestamp(time)), ..Default::default() };
    // The record of a change is the first of its revision.
    let after = Some(AuditId { revision: revision.saturating_sub(1), number: u64::MAX });
    let before = Some(AuditId { revision, number: 1 });
    let page = store.audit(AuditQuery { after, before, newest_first: false, limit: 1 }).await?;
    let Some(row) = page.rows.first() else { return Ok(shown) };
    let record = audit::decode(row).map_err(|_malformed| ApiError::Internal("an audit row cannot be read"))?;
    shown.actor = record.actor;
    shown.peer_address = record.peer_address;
    shown.method = record.method.rsplit('/').next().unwrap_or_default().to_owned();
    shown.request_id = record.request_id;
    shown.changes = record.objects.into_iter().map(object_change).collect();
    Ok(shown)
}

fn object_change(object: postroad_api::fleet::v1::AuditedObject) -> wire::ObjectChange {
    let action = match object.action.as_str() {
        "created" => wire::ChangeAction::Created,
        "updated" => wire::ChangeAction::Updated,
        "deleted" => wire::ChangeAction::Deleted,
        _ => wire::ChangeAction::Unspecified,
    };
    let (kind, id, name) = (object.kind, object.id, object.name);
    wire::ObjectChange { kind, id, name, action: action.into(), fields: Vec::new() }
}

/// Differences of records as differences of the objects that they belong to, with their fields.
pub(crate) async fn object_changes(
    configuration: &Configuration,
    changes: Vec<RecordChange>,
) -> Result<Vec<wire::ObjectChange>, ApiError> {
    let mut secrets: BTreeSet<Key> = changes.iter().filter(|change| changes_secret(change)).map(owner).collect();
    let mut found = Vec::new();
    for change in changes.iter().filter(|change| !change.key.kind.is_secret() && change.key.kind != Kind::Settings) {
        let before = read(configuration, &change.key, change.before).await?;
        let after = read(configuration, &change.key, change.after).await?;
        let has_secret = secrets.remove(&change.key);
        found.extend(compared(&change.key, before, after, has_secret)?);
    }
    // Objects of which only the secret was changed.
    for key in secrets {
        let secret = |change: &&RecordChange| change.key.kind.is_secret() && owner(change) == key;
        let Some(mark) = changes.iter().find(secret).and_then(|change| change.after.or(change.before)) else {
            continue;
        };
        let both = configuration.store().record_at(key.clone(), mark.version).await?;
        found.extend(compared(&key, both.clone(), both, true)?);
    }
    found.sort_by(|one, other| (&one.kind, &one.id).cmp(&(&other.kind, &other.id)));
    Ok(fitting(found))
}

/// A secret that was only wrapped anew is the same.
fn changes_secret(change: &RecordChange) -> bool {
    let hash = |mark: Option<Mark>| mark.map(|mark| mark.wire_hash);
    change.key.kind.is_secret() && hash(change.before) != hash(change.after)
}

/// The object that a record of secrets belongs to.
fn owner(change: &RecordChange) -> Key {
    let kind = if change.key.kind == Kind::CertificateKey { Kind::Certificate } else { Kind::Connector };
    Key { kind, id: change.key.id.clone() }
}

async fn read(configuration: &Configuration, key: &Key, mark: Option<Mark>) -> Result<Option<StoredRecord>, ApiError> {
    match mark {
        None => Ok(None),
        Some(mark) => Ok(configuration.store().record_at(key.clone(), mark.version).await?),
    }
}

fn compared(
    key: &Key,
    before: Option<StoredRecord>,
    after: Option<StoredRecord>,
    has_secret: bool,
) -> Result<Option<wire::ObjectChange>, ApiError> {
    let before = before.as_ref().map(portrait).transpose()?;
    let after = after.as_ref().map(portrait).transpose()?;
    let Some((kind, _, secret)) = after.as_ref().or(before.as_ref()) else { return Ok(None) };
    let secret = secret.or_else(|| before.as_ref().and_then(|(_, _, secret)| *secret)).filter(|_| has_secret);
    let picture =
        |side: &Option<(ObjectKind, Portrait, Option<&'static str>)>| side.as_ref().map(|(_, it, _)| it.clone());
    Ok(between(*kind, &key.id, picture(&before).as_ref(), picture(&after).as_ref(), secret))
}

/// A stored record as it is shown, and where the secret of such an object stands.
fn portrait(record: &StoredRecord) -> Result<(ObjectKind, Portrait, Option<&'static str>), ApiError> {
    const STRANGE: ApiError = ApiError::Internal("a record of the history cannot be read");
    let record = stored::plain(record).ok_or(STRANGE)?;
    let decoded = decode_records(&[record]).map_err(|_problems| STRANGE)?;
    if let Some(kept) = decoded.connectors.first() {
        let path = secret_path(&kept.value.authentication);
        return Ok((ObjectKind::Connector, shown::connector(&kept.value), path));
    }
    if let Some(kept) = decoded.certificates.first() {
        return Ok((ObjectKind::Certificate, shown::certificate(&kept.value), Some(shown::PRIVATE_KEY)));
    }
    if let Some(kept) = decoded.sites.first() {
        return Ok((ObjectKind::Site, shown::site(&kept.value), None));
    }
    if let Some(kept) = decoded.site_links.first() {
        return Ok((ObjectKind::SiteLink, shown::site_link(&kept.value), None));
    }
    let relay = decoded.relays.first().ok_or(STRANGE)?;
    Ok((ObjectKind::Relay, shown::relay(&relay.value), None))
}

const fn secret_path(authentication: &Authentication) -> Option<&'static str> {
    match authentication {
        Authentication::Basic { .. } | Authentication::BasicRequireTls { .. } => Some("credential.basic.password"),
        Authentication::ExchangeServer { .. } => Some("credential.kerberos.keytab"),
        Authentication::XOAuth2(_) | Authentication::OAuthBearer(_) => Some("credential.oauth"),
        Authentication::None | Authentication::ExternallySecured | Authentication::External => None,
    }
}

/// As much as fits into an answer: of too much the values of fields are left out, then the fields, then objects, and the
/// last one says how many.
pub(crate) fn fitting(mut changes: Vec<wire::ObjectChange>) -> Vec<wire::ObjectChange> {
    let too_much = |changes: &[wire::ObjectChange]| {
        changes.iter().map(|change| change.encoded_len() + 4).sum::<usize>() > limits::ANSWER
    };
    if too_much(&changes) {
        for field in changes.iter_mut().flat_map(|change| &mut change.fields) {
            (field.before, field.after) = (String::new(), String::new());
        }
    }
    if too_much(&changes) {
        changes.iter_mut().for_each(|change| change.fields.clear());
    }
    let count = changes.len();
    while too_much(&changes) {
        changes.truncate(changes.len() * 3 / 4);
        let name = format!("and {} more", count - changes.len());
        changes.push(wire::ObjectChange { name, ..Default::default() });
    }
    changes
}
