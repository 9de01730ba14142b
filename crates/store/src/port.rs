//! The port.

use bytes::Bytes;

use crate::audit::{AuditId, AuditPage, AuditQuery};
use crate::change::{Change, Commit, RequestRecord};
use crate::commits::Commits;
use crate::error::StoreError;
use crate::history::{HistoryPage, HistoryQuery, RecordChange, RevisionRecord, Trimmed, VersionsPage, VersionsQuery};
use crate::pending::Pending;
use crate::record::{Key, Stored, StoredRecord};

/// Keeps records under one revision for the whole keyspace, with their history.
///
/// Whatever is read is durable (ST3).
#[async_trait::async_trait]
pub trait ConnectorStore: Send + Sync + 'static {
    /// Everything, at the newest revision.
    async fn snapshot(&self) -> Result<Stored, StoreError>;

    /// Makes a change: all of it or nothing; durable when it returns.
    ///
    /// A request that was done before is answered first ([`StoreError::AlreadyDone`], [`StoreError::RequestReused`]); then
    /// `expect` is checked, then `base`: a stale record is stale on any base. Removing what is not there is no error. A
    /// caller who stops waiting does not stop the change. A refusal too waits until what it rests on is durable.
    async fn apply(&self, change: Change) -> Result<Commit, StoreError> {
        self.enqueue(change).await?.await
    }

    /// Decides a change and hands it to the committer; it is durable when the [`Pending`] is ready.
    ///
    /// So a writer who awaits one `enqueue` after the other keeps many changes under way, each on top of the one before,
    /// and the store flushes them together (ST7). Checks and refusals are those of [`apply`](Self::apply).
    async fn enqueue(&self, change: Change) -> Result<Pending, StoreError>;

    /// Adds a row to the audit trail that belongs to no change: a refused call. Durable when it returns; the revision
    /// stays.
    async fn record(&self, audit: Bytes, time: u64) -> Result<AuditId, StoreError>;

    /// The newest durable revision, now and whenever it moves; [`snapshot`](Self::snapshot) is at least as new.
    fn head(&self) -> tokio::sync::watch::Receiver<u64>;

    /// Every commit after a revision, whole and in order.
    ///
    /// [`StoreError::NotRetained`] when they are not all kept any more: take a snapshot and begin there.
    async fn watch(&self, after: u64) -> Result<Commits, StoreError>;

    /// What is kept of a request. It may have expired and wait to be trimmed.
    async fn request(&self, id: &str) -> Result<Option<RequestRecord>, StoreError>;

    /// Rows of the audit trail. They are never trimmed.
    async fn audit(&self, query: AuditQuery) -> Result<AuditPage, StoreError>;

    /// Revisions, newest first.
    async fn history(&self, query: HistoryQuery) -> Result<HistoryPage, StoreError>;

    /// One revision and what it changed.
    async fn revision(&self, revision: u64) -> Result<RevisionRecord, StoreError>;

    /// What differs between two revisions, one change for each record that differs in version, in order of the keys.
    /// Where `to` is the older one it says what going back would change.
    async fn difference(&self, from: u64, to: u64) -> Result<Vec<RecordChange>, StoreError>;

    /// Versions of one record, newest first.
    async fn versions(&self, query: VersionsQuery) -> Result<VersionsPage, StoreError>;

    /// A record as it was at a revision; `None` when it was not there.
    async fn record_at(&self, key: Key, revision: u64) -> Result<Option<StoredRecord>, StoreError>;

    /// Everything, as it was at a revision.
    async fn snapshot_at(&self, revision: u64) -> Result<Stored, StoreError>;

    /// Removes a little of what need not be kept: history beyond [`KEPT_VERSIONS`](crate::KEPT_VERSIONS) and
    /// [`KEPT_MS`](crate::KEPT_MS), requests that have expired. Call it from time to time, again while it says `more`.
    ///
    /// Of a record that exists its 100 newest versions stay, of the keyspace its 100 newest revisions, and of both
    /// everything that was there in the last 90 days. A record that was removed before all that leaves nothing behind: a
    /// secret that was taken away ends some time.
    async fn trim(&self, now: u64) -> Result<Trimmed, StoreError>;
}
