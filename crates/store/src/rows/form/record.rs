//! Key: the octet of the kind, then the id. Value: the version (8 octets), the wire hash (32), the body.

use bytes::Bytes;

use crate::record::{Key, Kind, StoredRecord};

use super::Octets;

/// Octets before the body.
const HEAD: usize = 8 + 32;

pub(in crate::rows) fn key(key: &Key) -> Vec<u8> {
    let mut row = Vec::with_capacity(1 + key.id.len());
    row.push(key.kind as u8);
    row.extend_from_slice(key.id.as_bytes());
    row
}

pub(in crate::rows) fn encode(record: &StoredRecord) -> Vec<u8> {
    let mut row = Vec::with_capacity(HEAD + record.body.len());
    row.extend_from_slice(&record.version.to_be_bytes());
    row.extend_from_slice(&record.wire_hash);
    row.extend_from_slice(&record.body);
    row
}

/// Reads a row; the error says what is wrong with it.
pub(in crate::rows) fn decode(key: &[u8], value: &Bytes) -> Result<StoredRecord, String> {
    let (kind, id) = key.split_first().ok_or("a record has an empty key")?;
    let kind = Kind::from_number(*kind)
        .ok_or_else(|| format!("a record is of kind {kind}, which this version does not know"))?;
    let Ok(id) = std::str::from_utf8(id) else {
        return Err("a record has an id that is not UTF-8".to_owned());
    };
    let mut octets = Octets(value);
    let (Some(version), Some(wire_hash)) = (octets.number(), octets.array()) else {
        return Err(format!("the record {id} is cut short"));
    };
    let body = value.slice_ref(octets.0);
    Ok(StoredRecord { key: Key { kind, id: id.to_owned() }, version, body, wire_hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_record_is_pinned() {
        let name = Key { kind: Kind::Credential, id: "c-1".to_owned() };
        let body = Bytes::from_static(b"body");
        let record = StoredRecord { key: name.clone(), version: 258, body, wire_hash: [9; 32] };
        let row = Bytes::from(encode(&record));
        assert_eq!(key(&name), b"\x02c-1");
        assert_eq!(row, [&[0, 0, 0, 0, 0, 0, 1, 2], [9; 32].as_slice(), b"body"].concat());
        assert_eq!(decode(b"\x02c-1", &row), Ok(record));
        assert!(decode(b"", &row).is_err());
        assert!(decode(b"\x63c-1", &row).unwrap_err().contains("kind 99"));
        assert!(decode(b"\x02\xff", &row).is_err());
        assert!(decode(b"\x02c-1", &row.slice(..39)).unwrap_err().contains("c-1"));
    }
}
