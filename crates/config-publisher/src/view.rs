//! What relays are to hold, made ready to be sent.

use bytes::Bytes;
use postroad_api::config::v1::{Record, RecordKind};
use postroad_api::{limits, view_digest};
use postroad_connector_model::limits as model;
use postroad_seal::ViewDigest;
use prost::Message as _;

/// All records of one revision. Made once per revision and shared by every stream.
#[derive(Debug)]
pub struct View {
    /// Which history, which state of it, and its digest.
    pub held: Held,
    /// Revision of the last removal that an operator asked for, or the revision found at start: the store vouches for
    /// all removals before it.
    pub last_removal: u64,
    chunks: Vec<Vec<Record>>,
    records: u32,
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
    /// Cuts the records into chunks and computes their digest.
    ///
    /// # Errors
    /// When a relay would refuse the view for its size.
    pub fn new(epoch: [u8; 16], revision: u64, records: Vec<Record>, last_removal: u64) -> Result<Self, ViewError> {
        let is_connector =
            |record: &&Record| record.key.as_ref().is_some_and(|key| key.kind() == RecordKind::Connector);
        let count = records.iter().filter(is_connector).count();
        if count > model::CONNECTORS {
            return Err(ViewError::Connectors { count });
        }
        if let Some(large) = records.iter().find(|record| record.body.len() > model::RECORD_BYTES) {
            let id = large.key.as_ref().map(|key| key.id.clone()).unwrap_or_default();
            return Err(ViewError::Record { id, size: large.body.len() });
        }
        let octets = records.iter().map(|record| record.body.len() as u64).sum();
        if octets > model::VIEW_BYTES as u64 {
            return Err(ViewError::Octets { size: octets });
        }
        let held = Held { epoch: Bytes::copy_from_slice(&epoch), revision, digest: view_digest(&records) };
        let total = u32::try_from(records.len()).unwrap_or(u32::MAX);
        Ok(Self { held, last_removal, chunks: cut(records), records: total, octets })
    }

    /// The records, in pieces that fit into one Chunk each.
    #[must_use]
    pub fn chunks(&self) -> &[Vec<Record>] {
        &self.chunks
    }

    /// How many records there are.
    #[must_use]
    pub const fn records(&self) -> u32 {
        self.records
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
}

fn cut(records: Vec<Record>) -> Vec<Vec<Record>> {
    // Tags, lengths and the numbers of the Chunk itself.
    const MARGIN: usize = 64;
    let mut chunks: Vec<Vec<Record>> = Vec::new();
    let mut room = 0;
    for record in records {
        let size = record.encoded_len() + 8;
        match chunks.last_mut() {
            Some(last) if size <= room => last.push(record),
            _ => {
                room = limits::CHUNK - MARGIN;
                chunks.push(vec![record]);
            }
        }
        room = room.saturating_sub(size);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use postroad_api::config::v1::{Chunk, RecordKey};

    fn record(id: usize, size: usize) -> Record {
        Record {
            key: Some(RecordKey { kind: RecordKind::Connector.into(), id: format!("c-{id}") }),
            version: 1,
            body: vec![7; size].into(),
        }
    }

    #[test]
    fn si15_chunks_stay_within_their_limit_and_lose_nothing() {
        let records: Vec<_> = (0..40).map(|at| record(at, 1 + at * 1_638)).collect();
        let view = View::new([1; 16], 3, records.clone(), 0).unwrap();
        assert!(view.chunks().len() > 1);
        for (index, upserts) in view.chunks().iter().enumerate() {
            let index = u32::try_from(index).unwrap();
            let chunk = Chunk { transfer: u64::MAX, index, upserts: upserts.clone(), removed: Vec::new() };
            assert!(chunk.encoded_len() <= limits::CHUNK, "{}", chunk.encoded_len());
        }
        assert_eq!(view.chunks().concat(), records);
        assert_eq!((view.records(), view.held.digest), (40, view_digest(&records)));
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
