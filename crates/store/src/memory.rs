//! A store that keeps nothing when it is dropped.

use std::sync::{PoisonError, RwLock};

use tokio::sync::watch;

use crate::keyspace::Keyspace;
use crate::port::{Change, Commit, ConnectorStore, StoreError, Stored};

/// A store in memory, for tests and for trying things out.
#[derive(Debug)]
pub struct MemoryStore {
    keyspace: RwLock<Keyspace>,
    revision: watch::Sender<u64>,
}

impl MemoryStore {
    /// An empty store of a new epoch.
    #[must_use]
    pub fn new() -> Self {
        let keyspace = RwLock::new(Keyspace::new(postroad_seal::random_bytes()));
        Self { keyspace, revision: watch::Sender::new(0) }
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
        Ok(self.keyspace.read().unwrap_or_else(PoisonError::into_inner).to_stored())
    }

    async fn apply(&self, change: Change) -> Result<Commit, StoreError> {
        let mut keyspace = self.keyspace.write().unwrap_or_else(PoisonError::into_inner);
        let mut draft = keyspace.draft();
        let effect = draft.apply(&change)?;
        let written = draft.finish();
        keyspace.adopt(written);
        self.revision.send_replace(effect.revision);
        Ok(Commit { revision: effect.revision })
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }
}
