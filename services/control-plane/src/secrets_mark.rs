//! A mark over all stored secrets together. Each is bound to its object and to its own random salt, so none opens elsewhere;
//! but whoever can write the disk could put an older one of the same object back in its place. The mark, which only a
//! holder of the keys can make, tells that: it belongs to the set of secrets that was written last.
//!
//! What it does not tell is an older state of all secrets together with its mark.

use std::collections::BTreeMap;

use bytes::Bytes;
use postroad_seal::{KeyRing, ViewDigest, record_hash};
use postroad_store::{Key, Kind, Put, Stored};
use rpds::RedBlackTreeMapSync as Map;

const LABEL: &[u8] = b"mark over all secrets 1\0";

/// Which secrets there are, by the record that holds each, and the sum over them.
#[derive(Clone, Debug, Default)]
pub(crate) struct SecretSet {
    hashes: Map<(u8, String), [u8; 32]>,
    sum: ViewDigest,
}

/// The record of the mark.
pub(crate) fn key() -> Key {
    Key { kind: Kind::Settings, id: "secrets-mark".to_owned() }
}

impl SecretSet {
    /// The secrets among stored records.
    pub(crate) fn of(stored: &Stored) -> Self {
        let mut set = Self::default();
        for record in stored.records.iter().filter(|record| record.key.kind.is_secret()) {
            set.put(&record.key, Some(record.wire_hash));
        }
        set
    }

    /// Puts a secret in the place of the one before; `None` removes it.
    pub(crate) fn put(&mut self, key: &Key, wire_hash: Option<[u8; 32]>) {
        let place = (key.kind as u8, key.id.clone());
        if let Some(before) = self.hashes.get(&place) {
            self.sum.remove(&element(key, before));
            self.hashes.remove_mut(&place);
        }
        if let Some(hash) = wire_hash {
            self.sum.add(&element(key, &hash));
            self.hashes.insert_mut(place, hash);
        }
    }

    /// Whether they are others than these.
    pub(crate) fn differ_from(&self, other: &Self) -> bool {
        self.sum != other.sum
    }

    /// The mark to be stored with a change that leaves these secrets.
    pub(crate) fn mark(&self, keys: &KeyRing) -> Put {
        let mark = self.tags(keys).into_iter().next().unwrap_or_default();
        let body = Bytes::copy_from_slice(&mark);
        Put { key: key(), wire_hash: postroad_seal::sha256(&[&body]), body }
    }

    fn tags(&self, keys: &KeyRing) -> Vec<[u8; 32]> {
        keys.tags(&[LABEL, &self.sum.to_bytes()])
    }
}

/// Checks that the stored secrets are those that were written last.
///
/// # Errors
/// When they are not, or nobody says that they are.
pub(crate) fn check(keys: &KeyRing, stored: &Stored) -> anyhow::Result<SecretSet> {
    let set = SecretSet::of(stored);
    if set.hashes.is_empty() {
        // Nothing that could be an old one; and the key of the mark may be gone with the last secret.
        return Ok(set);
    }
    let marks: BTreeMap<_, _> = stored.records.iter().map(|record| (&record.key, &record.body)).collect();
    let mark = marks.get(&key());
    let fits = |mark: &Bytes| set.tags(keys).iter().any(|tag| postroad_seal::same_secret(tag, mark));
    match mark {
        Some(mark) if fits(mark) => Ok(set),
        _ => anyhow::bail!(
            "the secrets in it are not those that were written last: one was put back, taken away or changed outside of \
             the control plane, or the key of the mark is missing; bring back the whole of a backup"
        ),
    }
}

fn element(key: &Key, wire_hash: &[u8; 32]) -> [u8; 32] {
    record_hash(u32::from(key.kind as u8), &key.id, 0, wire_hash)
}

#[cfg(test)]
mod tests {
    use postroad_store::StoredRecord;

    use super::*;

    fn stored(secrets: &[(&str, u8)], mark: Option<&Put>) -> Stored {
        let one = |(id, salt): &(&str, u8)| StoredRecord {
            key: Key { kind: Kind::Credential, id: (*id).to_owned() },
            version: 1,
            body: Bytes::new(),
            wire_hash: [*salt; 32],
        };
        let mut records: Vec<_> = secrets.iter().map(one).collect();
        let mark = mark.map(|put| (put.key.clone(), put.body.clone(), put.wire_hash));
        records.extend(mark.map(|(key, body, wire_hash)| StoredRecord { key, version: 1, body, wire_hash }));
        Stored { epoch: [1; 16], revision: 1, records }
    }

    #[test]
    fn se5_an_old_secret_in_the_place_of_a_new_one_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, _) = KeyRing::load_or_create(&folder.path().join("k")).unwrap();
        let mark = |secrets: &[(&str, u8)]| SecretSet::of(&stored(secrets, None)).mark(&keys);
        let newest = mark(&[("a", 2), ("b", 1)]);
        assert!(check(&keys, &stored(&[("a", 2), ("b", 1)], Some(&newest))).is_ok());
        for other in [&[("a", 1), ("b", 1)][..], &[("a", 2)][..], &[("a", 1), ("b", 2)][..]] {
            assert!(check(&keys, &stored(other, Some(&newest))).is_err(), "{other:?}");
        }
        assert!(check(&keys, &stored(&[("a", 2)], None)).is_err(), "the mark was taken away");
        assert!(check(&keys, &stored(&[], None)).is_ok(), "a new store");
        let (others, _) = KeyRing::load_or_create(&folder.path().join("other")).unwrap();
        assert!(check(&others, &stored(&[("a", 2), ("b", 1)], Some(&newest))).is_err(), "made by other keys");
    }

    #[test]
    fn what_is_put_and_removed_leaves_the_set_that_a_restart_finds() {
        let key = |id: &str| Key { kind: Kind::Credential, id: id.to_owned() };
        let mut set = SecretSet::default();
        set.put(&key("a"), Some([1; 32]));
        set.put(&key("b"), Some([1; 32]));
        set.put(&key("a"), Some([2; 32]));
        set.put(&key("c"), None);
        assert_eq!(set.sum, SecretSet::of(&stored(&[("a", 2), ("b", 1)], None)).sum);
        set.put(&key("b"), None);
        assert_eq!(set.sum, SecretSet::of(&stored(&[("a", 2)], None)).sum);
    }
}
