//! What relays are to hold, made ready to be sent.

use std::sync::Arc;

use bytes::Bytes;
use postroad_api::config::v1::{Record, RecordKind};
use postroad_api::{limits, record_hash, view_digest};
use postroad_connector_model::limits as model;
use postroad_seal::ViewDigest;

mod piece;

use piece::{RecordName, name};

/// All records of one revision. Made once per revision and shared by every stream; one revision shares with the next
/// whatever is the same in both.
#[derive(Clone, Debug)]
pub struct View {
    /// Which history, which state of it, and its digest.
    pub held: Held,
    /// Revision of the last removal that an operator asked for, or the revision found at start: the store vouches for
    /// all removals before it.
    pub last_removal: u64,
    /// In order of kind and id, none of them empty.
    chunks: Vec<Arc<Vec<Record>>>,
    records: usize,
    connectors: usize,
    octets: u64,
}

/// What a relay holds, or is to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Which history of revisions; empty for none.
    pub epoch: Bytes,
    /// Which state; 0 for none.
    pub revision: u64,
    /// Digest of its records.
    pub digest: ViewDigest,
}

/// Why a view cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// A record is larger than relays take.
    #[error("the record {id} is {size} octets large; the limit is {limit}", limit = model::RECORD_BYTES)]
    Record {
        /// Which.
        id: String,
        /// Its size.
        size: usize,
    },
    /// All bodies together are larger than relays take.
    #[error("all records together are {size} octets large; the limit is {limit}", limit = model::VIEW_BYTES)]
    Octets {
        /// Their size.
        size: u64,
    },
    /// There are more connectors than relays take.
    #[error("there are {count} connectors; the limit is {limit}", limit = model::CONNECTORS)]
    Connectors {
        /// How many.
        count: usize,
    },
}

impl View {
    /// Cuts the records into chunks and computes their digest. No two records have the same kind and id.
    ///
    /// # Errors
    /// When a relay would refuse the view for its size.
    pub fn new(epoch: [u8; 16], revision: u64, mut records: Vec<Record>, last_removal: u64) -> Result<Self, ViewError> {
        records.sort_by(|one, other| name(one).cmp(&name(other)));
        let view = Self {
            held: Held { epoch: Bytes::copy_from_slice(&epoch), revision, digest: view_digest(&records) },
            last_removal,
            records: records.len(),
            connectors: records.iter().filter(|record| is_connector(record)).count(),
            octets: records.iter().map(octets).sum(),
            chunks: Vec::new(),
        };
        records.iter().try_for_each(check_record)?;
        view.check_limits()?;
        Ok(Self { chunks: piece::cut(records, limits::CHUNK).into_iter().map(Arc::new).collect(), ..view })
    }

    /// The view after a change that an operator asked for, in the same history. It costs what is changed, not what is
    /// there.
    ///
    /// # Errors
    /// When a relay would refuse the view for its size.
    pub fn edited<'a>(
        &self,
        revision: u64,
        removed: impl IntoIterator<Item = (RecordKind, &'a str)>,
        written: impl IntoIterator<Item = Record>,
    ) -> Result<Self, ViewError> {
        let mut view = self.clone();
        view.held.revision = revision;
        for (kind, id) in removed {
            view.remove((kind.into(), id));
            if kind == RecordKind::Connector {
                view.last_removal = revision;
            }
        }
        for record in written {
            check_record(&record)?;
            view.put(record);
        }
        view.check_limits()?;
        Ok(view)
    }

    /// The records, in pieces that fit into one Chunk each.
    #[must_use]
    pub fn chunks(&self) -> &[Arc<Vec<Record>>] {
        &self.chunks
    }

    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> u32 {
        u32::try_from(self.records).unwrap_or(u32::MAX)
    }

    /// Sum of the sizes of the bodies.
    #[must_use]
    pub const fn octets(&self) -> u64 {
        self.octets
    }

    /// Whether a relay that holds `from` may lose most of its connectors by this view: only when every removal since
    /// is known to be meant (SR13).
    #[must_use]
    pub fn may_remove_most(&self, from: &Held) -> bool {
        from.epoch == self.held.epoch && from.revision < self.last_removal
    }

    fn check_limits(&self) -> Result<(), ViewError> {
        if self.connectors > model::CONNECTORS {
            return Err(ViewError::Connectors { count: self.connectors });
        }
        if self.octets > model::VIEW_BYTES as u64 {
            return Err(ViewError::Octets { size: self.octets });
        }
        Ok(())
    }

    fn put(&mut self, record: Record) {
        self.remove(name(&record));
        self.held.digest.add(&record_hash(&record));
        self.records += 1;
        self.connectors += usize::from(is_connector(&record));
        self.octets += octets(&record);
        let at = self.place(name(&record));
        let mut records = self.chunks.get(at).map(|chunk| Vec::clone(chunk)).unwrap_or_default();
        let within = records.partition_point(|other| name(other) < name(&record));
        records.insert(within, record);
        let pieces = piece::fit(records).into_iter().map(Arc::new);
        let end = (at + 1).min(self.chunks.len());
        self.chunks.splice(at..end, pieces);
    }

    fn remove(&mut self, key: RecordName<'_>) {
        let at = self.place(key);
        let Some(chunk) = self.chunks.get_mut(at) else { return };
        let Ok(within) = chunk.binary_search_by(|record| name(record).cmp(&key)) else { return };
        let gone = Arc::make_mut(chunk).remove(within);
        if chunk.is_empty() {
            self.chunks.remove(at);
        }
        self.held.digest.remove(&record_hash(&gone));
        self.records -= 1;
        self.connectors -= usize::from(is_connector(&gone));
        self.octets -= octets(&gone);
    }

    /// The chunk that holds this key, or would: the last one that does not begin behind it.
    fn place(&self, key: RecordName<'_>) -> usize {
        let begins = |chunk: &Arc<Vec<Record>>| chunk.first().is_some_and(|first| name(first) <= key);
        self.chunks.partition_point(begins).saturating_sub(1)
    }
}

fn is_connector(record: &Record) -> bool {
    record.key.as_ref().is_some_and(|key| key.kind() == RecordKind::Connector)
}

fn octets(record: &Record) -> u64 {
    record.body.len() as u64
}

fn check_record(record: &Record) -> Result<(), ViewError> {
    if record.body.len() <= model::RECORD_BYTES {
        return Ok(());
    }
    let id = record.key.as_ref().map(|key| key.id.clone()).unwrap_or_default();
    Err(ViewError::Record { id, size: record.body.len() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use postroad_api::config::v1::{Chunk, RecordKey};
    use proptest::prelude::*;
    use prost::Message as _;

    use super::*;

    fn record(id: usize, size: usize) -> Record {
        Record {
            key: Some(RecordKey { kind: RecordKind::Connector.into(), id: format!("c-{id}") }),
            version: 1,
            body: vec![7; size].into(),
        }
    }

    #[test]
    fn si15_chunks_stay_within_their_limit_and_lose_nothing() {
        let records: Vec<_> = (10..50).map(|at| record(at, 1 + at * 1_300)).collect();
        let view = View::new([1; 16], 3, records.clone(), 0).unwrap();
        assert!(view.chunks().len() > 1);
        for (index, upserts) in view.chunks().iter().enumerate() {
            let index = u32::try_from(index).unwrap();
            let chunk = Chunk { transfer: u64::MAX, index, upserts: upserts.to_vec(), removed: Vec::new() };
            assert!(chunk.encoded_len() <= limits::CHUNK, "{}", chunk.encoded_len());
        }
        assert_eq!(all(&view), records);
        assert_eq!((view.records(), view.held.digest), (40, view_digest(&records)));
    }

    fn all(view: &View) -> Vec<Record> {
        view.chunks().iter().flat_map(|chunk| chunk.iter().cloned()).collect()
    }

    /// The same as a view made anew from the same records.
    fn check(view: &View, expected: &BTreeMap<(i32, String), Record>) -> Result<(), TestCaseError> {
        let records: Vec<_> = expected.values().cloned().collect();
        let anew = View::new([1; 16], view.held.revision, records.clone(), 0).unwrap();
        prop_assert_eq!(all(view), records);
        prop_assert_eq!(&view.held, &anew.held);
        prop_assert_eq!((view.records, view.connectors, view.octets), (anew.records, anew.connectors, anew.octets));
        for upserts in view.chunks() {
            let chunk = Chunk { transfer: u64::MAX, index: u32::MAX, upserts: upserts.to_vec(), removed: Vec::new() };
            prop_assert!(!upserts.is_empty() && chunk.encoded_len() <= limits::CHUNK);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever is written and removed, the view is the one that a restart would make.
        #[test]
        fn an_edited_view_equals_one_made_anew(
            edits in proptest::collection::vec((any::<bool>(), 0_usize..30, 1_i32..3, 0_usize..=model::RECORD_BYTES), 1..120),
        ) {
            let mut view = View::new([1; 16], 0, Vec::new(), 0).unwrap();
            let mut expected = BTreeMap::new();
            for (revision, (remove, id, kind, size)) in (1..).zip(edits) {
                let mut put = record(id, size);
                let key = RecordKey { kind, id: format!("c-{id}") };
                (put.key, put.version) = (Some(key.clone()), revision);
                let name = (kind, key.id.clone());
                view = if remove {
                    expected.remove(&name);
                    view.edited(revision, [(key.kind(), key.id.as_str())], []).unwrap()
                } else {
                    expected.insert(name, put.clone());
                    view.edited(revision, [], [put]).unwrap()
                };
                check(&view, &expected)?;
            }
        }
    }

    #[test]
    fn a_view_that_grows_in_order_does_not_fall_to_pieces() {
        let mut view = View::new([1; 16], 0, Vec::new(), 0).unwrap();
        for at in 1_000..3_000 {
            view = view.edited(at as u64, [], [record(at, 1_000)]).unwrap();
        }
        assert!(view.chunks().len() <= 20, "{} chunks for 2 MB", view.chunks().len());
    }

    #[test]
    fn sr14_what_relays_refuse_is_not_made() {
        let large = View::new([1; 16], 1, vec![record(1, model::RECORD_BYTES + 1)], 0);
        assert!(matches!(large, Err(ViewError::Record { .. })), "{large:?}");
    }

    #[test]
    fn sr13_mass_deletion_is_allowed_only_after_a_known_removal() {
        let view = View::new([1; 16], 9, Vec::new(), 7).unwrap();
        let held = |epoch: &[u8], revision| Held { epoch: Bytes::copy_from_slice(epoch), revision, ..Held::default() };
        assert!(view.may_remove_most(&held(&[1; 16], 6)));
        assert!(!view.may_remove_most(&held(&[1; 16], 7)), "nothing was removed since");
        assert!(!view.may_remove_most(&held(&[2; 16], 6)), "another history");
    }
}
