//! The store.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use postroad_store::{Change, Commit, ConnectorStore, StoreError, Stored};
use tokio::sync::{mpsc, oneshot, watch};

use crate::committer::{Committer, GROUP, Job, Shared};
use crate::disk::Disk;

/// A disk that takes longer is taken for broken.
const DISK_DEADLINE: Duration = Duration::from_secs(30);

/// Records in a sled database. One process at a time has it open; dropping it waits for the changes under way.
#[derive(Debug)]
pub struct SledStore {
    shared: Arc<Shared>,
    /// `None` only while it is dropped.
    queue: Option<mpsc::Sender<Job>>,
    committer: Option<JoinHandle<()>>,
}

impl SledStore {
    /// Opens the store in a directory, or makes one of a new epoch when there was never any. Blocks on the disk.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when it is open elsewhere; [`StoreError::Corrupt`] when it cannot be read or made, is of a
    /// schema that this version does not know, or has lost its content.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let (disk, keyspace) = Disk::open(directory)?;
        let shared = Arc::new(Shared::new(keyspace));
        let (queue, waiting) = mpsc::channel(GROUP);
        let committer = Committer { disk, shared: Arc::clone(&shared), queue: waiting };
        let thread = std::thread::Builder::new().name("store-committer".to_owned());
        let committer = thread
            .spawn(move || committer.run())
            .map_err(|error| StoreError::Broken(format!("the committer does not start: {error}")))?;
        Ok(Self { shared, queue: Some(queue), committer: Some(committer) })
    }

    async fn queue(&self, change: Change) -> Result<Commit, StoreError> {
        let (answer, answered) = oneshot::channel();
        if let Some(queue) = &self.queue
            && queue.send(Job { change, answer }).await.is_ok()
            && let Ok(outcome) = answered.await
        {
            return outcome;
        }
        Err(self.shared.break_off("the committer has stopped".to_owned()))
    }
}

#[async_trait::async_trait]
impl ConnectorStore for SledStore {
    async fn snapshot(&self) -> Result<Stored, StoreError> {
        Ok(self.shared.keyspace.read().unwrap_or_else(PoisonError::into_inner).to_stored())
    }

    async fn apply(&self, change: Change) -> Result<Commit, StoreError> {
        change.check()?;
        if let Some(broken) = self.shared.broken() {
            return Err(broken);
        }
        match tokio::time::timeout(DISK_DEADLINE, self.queue(change)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(self.shared.break_off(format!("the disk did not answer within {DISK_DEADLINE:?}"))),
        }
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        // The committer ends when nobody can send any more, and what was sent is done.
        drop(self.queue.take());
        let Some(committer) = self.committer.take() else { return };
        // A disk that hangs would hold whoever drops the store for ever.
        if self.shared.broken().is_none() && committer.join().is_err() {
            tracing::error!("the committer panicked");
        }
    }
}
