//! The audit trail: who did what, when and from where. Never a secret.

mod rate;

use bytes::Bytes;
use postroad_api::connector::v1::{ChangeAction, ObjectChange};
use postroad_api::fleet::v1::{AuditRecord, AuditedField, AuditedObject};
use postroad_store::{AuditRow, MAX_BODY};
use prost::Message as _;

use crate::call::Call;

pub(crate) use rate::RefusalRate;

/// Result of a call that did what it was asked to.
pub(crate) const OK: &str = "OK";
/// Objects named in one event of the log; the trail has all of them.
const LOGGED: usize = 20;

/// The record of a call. Revision after and time are told by the row that it stands in.
pub(crate) fn record(call: &Call, revision_before: u64, result: &str, changes: &[ObjectChange]) -> AuditRecord {
    AuditRecord {
        actor: call.actor.clone(),
        method: call.method.to_owned(),
        request_id: call.request_id.clone(),
        peer_address: call.peer.clone(),
        trace_id: call.trace_id.clone(),
        revision_before,
        result: result.to_owned(),
        objects: changes.iter().map(audited).collect(),
        ..Default::default()
    }
}

fn audited(change: &ObjectChange) -> AuditedObject {
    let action = match change.action() {
        ChangeAction::Created => "created",
        ChangeAction::Deleted => "deleted",
        ChangeAction::Updated | ChangeAction::Unspecified => "updated",
    };
    let field = |field: &postroad_api::connector::v1::FieldChange| AuditedField {
        path: field.path.clone(),
        before: field.before.clone(),
        after: field.after.clone(),
    };
    AuditedObject {
        kind: change.kind.clone(),
        id: change.id.clone(),
        name: change.name.clone(),
        action: action.to_owned(),
        fields: change.fields.iter().map(field).collect(),
    }
}

/// The octets of a record as the store takes them. Of one that is too large the values of fields are left out, then the
/// fields, then objects, and the last one says how many: what they became stands in the history of the revision.
pub(crate) fn encode(record: &AuditRecord) -> Bytes {
    let fits = |record: &AuditRecord| record.encoded_len() <= MAX_BODY;
    if fits(record) {
        return record.encode_to_vec().into();
    }
    let mut shorter = record.clone();
    for field in shorter.objects.iter_mut().flat_map(|object| &mut object.fields) {
        (field.before, field.after) = (String::new(), String::new());
    }
    if !fits(&shorter) {
        shorter.objects.iter_mut().for_each(|object| object.fields.clear());
    }
    let count = shorter.objects.len();
    while !fits(&shorter) {
        shorter.objects.truncate(shorter.objects.len() * 3 / 4);
        let more = format!("and {} more", count - shorter.objects.len());
        shorter.objects.push(AuditedObject { name: more, ..Default::default() });
    }
    shorter.encode_to_vec().into()
}

/// A record as it is shown.
///
/// # Errors
/// When the row holds none.
pub(crate) fn decode(row: &AuditRow) -> Result<AuditRecord, prost::DecodeError> {
    let mut record = AuditRecord::decode(row.value.clone())?;
    record.revision_after = if record.result == OK { row.id.revision } else { record.revision_before };
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(row.time);
    record.time = Some(time.into());
    record.previous_hash = row.previous.iter().map(|octet| format!("{octet:02x}")).collect();
    Ok(record)
}

/// Tells the log.
pub(crate) fn event(record: &AuditRecord, revision_after: u64) {
    let name = |object: &AuditedObject| format!("{} {} {:?} {}", object.action, object.kind, object.name, object.id);
    let mut objects: Vec<_> = record.objects.iter().take(LOGGED).map(name).collect();
    if record.objects.len() > LOGGED {
        objects.push(format!("and {} more", record.objects.len() - LOGGED));
    }
    tracing::info!(
        target: "postroad.audit",
        actor = record.actor,
        method = record.method,
        request_id = record.request_id,
        peer_address = record.peer_address,
        trace_id = record.trace_id,
        revision_before = record.revision_before,
        revision_after,
        result = record.result,
        objects = objects.join("; "),
        "audit"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use postroad_api::connector::v1::FieldChange;

    #[test]
    fn se9_a_record_of_any_size_fits_into_a_row() {
        let change = |fields: usize, octets: usize| ObjectChange {
            kind: "connector".into(),
            id: "i".repeat(36),
            name: "n".repeat(64),
            action: ChangeAction::Updated.into(),
            fields: vec![
                FieldChange { path: "p".repeat(20), before: "b".repeat(octets), after: String::new() };
                fields
            ],
        };
        let call = Call {
            method: "m",
            actor: "a".into(),
            peer: String::new(),
            trace_id: String::new(),
            validate_only: false,
            request_id: String::new(),
            content: Vec::new(),
        };
        for (objects, fields, octets) in [(1, 2, 10), (1, 1, 100_000), (1_000, 1, 1_000), (1_000, 10, 0), (5_000, 0, 0)]
        {
            let encoded = encode(&record(&call, 3, OK, &vec![change(fields, octets); objects]));
            assert!(encoded.len() <= MAX_BODY, "{objects} {fields} {octets}: {}", encoded.len());
            let read = AuditRecord::decode(encoded).unwrap();
            assert!(read.objects.len() == objects || read.objects.last().unwrap().name.contains("more"));
        }
    }
}
