//! How a record lies in a tree.
//!
//! Key: the octet of the kind, then the id. Value: the version (8 octets, big endian), the wire hash (32), the body.

use postroad_store::{Key, Kind, StoredRecord};

const HASH: usize = 32;

/// The key of a row.
pub(crate) fn encode_key(key: &Key) -> Vec<u8> {
    let mut row = Vec::with_capacity(1 + key.id.len());
    row.push(key.kind as u8);
    row.extend_from_slice(key.id.as_bytes());
    row
}

/// The value of a row.
pub(crate) fn encode_value(record: &StoredRecord) -> Vec<u8> {
    let mut row = Vec::with_capacity(8 + HASH + record.body.len());
    row.extend_from_slice(&record.version.to_be_bytes());
    row.extend_from_slice(&record.wire_hash);
    row.extend_from_slice(&record.body);
    row
}

/// Reads a row; the error says what is wrong with it.
pub(crate) fn decode(key: &[u8], value: &[u8]) -> Result<StoredRecord, String> {
    let (kind, id) = key.split_first().ok_or("a record has an empty key")?;
    let kind = match *kind {
        kind if kind == Kind::Connector as u8 => Kind::Connector,
        kind if kind == Kind::Credential as u8 => Kind::Credential,
        other => return Err(format!("a record is of kind {other}, which this version does not know")),
    };
    let Ok(id) = std::str::from_utf8(id) else {
        return Err("a record has an id that is not UTF-8".to_owned());
    };
    let short = || format!("the record {id} is cut short");
    let (version, rest) = value.split_first_chunk().ok_or_else(short)?;
    let (wire_hash, body) = rest.split_first_chunk::<HASH>().ok_or_else(short)?;
    Ok(StoredRecord {
        key: Key { kind, id: id.to_owned() },
        version: u64::from_be_bytes(*version),
        body: bytes::Bytes::copy_from_slice(body),
        wire_hash: *wire_hash,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_row_is_pinned() {
        let key = Key { kind: Kind::Credential, id: "c-1".to_owned() };
        let body = bytes::Bytes::from_static(b"body");
        let record = StoredRecord { key: key.clone(), version: 258, body, wire_hash: [9; 32] };
        let row = encode_value(&record);
        assert_eq!(encode_key(&key), b"\x02c-1");
        assert_eq!(row, [&[0, 0, 0, 0, 0, 0, 1, 2], [9; 32].as_slice(), b"body"].concat());
        assert_eq!(decode(b"\x02c-1", &row), Ok(record));
        assert!(decode(b"", &row).is_err());
        assert!(decode(b"\x09c-1", &row).unwrap_err().contains("kind 9"));
        assert!(decode(b"\x02\xff", &row).is_err());
        assert!(decode(b"\x02c-1", &row[..39]).unwrap_err().contains("c-1"));
    }
}
