//! Between records as relays get them and records as the store keeps them: secrets are sealed on the way in.

use anyhow::Context as _;
use bytes::Bytes;
use postroad_api::config::v1::{Record, RecordKey, RecordKind};
use postroad_api::wire_hash;
use postroad_seal::{KeyRing, Sealed};
use postroad_store::{Key, Kind, Put, Stored, StoredRecord};

use crate::error::ApiError;

/// The key of a record in the store; `None` for a kind that is never stored.
pub(crate) fn key(kind: RecordKind, id: &str) -> Option<Key> {
    let kind = match kind {
        RecordKind::Connector => Kind::Connector,
        RecordKind::Credential => Kind::Credential,
        _ => return None,
    };
    Some(Key { kind, id: id.to_owned() })
}

/// A record to be stored.
///
/// # Errors
/// For a record of a kind that is never stored.
pub(crate) fn put(keys: &KeyRing, record: &Record) -> Result<Put, ApiError> {
    const STRANGE: ApiError = ApiError::Internal("a record of a strange kind");
    let wire_key = record.key.as_ref().ok_or(STRANGE)?;
    let key = key(wire_key.kind(), &wire_key.id).ok_or(STRANGE)?;
    let wire_hash = wire_hash(&record.body);
    let body = match key.kind {
        Kind::Connector => record.body.clone(),
        Kind::Credential => {
            let sealed = keys
                .seal(&context(&key.id, &wire_hash), &record.body)
                .map_err(|_too_long| ApiError::Internal("a secret is too long"))?;
            Bytes::from(sealed.into_bytes())
        }
        _ => return Err(STRANGE),
    };
    Ok(Put { key, body, wire_hash })
}

/// All records, opened.
///
/// # Errors
/// Names the record that does not open or was changed.
pub(crate) fn open(keys: &KeyRing, stored: &Stored) -> anyhow::Result<Vec<Record>> {
    stored.records.iter().map(|record| open_one(keys, record)).collect()
}

fn open_one(keys: &KeyRing, record: &StoredRecord) -> anyhow::Result<Record> {
    let id = &record.key.id;
    let (kind, body) = match record.key.kind {
        Kind::Connector => (RecordKind::Connector, record.body.clone()),
        Kind::Credential => {
            let sealed = Sealed::from_bytes(record.body.to_vec());
            let opened = keys
                .open(&context(id, &record.wire_hash), &sealed)
                .with_context(|| format!("the secret of connector {id} cannot be read"))?;
            (RecordKind::Credential, Bytes::from_owner(opened))
        }
        other => anyhow::bail!("the store holds {id} of kind {other:?}, which this version does not know"),
    };
    anyhow::ensure!(
        wire_hash(&body) == record.wire_hash,
        "the stored record of connector {id} was changed: its hash is another one"
    );
    Ok(Record { key: Some(RecordKey { kind: kind.into(), id: id.clone() }), version: record.version, body })
}

/// Whose secret it is, and which one: a sealed secret opens nowhere else.
fn context(id: &str, wire_hash: &[u8; 32]) -> Vec<u8> {
    [b"credential\0", id.as_bytes(), b"\0", wire_hash.as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(folder: &tempfile::TempDir) -> KeyRing {
        KeyRing::load_or_create(&folder.path().join("k")).unwrap().0
    }

    fn record(kind: RecordKind) -> Record {
        Record { key: Some(RecordKey { kind: kind.into(), id: "c-1".into() }), version: 3, body: "canary-body".into() }
    }

    fn stored(put: Put) -> Stored {
        let record = StoredRecord { key: put.key, version: 3, body: put.body, wire_hash: put.wire_hash };
        Stored { epoch: [1; 16], revision: 3, records: vec![record] }
    }

    #[test]
    fn what_is_stored_opens_and_a_secret_is_not_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys(&folder);
        for kind in [RecordKind::Connector, RecordKind::Credential] {
            let put = put(&keys, &record(kind)).unwrap();
            let shown = put.body.windows(6).any(|octets| octets == b"canary");
            assert_eq!(shown, kind == RecordKind::Connector);
            assert_eq!(open(&keys, &stored(put)).unwrap(), [record(kind)]);
        }
    }

    #[test]
    fn changed_or_moved_records_do_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys(&folder);
        let mut moved = stored(put(&keys, &record(RecordKind::Credential)).unwrap());
        moved.records[0].key.id = "c-2".into();
        let error = open(&keys, &moved).unwrap_err();
        assert!(error.to_string().contains("c-2"), "{error}");
        let mut changed = stored(put(&keys, &record(RecordKind::Connector)).unwrap());
        changed.records[0].body = "other".into();
        assert!(open(&keys, &changed).is_err());
    }
}
