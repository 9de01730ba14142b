//! What readers and the two threads of a store share.

use std::sync::{OnceLock, PoisonError, RwLock};

use postroad_store::StoreError;
use postroad_store::rows::{Keyspace, Reader, Rows};
use tokio::sync::watch;

/// The durable state, and why it does not move any more.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Moves only after the disk has the change.
    pub(crate) keyspace: RwLock<Keyspace>,
    pub(crate) revision: watch::Sender<u64>,
    broken: OnceLock<String>,
}

impl Shared {
    pub(crate) fn new(keyspace: Keyspace) -> Self {
        let revision = watch::Sender::new(keyspace.revision());
        Self { keyspace: RwLock::new(keyspace), revision, broken: OnceLock::new() }
    }

    /// Why nothing is written any more.
    pub(crate) fn broken(&self) -> Option<&str> {
        self.broken.get().map(String::as_str)
    }

    /// Ends all writing (ST8); the first reason stays.
    pub(crate) fn break_off(&self, reason: String) -> StoreError {
        let reason = self.broken.get_or_init(|| {
            tracing::error!(reason, "the store is broken: nothing more is written until a restart");
            reason
        });
        StoreError::Broken(reason.clone())
    }

    /// Reads what is durable now.
    pub(crate) fn reader<'a>(&self, rows: &'a dyn Rows) -> Reader<'a> {
        let keyspace = self.keyspace.read().unwrap_or_else(PoisonError::into_inner);
        Reader::new(rows, keyspace.revision(), keyspace.audit())
    }
}
