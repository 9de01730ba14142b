//! A store that keeps nothing when it is dropped.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

use crate::audit::{AuditId, AuditPage, AuditQuery};
use crate::change::{Change, Commit, RequestRecord};
use crate::commits::{CommitSource, Commits, Committed};
use crate::error::StoreError;
use crate::history::{HistoryPage, HistoryQuery, RecordChange, RevisionRecord, Trimmed, VersionsPage, VersionsQuery};
use crate::pending::Pending;
use crate::port::ConnectorStore;
use crate::record::{Key, Stored, StoredRecord};
use crate::rows::{Drafts, Effect, Keyspace, Range, Reader, RowIter, Rows, Tree, Trimmer, Write, created};

/// A store in memory, for tests and for trying things out. It forgets nothing but what [`trim`](ConnectorStore::trim)
/// removes.
#[derive(Debug)]
pub struct MemoryStore {
    inner: Arc<Mutex<Inner>>,
    revision: watch::Sender<u64>,
}

#[derive(Debug)]
struct Inner {
    keyspace: Keyspace,
    drafts: Drafts,
    trimmer: Trimmer,
    rows: Trees,
}

#[derive(Debug, Default)]
struct Trees(BTreeMap<Tree, BTreeMap<Vec<u8>, Bytes>>);

struct Source(Arc<Mutex<Inner>>);

impl MemoryStore {
    /// An empty store of a new epoch.
    #[must_use]
    pub fn new() -> Self {
        let epoch = postroad_seal::random_bytes();
        let keyspace = Keyspace::new(epoch);
        let mut rows = Trees::default();
        rows.write(created(&epoch));
        let drafts = Drafts::on(&keyspace);
        let inner = Inner { keyspace, drafts, trimmer: Trimmer::default(), rows };
        Self { inner: Arc::new(Mutex::new(inner)), revision: watch::Sender::new(0) }
    }

    fn read<T>(&self, read: impl FnOnce(Reader<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read(lock(&self.inner).reader())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait::async_trait]
impl ConnectorStore for MemoryStore {
    async fn snapshot(&self) -> Result<Stored, StoreError> {
        Ok(lock(&self.inner).keyspace.to_stored())
    }

    async fn enqueue(&self, change: Change) -> Result<Pending, StoreError> {
        change.check()?;
        let mut inner = lock(&self.inner);
        Drafts::check_request(&inner.rows, &change)?;
        let Inner { keyspace, drafts, .. } = &mut *inner;
        let effect = drafts.decide(keyspace, &change)?;
        let revision = inner.make(effect);
        self.revision.send_replace(revision);
        Ok(Pending::new(revision, std::future::ready(Ok(Commit { revision }))))
    }

    async fn record(&self, audit: Bytes, time: u64) -> Result<AuditId, StoreError> {
        let mut inner = lock(&self.inner);
        let effect = inner.drafts.record(&audit, time)?;
        let id = effect.audit_id.unwrap_or_default();
        inner.make(effect);
        Ok(id)
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    async fn watch(&self, after: u64) -> Result<Commits, StoreError> {
        self.read(|reader| reader.commit_after(after))?;
        Ok(Commits::new(Box::new(Source(Arc::clone(&self.inner))), self.head(), after))
    }

    async fn request(&self, id: &str) -> Result<Option<RequestRecord>, StoreError> {
        self.read(|reader| reader.request(id))
    }

    async fn audit(&self, query: AuditQuery) -> Result<AuditPage, StoreError> {
        self.read(|reader| reader.audit(query))
    }

    async fn history(&self, query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.read(|reader| reader.history(query))
    }

    async fn revision(&self, revision: u64) -> Result<RevisionRecord, StoreError> {
        self.read(|reader| reader.revision(revision))
    }

    async fn difference(&self, from: u64, to: u64) -> Result<Vec<RecordChange>, StoreError> {
        self.read(|reader| reader.difference(from, to))
    }

    async fn versions(&self, query: VersionsQuery) -> Result<VersionsPage, StoreError> {
        self.read(|reader| reader.versions(&query))
    }

    async fn record_at(&self, key: Key, revision: u64) -> Result<Option<StoredRecord>, StoreError> {
        self.read(|reader| reader.record_at(&key, revision))
    }

    async fn snapshot_at(&self, revision: u64) -> Result<Stored, StoreError> {
        let inner = lock(&self.inner);
        inner.reader().snapshot_at(inner.keyspace.to_stored(), revision)
    }

    async fn trim(&self, now: u64) -> Result<Trimmed, StoreError> {
        let mut inner = lock(&self.inner);
        let Inner { keyspace, trimmer, rows, .. } = &mut *inner;
        let (writes, more) = trimmer.step(rows, keyspace.revision(), now)?;
        let removed = writes.iter().filter(|write| write.value.is_none()).count();
        rows.write(writes);
        Ok(Trimmed { removed, more })
    }
}

impl Inner {
    fn reader(&self) -> Reader<'_> {
        Reader::new(&self.rows, self.keyspace.revision(), self.keyspace.audit())
    }

    fn make(&mut self, mut effect: Effect) -> u64 {
        let revision = effect.revision;
        self.rows.write(std::mem::take(&mut effect.writes));
        self.keyspace.adopt(effect);
        self.drafts.retire(revision);
        revision
    }
}

#[async_trait::async_trait]
impl CommitSource for Source {
    async fn after(&self, revision: u64) -> Result<Option<Committed>, StoreError> {
        lock(&self.0).reader().commit_after(revision)
    }
}

impl Trees {
    fn write(&mut self, writes: Vec<Write>) {
        for Write { tree, key, value } in writes {
            let rows = self.0.entry(tree).or_default();
            match value {
                Some(value) => rows.insert(key, Bytes::from(value)),
                None => rows.remove(&key),
            };
        }
    }
}

impl Rows for Trees {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        Ok(self.0.get(&tree).and_then(|rows| rows.get(key)).cloned())
    }

    fn range(&self, tree: Tree, range: Range) -> RowIter<'_> {
        match self.0.get(&tree) {
            Some(rows) => Box::new(rows.range(range).map(|(key, value)| Ok((key.clone(), value.clone())))),
            None => Box::new(std::iter::empty()),
        }
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}
