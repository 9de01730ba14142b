//! The store.

use std::path::Path;
use std::sync::{Arc, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use postroad_store::rows::{Drafts, Reader, Trimmer};
use postroad_store::{
    AuditId, AuditPage, AuditQuery, Change, CommitSource, Commits, Committed, ConnectorStore, HistoryPage,
    HistoryQuery, Key, Pending, RecordChange, RequestRecord, RevisionRecord, StoreError, Stored, StoredRecord, Trimmed,
    VersionsPage, VersionsQuery,
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::committer::{Committer, GROUP};
use crate::disk::Disk;
use crate::opening;
use crate::shared::Shared;
use crate::writer::{Answer, Job, Writer};

/// A disk that takes longer is taken for broken.
const DISK_DEADLINE: Duration = Duration::from_secs(30);

/// Records in a sled database. One process at a time has it open; dropping it waits for the changes under way.
#[derive(Debug)]
pub struct SledStore {
    shared: Arc<Shared>,
    /// Both `None` only while it is dropped.
    disk: Option<Arc<Disk>>,
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

/// What a watch reads; it does not hold the store open, and ends with it.
struct Source {
    shared: Weak<Shared>,
    disk: Weak<Disk>,
}

impl SledStore {
    /// Opens the store in a directory, or makes one of a new epoch when there was never any. Blocks on the disk.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when it is open elsewhere; [`StoreError::Corrupt`] when it cannot be read or made, is of a
    /// schema that this version does not know, or has lost its content.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let (disk, keyspace) = opening::open(directory)?;
        let disk = Arc::new(disk);
        let drafts = Drafts::on(&keyspace);
        let shared = Arc::new(Shared::new(keyspace));
        let (jobs, waiting) = mpsc::channel(GROUP);
        let (written, unsynced) = mpsc::channel(GROUP);
        let committer = Committer { disk: Arc::clone(&disk), shared: Arc::clone(&shared), written: unsynced };
        let writer = Writer {
            disk: Arc::clone(&disk),
            shared: Arc::clone(&shared),
            drafts,
            trimmer: Trimmer::default(),
            jobs: waiting,
            written,
        };
        let threads =
            vec![start("store-writer", move || writer.run())?, start("store-committer", move || committer.run())?];
        Ok(Self { shared, disk: Some(disk), jobs: Some(jobs), threads })
    }

    /// Has a job done, within the time that a disk may take.
    async fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, StoreError> {
        if let Some(reason) = self.shared.broken() {
            return Err(StoreError::Broken(reason.to_owned()));
        }
        let asked = async {
            let (answer, answered) = oneshot::channel();
            if let Some(jobs) = &self.jobs
                && jobs.send(job(answer)).await.is_ok()
            {
                return answered.await.ok();
            }
            None
        };
        in_time(&self.shared, asked).await
    }

    /// Reads rows apart from the threads that serve.
    async fn read<T, R>(&self, read: R) -> Result<T, StoreError>
    where
        T: Send + 'static,
        R: FnOnce(Reader<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let disk = self.disk.clone().ok_or(StoreError::Closed)?;
        reading(Arc::clone(&self.shared), disk, read).await
    }
}

#[async_trait::async_trait]
impl ConnectorStore for SledStore {
    async fn snapshot(&self) -> Result<Stored, StoreError> {
        Ok(self.shared.keyspace.read().unwrap_or_else(PoisonError::into_inner).to_stored())
    }

    async fn enqueue(&self, change: Change) -> Result<Pending, StoreError> {
        change.check()?;
        let decided = self.ask(|decided| Job::Change(Box::new(change), decided)).await?;
        let shared = Arc::clone(&self.shared);
        let outcome = async move {
            let outcome = async { decided.outcome.await.ok() };
            in_time(&shared, outcome).await
        };
        Ok(Pending::new(decided.revision, outcome))
    }

    async fn record(&self, audit: Bytes, time: u64) -> Result<AuditId, StoreError> {
        self.ask(|answer| Job::Record(audit, time, answer)).await
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    async fn watch(&self, after: u64) -> Result<Commits, StoreError> {
        self.read(move |reader| reader.commit_after(after)).await?;
        let disk = self.disk.as_ref().map_or_else(Weak::new, Arc::downgrade);
        let source = Source { shared: Arc::downgrade(&self.shared), disk };
        Ok(Commits::new(Box::new(source), self.head(), after))
    }

    async fn request(&self, id: &str) -> Result<Option<RequestRecord>, StoreError> {
        let id = id.to_owned();
        self.read(move |reader| reader.request(&id)).await
    }

    async fn audit(&self, query: AuditQuery) -> Result<AuditPage, StoreError> {
        self.read(move |reader| reader.audit(query)).await
    }

    async fn history(&self, query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.read(move |reader| reader.history(query)).await
    }

    async fn revision(&self, revision: u64) -> Result<RevisionRecord, StoreError> {
        self.read(move |reader| reader.revision(revision)).await
    }

    async fn difference(&self, from: u64, to: u64) -> Result<Vec<RecordChange>, StoreError> {
        self.read(move |reader| reader.difference(from, to)).await
    }

    async fn versions(&self, query: VersionsQuery) -> Result<VersionsPage, StoreError> {
        self.read(move |reader| reader.versions(&query)).await
    }

    async fn record_at(&self, key: Key, revision: u64) -> Result<Option<StoredRecord>, StoreError> {
        self.read(move |reader| reader.record_at(&key, revision)).await
    }

    async fn snapshot_at(&self, revision: u64) -> Result<Stored, StoreError> {
        let known = self.snapshot().await?;
        self.read(move |reader| reader.snapshot_at(known, revision)).await
    }

    async fn trim(&self, now: u64) -> Result<Trimmed, StoreError> {
        self.ask(|answer| Job::Trim(now, answer)).await
    }
}

#[async_trait::async_trait]
impl CommitSource for Source {
    async fn after(&self, revision: u64) -> Result<Option<Committed>, StoreError> {
        let (Some(shared), Some(disk)) = (self.shared.upgrade(), self.disk.upgrade()) else {
            return Err(StoreError::Closed);
        };
        reading(shared, disk, move |reader| reader.commit_after(revision)).await
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        // The threads end when nobody can send any more, and what was sent is done.
        drop(self.jobs.take());
        // A disk that hangs would hold whoever drops the store for ever.
        if self.shared.broken().is_none() {
            // The committer, the last to end, closes the database.
            drop(self.disk.take());
            for thread in self.threads.drain(..) {
                if thread.join().is_err() {
                    tracing::error!("a thread of the store panicked");
                }
            }
        }
    }
}

async fn reading<T, R>(shared: Arc<Shared>, disk: Arc<Disk>, read: R) -> Result<T, StoreError>
where
    T: Send + 'static,
    R: FnOnce(Reader<'_>) -> Result<T, StoreError> + Send + 'static,
{
    let read = tokio::task::spawn_blocking(move || {
        let outcome = disk.guarded(|| read(shared.reader(disk.as_ref())));
        // This may be the last handle.
        match Disk::close(disk) {
            Ok(()) => outcome,
            Err(panic) => Err(StoreError::Corrupt(panic)),
        }
    });
    read.await.unwrap_or_else(|_aborted| Err(StoreError::Closed))
}

/// Waits for what the threads of the store say; silence breaks it.
async fn in_time<T>(
    shared: &Shared,
    answer: impl Future<Output = Option<Result<T, StoreError>>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(DISK_DEADLINE, answer).await {
        Ok(Some(outcome)) => outcome,
        Ok(None) => Err(shared.break_off("the committer has stopped".to_owned())),
        Err(_) => Err(shared.break_off(format!("the disk did not answer within {DISK_DEADLINE:?}"))),
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(work).map_err(|error| StoreError::Broken(format!("the thread {name} does not start: {error}")))
}
