//! Whole commits, in order.

use tokio::sync::watch;

use crate::error::StoreError;
use crate::record::{Key, StoredRecord};

/// A durable revision with everything that it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its number.
    pub revision: u64,
    /// When, in milliseconds since 1970.
    pub time: u64,
    /// Records as they became, in order of the keys; `None` for a removal.
    pub writes: Vec<(Key, Option<StoredRecord>)>,
}

/// Where [`Commits`] reads.
#[async_trait::async_trait]
pub trait CommitSource: Send + Sync {
    /// The first durable revision after this one; `None` when there is none yet.
    async fn after(&self, revision: u64) -> Result<Option<Committed>, StoreError>;
}

/// Durable revisions, one after the other, from where the watching began. It holds no more than one at a time, so a slow
/// reader costs nothing but may be overtaken by trimming.
pub struct Commits {
    source: Box<dyn CommitSource>,
    head: watch::Receiver<u64>,
    after: u64,
}

impl Commits {
    /// Those after a revision; `head` moves with the durable revision.
    #[must_use]
    pub fn new(source: Box<dyn CommitSource>, head: watch::Receiver<u64>, after: u64) -> Self {
        Self { source, head, after }
    }

    /// Waits for the next one. Nothing is lost when the waiting is given up.
    ///
    /// # Errors
    /// [`StoreError::NotRetained`] when trimming was faster: take a snapshot and begin anew;
    /// [`StoreError::Closed`] when the store is gone.
    pub async fn next(&mut self) -> Result<Committed, StoreError> {
        loop {
            if *self.head.borrow_and_update() > self.after
                && let Some(committed) = self.source.after(self.after).await?
            {
                self.after = committed.revision;
                return Ok(committed);
            }
            self.head.changed().await.map_err(|_closed| StoreError::Closed)?;
        }
    }
}

impl std::fmt::Debug for Commits {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Commits").field("after", &self.after).finish_non_exhaustive()
    }
}
