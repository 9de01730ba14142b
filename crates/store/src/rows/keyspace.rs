//! What is durable, in memory.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::drafts::Effect;
use super::{AUDIT, EPOCH, REVISION, Rows, Tree, form, number};
use crate::audit::AuditTail;
use crate::error::StoreError;
use crate::history::Mark;
use crate::record::{Key, Stored, StoredRecord};

/// Every record at one revision: what readers see, moved only when the disk has the change (ST3).
#[derive(Debug)]
pub struct Keyspace {
    epoch: [u8; 16],
    revision: u64,
    audit: AuditTail,
    records: BTreeMap<Key, StoredRecord>,
}

impl Keyspace {
    /// An empty one at revision 0. The epoch is random, and chosen once per store.
    #[must_use]
    pub fn new(epoch: [u8; 16]) -> Self {
        Self { epoch, revision: 0, audit: AuditTail::first(&epoch), records: BTreeMap::new() }
    }

    /// Reads it from its rows.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when something in them cannot be.
    pub fn load(rows: &dyn Rows) -> Result<Self, StoreError> {
        let value = |name: &[u8]| {
            let missing = || StoreError::Corrupt(format!("it has no {}", String::from_utf8_lossy(name)));
            rows.get(Tree::Meta, name)?.ok_or_else(missing)
        };
        let wrong = |what: &str| StoreError::Corrupt(format!("its {what} cannot be read"));
        let epoch = value(EPOCH)?.as_ref().try_into().map_err(|_length| wrong("epoch"))?;
        let revision = number(&value(REVISION)?).ok_or_else(|| wrong("revision"))?;
        let audit = form::audit::decode_tail(&value(AUDIT)?).ok_or_else(|| wrong("end of the audit trail"))?;
        check_tail(rows, &audit)?;
        let mut records = BTreeMap::new();
        for row in rows.range(Tree::Records, (Bound::Unbounded, Bound::Unbounded)) {
            let (key, value) = row?;
            let record = form::record::decode(&key, &value).map_err(StoreError::Corrupt)?;
            if record.version > revision {
                let (id, version) = (record.key.id, record.version);
                return Err(StoreError::Corrupt(format!(
                    "the record {id} has version {version}, but the revision is {revision}"
                )));
            }
            records.insert(record.key.clone(), record);
        }
        Ok(Self { epoch, revision, audit, records })
    }

    /// The revision of the last change.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The durable end of the audit trail.
    #[must_use]
    pub const fn audit(&self) -> AuditTail {
        self.audit
    }

    /// A copy for readers; bodies are shared, not copied.
    #[must_use]
    pub fn to_stored(&self) -> Stored {
        Stored { epoch: self.epoch, revision: self.revision, records: self.records.values().cloned().collect() }
    }

    /// Makes changes visible; call it when they are durable, in their order.
    pub fn adopt(&mut self, effect: Effect) {
        self.revision = effect.revision;
        self.audit = effect.audit;
        for (key, record) in effect.records {
            match record {
                Some(record) => self.records.insert(key, record),
                None => self.records.remove(&key),
            };
        }
    }

    pub(super) fn mark(&self, key: &Key) -> Option<Mark> {
        let record = self.records.get(key)?;
        Some(Mark { version: record.version, wire_hash: record.wire_hash })
    }
}

/// The last row of the trail must be the one that the end of the trail says.
fn check_tail(rows: &dyn Rows, tail: &AuditTail) -> Result<(), StoreError> {
    let last = rows.range(Tree::Audit, (Bound::Unbounded, Bound::Unbounded)).next_back().transpose()?;
    let last = last.map(|(key, value)| form::audit::decode(&key, &value)).transpose()?;
    let fits = match &last {
        Some(row) => *tail == AuditTail::after(row),
        None => tail.last.is_none(),
    };
    if fits { Ok(()) } else { Err(StoreError::Corrupt("the end of its audit trail was changed or is gone".to_owned())) }
}
