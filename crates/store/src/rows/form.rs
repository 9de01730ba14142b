//! The form of rows, one file per tree.

pub(super) mod audit;
pub(super) mod changes;
pub(super) mod history;
pub(super) mod record;
pub(super) mod request;

use super::octets::Octets;
use crate::record::{Key, Kind};

/// A key within a row: the kind, the length of the id, the id; so no key is the beginning of another.
fn push_key(row: &mut Vec<u8>, key: &Key) {
    row.push(key.kind as u8);
    // At most 128: every change is checked.
    row.push(u8::try_from(key.id.len()).unwrap_or(u8::MAX));
    row.extend_from_slice(key.id.as_bytes());
}

fn take_key(octets: &mut Octets<'_>) -> Option<Key> {
    let kind = Kind::from_number(octets.octet()?)?;
    let id = std::str::from_utf8(octets.short()?).ok()?.to_owned();
    Some(Key { kind, id })
}
