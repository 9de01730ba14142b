//! Between records as relays get them and records as the store keeps them: secrets are sealed on the way in.

use anyhow::Context as _;
use bytes::Bytes;
use postroad_api::config::v1::{Record, RecordKey, RecordKind};
use postroad_api::wire_hash;
use postroad_seal::{KeyRing, Sealed};
use postroad_store::{Key, Kind, Put, Stored, StoredRecord};

use crate::error::ApiError;

const STRANGE: ApiError = ApiError::Internal("a record of a strange kind");

/// Kinds of records as relays and as the store call them.
const KINDS: [(RecordKind, Kind); 7] = [
    (RecordKind::Connector, Kind::Connector),
    (RecordKind::Credential, Kind::Credential),
    (RecordKind::Certificate, Kind::Certificate),
    (RecordKind::CertificateKey, Kind::CertificateKey),
    (RecordKind::Site, Kind::Site),
    (RecordKind::SiteLink, Kind::SiteLink),
    (RecordKind::Relay, Kind::Relay),
];

/// The key of a record in the store.
///
/// # Errors
/// For a kind that is never stored.
pub(crate) fn key(kind: RecordKind, id: &str) -> Result<Key, ApiError> {
    let (_, kind) = KINDS.iter().find(|(wire, _)| *wire == kind).ok_or(STRANGE)?;
    Ok(Key { kind: *kind, id: id.to_owned() })
}

/// A record to be stored.
///
/// # Errors
/// For a record of a kind that is never stored.
pub(crate) fn put(keys: &KeyRing, record: &Record) -> Result<Put, ApiError> {
    let wire_key = record.key.as_ref().ok_or(STRANGE)?;
    let key = key(wire_key.kind(), &wire_key.id)?;
    let wire_hash = wire_hash(&record.body);
    if !key.kind.is_secret() {
        return Ok(Put { key, body: record.body.clone(), wire_hash });
    }
    let sealed = keys
        .seal(&context(&key, &wire_hash), &record.body)
        .map_err(|_too_long| ApiError::Internal("a secret is too long"))?;
    Ok(Put { key, body: Bytes::from(sealed.into_bytes()), wire_hash })
}

/// All records, opened.
///
/// # Errors
/// Names the record that does not open or was changed.
pub(crate) fn open(keys: &KeyRing, stored: &Stored) -> anyhow::Result<Vec<Record>> {
    // Settings are the control plane's own.
    let shared = stored.records.iter().filter(|record| record.key.kind != Kind::Settings);
    shared.map(|record| open_one(keys, record)).collect()
}

/// One record, opened.
///
/// # Errors
/// Says why it does not open.
pub(crate) fn open_one(keys: &KeyRing, record: &StoredRecord) -> anyhow::Result<Record> {
    let Key { kind, id } = &record.key;
    let Some((wire, _)) = KINDS.iter().find(|(_, known)| known == kind) else {
        anyhow::bail!("the store holds {id} of kind {kind:?}, which this version does not know");
    };
    let body = if kind.is_secret() {
        let sealed = Sealed::from_bytes(record.body.to_vec());
        let opened = keys
            .open(&context(&record.key, &record.wire_hash), &sealed)
            .with_context(|| format!("the secret of {} {id} cannot be read", owner(*kind)))?;
        Bytes::from_owner(opened)
    } else {
        record.body.clone()
    };
    anyhow::ensure!(
        wire_hash(&body) == record.wire_hash,
        "the stored record {id} of kind {kind:?} was changed: its hash is another one"
    );
    Ok(Record { key: Some(RecordKey { kind: (*wire).into(), id: id.clone() }), version: record.version, body })
}

/// A record that holds no secret, as it is; `None` for one that is sealed or of a strange kind.
pub(crate) fn plain(record: &StoredRecord) -> Option<Record> {
    let Key { kind, id } = &record.key;
    let (wire, _) = KINDS.iter().find(|(_, known)| known == kind && !kind.is_secret())?;
    let key = RecordKey { kind: (*wire).into(), id: id.clone() };
    Some(Record { key: Some(key), version: record.version, body: record.body.clone() })
}

const fn owner(kind: Kind) -> &'static str {
    match kind {
        Kind::CertificateKey => "certificate",
        _ => "connector",
    }
}

/// Whose secret it is, and which one: a sealed secret opens nowhere else.
fn context(key: &Key, wire_hash: &[u8; 32]) -> Vec<u8> {
    let kind: &[u8] = if key.kind == Kind::CertificateKey { b"certificate key\0" } else { b"credential\0" };
    [kind, key.id.as_bytes(), b"\0", wire_hash.as_slice()].concat()
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
        for (kind, _) in KINDS {
            let put = put(&keys, &record(kind)).unwrap();
            let shown = put.body.windows(6).any(|octets| octets == b"canary");
            let is_secret = matches!(kind, RecordKind::Credential | RecordKind::CertificateKey);
            assert_eq!(shown, !is_secret, "{kind:?}");
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
