//! Key: revision, part (4 octets). Value: the time, how many records the revision changed (4 octets), then for each of
//! this part: kind, length of the id, id; 1, version and hash as it was, or 0; 1 and hash as it became, or 0.
//!
//! A revision of many records has several parts, because rows must stay small (ST9).

use std::ops::Bound;

use super::{Octets, push_key, take_key};
use crate::error::StoreError;
use crate::history::{Mark, RecordChange};
use crate::rows::Range;

/// Records in one row: of 205 octets at most, so that a row keeps within 64 KiB.
const PART: usize = 256;

/// A part as it is read.
#[derive(Debug)]
pub(in crate::rows) struct Part {
    pub(in crate::rows) time: u64,
    pub(in crate::rows) changed: usize,
    pub(in crate::rows) changes: Vec<RecordChange>,
}

/// The rows of a revision.
pub(in crate::rows) fn encode(revision: u64, time: u64, changes: &[RecordChange]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let changed = u32::try_from(changes.len()).unwrap_or(u32::MAX).to_be_bytes();
    let none: &[RecordChange] = &[];
    let parts = if changes.is_empty() { vec![none] } else { changes.chunks(PART).collect() };
    let rows = (0_u32..).zip(parts).map(|(part, changes)| {
        let mut row = [time.to_be_bytes().as_slice(), &changed].concat();
        for change in changes {
            push_change(&mut row, change);
        }
        ([revision.to_be_bytes().as_slice(), &part.to_be_bytes()].concat(), row)
    });
    rows.collect()
}

fn push_change(row: &mut Vec<u8>, change: &RecordChange) {
    push_key(row, &change.key);
    row.push(u8::from(change.before.is_some()));
    if let Some(before) = &change.before {
        row.extend_from_slice(&before.version.to_be_bytes());
        row.extend_from_slice(&before.wire_hash);
    }
    row.push(u8::from(change.after.is_some()));
    if let Some(after) = &change.after {
        row.extend_from_slice(&after.wire_hash);
    }
}

/// The rows of the revisions after one, up to and with another.
pub(in crate::rows) fn range(after: u64, to: u64) -> Range {
    let end = [to.to_be_bytes().as_slice(), &u32::MAX.to_be_bytes()].concat();
    (Bound::Excluded([after.to_be_bytes().as_slice(), &u32::MAX.to_be_bytes()].concat()), Bound::Included(end))
}

/// Which revision, and which part of it.
pub(in crate::rows) fn decode_key(key: &[u8]) -> Result<(u64, u32), StoreError> {
    let mut octets = Octets(key);
    match (octets.number(), octets.part(), octets.end()) {
        (Some(revision), Some(part), Some(())) => Ok((revision, part)),
        _ => Err(StoreError::Corrupt("a row of the changes has a key that cannot be read".to_owned())),
    }
}

pub(in crate::rows) fn decode(revision: u64, value: &[u8]) -> Result<Part, StoreError> {
    decode_part(revision, Octets(value))
        .ok_or_else(|| StoreError::Corrupt(format!("the changes of revision {revision} cannot be read")))
}

fn decode_part(revision: u64, mut octets: Octets<'_>) -> Option<Part> {
    let time = octets.number()?;
    let changed = usize::try_from(octets.part()?).ok()?;
    let mut changes = Vec::new();
    while octets.end().is_none() {
        let key = take_key(&mut octets)?;
        let before = match octets.octet()? {
            0 => None,
            1 => Some(Mark { version: octets.number()?, wire_hash: octets.array()? }),
            _ => return None,
        };
        let after = match octets.octet()? {
            0 => None,
            1 => Some(Mark { version: revision, wire_hash: octets.array()? }),
            _ => return None,
        };
        changes.push(RecordChange { key, before, after });
    }
    Some(Part { time, changed, changes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Key, Kind, MAX_BODY, MAX_ID};

    fn change(id: String) -> RecordChange {
        let mark = |version| Mark { version, wire_hash: [9; 32] };
        RecordChange { key: Key { kind: Kind::Relay, id }, before: Some(mark(3)), after: Some(mark(258)) }
    }

    #[test]
    fn the_form_of_changes_is_pinned() {
        let mut changes = vec![change("ab".to_owned()), change("c".to_owned())];
        changes[0].after = None;
        changes[1].before = None;
        let rows = encode(258, 7, &changes);
        let [(key, row)] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(key, b"\0\0\0\0\0\0\x01\x02\0\0\0\0");
        let first = [b"\x05\x02ab\x01\0\0\0\0\0\0\0\x03".as_slice(), &[9; 32], b"\0"].concat();
        let second = [b"\x05\x01c\0\x01".as_slice(), &[9; 32]].concat();
        assert_eq!(*row, [b"\0\0\0\0\0\0\0\x07\0\0\0\x02".as_slice(), &first, &second].concat());
        let part = decode(258, row).unwrap();
        assert_eq!((part.time, part.changed, part.changes), (7, 2, changes));
        for length in (0..row.len()).filter(|length| ![12, 12 + first.len()].contains(length)) {
            assert!(decode(258, &row[..length]).is_err(), "{length} octets");
        }
    }

    #[test]
    fn many_records_are_parted_into_small_rows() {
        let changes: Vec<_> = (0..1000).map(|at| change(format!("{at:0MAX_ID$}"))).collect();
        let rows = encode(1, 7, &changes);
        assert!(rows.iter().all(|(_, row)| row.len() <= MAX_BODY) && rows.is_sorted());
        let parts: Vec<_> = rows.iter().map(|(_, row)| decode(258, row).unwrap()).collect();
        assert!(parts.iter().all(|part| part.changed == 1000));
        assert_eq!(parts.into_iter().flat_map(|part| part.changes).collect::<Vec<_>>(), changes);
        assert_eq!(encode(1, 7, &[]).len(), 1, "a revision that changed nothing has a row too");
    }
}
