//! Key: revision, number. Value: the time (8 octets), the hash of the row before (32), what was written. The tail: 1,
//! revision and number of the last row, or 0; then its hash.

use bytes::Bytes;

use super::Octets;
use crate::audit::{AuditId, AuditRow, AuditTail};
use crate::error::StoreError;

pub(in crate::rows) fn key(id: AuditId) -> Vec<u8> {
    [id.revision.to_be_bytes(), id.number.to_be_bytes()].concat()
}

pub(in crate::rows) fn encode(row: &AuditRow) -> Vec<u8> {
    [row.time.to_be_bytes().as_slice(), &row.previous, &row.value].concat()
}

pub(in crate::rows) fn decode(key: &[u8], value: &Bytes) -> Result<AuditRow, StoreError> {
    let read = || {
        let (mut key, mut octets) = (Octets(key), Octets(value));
        let id = AuditId { revision: key.number()?, number: key.number()? };
        key.end()?;
        let (time, previous) = (octets.number()?, octets.array()?);
        Some(AuditRow { id, time, previous, value: value.slice_ref(octets.0) })
    };
    read().ok_or_else(|| StoreError::Corrupt("a row of the audit trail cannot be read".to_owned()))
}

pub(in crate::rows) fn encode_tail(tail: &AuditTail) -> Vec<u8> {
    match tail.last {
        Some(last) => [b"\x01".as_slice(), &key(last), &tail.hash].concat(),
        None => [b"\0".as_slice(), &tail.hash].concat(),
    }
}

pub(in crate::rows) fn decode_tail(value: &[u8]) -> Option<AuditTail> {
    let mut octets = Octets(value);
    let last = match octets.octet()? {
        0 => None,
        1 => Some(AuditId { revision: octets.number()?, number: octets.number()? }),
        _ => return None,
    };
    let hash = octets.array()?;
    octets.end().map(|()| AuditTail { last, hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_the_trail_is_pinned() {
        let id = AuditId { revision: 258, number: 3 };
        let row = AuditRow { id, time: 7, previous: [9; 32], value: Bytes::from_static(b"event") };
        assert_eq!(key(id), b"\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\0\x03");
        let value = Bytes::from(encode(&row));
        assert_eq!(value, [b"\0\0\0\0\0\0\0\x07".as_slice(), &[9; 32], b"event"].concat());
        assert_eq!(decode(&key(id), &value).unwrap(), row);
        assert!(decode(&key(id), &value.slice(..39)).is_err() && decode(&key(id)[1..], &value).is_err());
        for last in [None, Some(id)] {
            let tail = AuditTail { last, hash: [5; 32] };
            let encoded = encode_tail(&tail);
            assert_eq!(decode_tail(&encoded), Some(tail));
            assert_eq!(decode_tail(&encoded[..encoded.len() - 1]), None);
        }
    }
}
