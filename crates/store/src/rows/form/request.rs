//! Key: the id. Value: the keyed hash of the content (32 octets), the revision, the expiry, the outcome.

use bytes::Bytes;

use super::Octets;
use crate::change::RequestRecord;
use crate::error::StoreError;

pub(in crate::rows) fn encode(record: &RequestRecord) -> Vec<u8> {
    let (revision, expires) = (record.revision.to_be_bytes(), record.expires.to_be_bytes());
    [record.content.as_slice(), &revision, &expires, &record.outcome].concat()
}

pub(in crate::rows) fn decode(value: &Bytes) -> Result<RequestRecord, StoreError> {
    let read = || {
        let mut octets = Octets(value);
        let (content, revision, expires) = (octets.array()?, octets.number()?, octets.number()?);
        Some(RequestRecord { content, revision, expires, outcome: value.slice_ref(octets.0) })
    };
    read().ok_or_else(|| StoreError::Corrupt("the record of a request cannot be read".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_request_is_pinned() {
        let record =
            RequestRecord { content: [9; 32], revision: 258, expires: 7, outcome: Bytes::from_static(b"outcome") };
        let row = Bytes::from(encode(&record));
        let numbers = b"\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\0\x07";
        assert_eq!(row, [[9; 32].as_slice(), numbers, b"outcome"].concat());
        assert_eq!(decode(&row).unwrap(), record);
        assert!(decode(&row.slice(..47)).is_err());
    }
}
