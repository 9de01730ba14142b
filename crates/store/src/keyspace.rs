//! All records in memory, and what a change does to them.

use std::collections::BTreeMap;

use crate::port::{Change, Expect, Key, StoreError, Stored, StoredRecord};

/// Every record at one revision: what a store reads from, moved only when the disk has the change.
#[derive(Debug)]
pub struct Keyspace {
    epoch: [u8; 16],
    revision: u64,
    records: BTreeMap<Key, StoredRecord>,
}

/// Changes on top of a [`Keyspace`], each decided on top of the one before; nothing is visible until it is adopted.
#[derive(Debug)]
pub struct Draft<'a> {
    base: &'a Keyspace,
    written: Written,
}

/// What one change writes.
#[derive(Debug)]
pub struct Effect {
    /// The revision that the change gets.
    pub revision: u64,
    /// Records by their keys; `None` removes.
    pub writes: Vec<(Key, Option<StoredRecord>)>,
}

/// The sum of the changes of a [`Draft`].
#[derive(Debug)]
pub struct Written {
    revision: u64,
    records: BTreeMap<Key, Option<StoredRecord>>,
}

impl Keyspace {
    /// An empty one at revision 0. The epoch is random, and chosen once per store.
    #[must_use]
    pub fn new(epoch: [u8; 16]) -> Self {
        Self { epoch, revision: 0, records: BTreeMap::new() }
    }

    /// One as it was read from a disk.
    #[must_use]
    pub fn restored(epoch: [u8; 16], revision: u64, records: Vec<StoredRecord>) -> Self {
        let records = records.into_iter().map(|record| (record.key.clone(), record)).collect();
        Self { epoch, revision, records }
    }

    /// The revision of the last change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// A copy for readers; bodies are shared, not copied.
    #[must_use]
    pub fn to_stored(&self) -> Stored {
        Stored { epoch: self.epoch, revision: self.revision, records: self.records.values().cloned().collect() }
    }

    /// Begins to decide changes.
    #[must_use]
    pub fn draft(&self) -> Draft<'_> {
        Draft { base: self, written: Written { revision: self.revision, records: BTreeMap::new() } }
    }

    /// Makes drafted changes visible; call it when they are durable, and on the keyspace they were drafted on.
    pub fn adopt(&mut self, written: Written) {
        self.revision = written.revision;
        for (key, record) in written.records {
            match record {
                Some(record) => self.records.insert(key, record),
                None => self.records.remove(&key),
            };
        }
    }
}

impl Draft<'_> {
    /// Decides one change; a change that fails leaves the draft as it was.
    ///
    /// # Errors
    /// As [`ConnectorStore::apply`](crate::ConnectorStore::apply), those of the disk apart.
    pub fn apply(&mut self, change: &Change) -> Result<Effect, StoreError> {
        change.check()?;
        for (key, expected) in &change.expect {
            let found = self.version(key);
            let as_expected = match expected {
                Expect::Absent => found.is_none(),
                Expect::Version(version) => found == Some(*version),
            };
            if !as_expected {
                return Err(StoreError::Stale { id: key.id.clone(), found });
            }
        }
        if change.base != self.written.revision {
            return Err(StoreError::BaseMoved { base: change.base, head: self.written.revision });
        }
        let revision = self.written.revision + 1;
        let removals = change.deletes.iter().map(|key| (key.clone(), None));
        let puts = change.puts.iter().map(|put| {
            let record = StoredRecord {
                key: put.key.clone(),
                version: revision,
                body: put.body.clone(),
                wire_hash: put.wire_hash,
            };
            (put.key.clone(), Some(record))
        });
        let writes: Vec<_> = removals.chain(puts).collect();
        self.written.revision = revision;
        self.written.records.extend(writes.iter().cloned());
        Ok(Effect { revision, writes })
    }

    /// Ends the draft.
    #[must_use]
    pub fn finish(self) -> Written {
        self.written
    }

    fn version(&self, key: &Key) -> Option<u64> {
        match self.written.records.get(key) {
            Some(drafted) => drafted.as_ref().map(|record| record.version),
            None => self.base.records.get(key).map(|record| record.version),
        }
    }
}
