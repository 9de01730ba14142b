//! Key: kind, length of the id, id, version. Value: the time (8 octets), then for a version the wire hash (32) and the
//! body, after the octet 1; for a removal the octet 0.

use std::ops::Bound;

use bytes::Bytes;

use super::{Octets, push_key, take_key};
use crate::error::StoreError;
use crate::history::VersionRecord;
use crate::record::{Key, StoredRecord};
use crate::rows::Range;

/// What the keys of all versions of a record begin with.
pub(in crate::rows) fn prefix(key: &Key) -> Vec<u8> {
    let mut row = Vec::with_capacity(2 + key.id.len() + 8);
    push_key(&mut row, key);
    row
}

/// The row of one version, or the place where it would be.
pub(in crate::rows) fn key(prefix: &[u8], version: u64) -> Vec<u8> {
    [prefix, &version.to_be_bytes()].concat()
}

/// The versions of a record from one to another, both included.
pub(in crate::rows) fn range(prefix: &[u8], from: u64, to: u64) -> Range {
    (Bound::Included(key(prefix, from)), Bound::Included(key(prefix, to)))
}

pub(in crate::rows) fn encode(record: Option<&StoredRecord>, time: u64) -> Vec<u8> {
    let mut row = Vec::with_capacity(8 + 1 + 32 + record.map_or(0, |record| record.body.len()));
    row.extend_from_slice(&time.to_be_bytes());
    row.push(u8::from(record.is_some()));
    if let Some(record) = record {
        row.extend_from_slice(&record.wire_hash);
        row.extend_from_slice(&record.body);
    }
    row
}

/// Which version a row is of; the error says what is wrong with it.
pub(in crate::rows) fn decode_key(key: &[u8]) -> Result<(Key, u64), StoreError> {
    let mut octets = Octets(key);
    let decoded = take_key(&mut octets).and_then(|key| Some((key, octets.number()?)));
    match (decoded, octets.end()) {
        (Some(decoded), Some(())) => Ok(decoded),
        _ => Err(StoreError::Corrupt("a row of the history has a key that cannot be read".to_owned())),
    }
}

/// Reads a row; the error says what is wrong with it.
pub(in crate::rows) fn decode(key: &[u8], value: &Bytes) -> Result<VersionRecord, StoreError> {
    let (key, version) = decode_key(key)?;
    let broken = || StoreError::Corrupt(format!("version {version} of {} cannot be read", key.id));
    let mut octets = Octets(value);
    let time = octets.number().ok_or_else(broken)?;
    let record = match octets.octet().ok_or_else(broken)? {
        0 => None,
        1 => {
            let wire_hash = octets.array().ok_or_else(broken)?;
            let body = value.slice_ref(octets.0);
            Some(StoredRecord { key, version, body, wire_hash })
        }
        _ => return Err(broken()),
    };
    Ok(VersionRecord { version, time, record })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Kind;

    #[test]
    fn the_form_of_history_is_pinned() {
        let name = Key { kind: Kind::Site, id: "ab".to_owned() };
        let record =
            StoredRecord { key: name.clone(), version: 7, body: Bytes::from_static(b"body"), wire_hash: [9; 32] };
        let at = key(&prefix(&name), 7);
        assert_eq!(at, b"\x04\x02ab\0\0\0\0\0\0\0\x07");
        let row = Bytes::from(encode(Some(&record), 258));
        assert_eq!(row, [b"\0\0\0\0\0\0\x01\x02\x01".as_slice(), &[9; 32], b"body"].concat());
        assert_eq!(decode(&at, &row).unwrap(), VersionRecord { version: 7, time: 258, record: Some(record) });
        let removal = Bytes::from(encode(None, 258));
        assert_eq!(decode(&at, &removal).unwrap(), VersionRecord { version: 7, time: 258, record: None });
        for length in 0..row.len() - 4 {
            assert!(decode(&at, &row.slice(..length)).is_err(), "{length} octets");
        }
        assert!(decode(&at[..11], &row).is_err() && decode(b"\x63\0\0\0\0\0\0\0\0\x07", &row).is_err());
    }
}
