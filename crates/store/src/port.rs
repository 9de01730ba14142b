//! The port.

use bytes::Bytes;

/// The most octets a body may have (SR14).
pub const MAX_BODY: usize = 64 * 1024;

/// The most octets an id may have.
pub const MAX_ID: usize = 64;

/// Keeps records under one revision for the whole keyspace.
#[async_trait::async_trait]
pub trait ConnectorStore: Send + Sync + 'static {
    /// Everything, at one revision.
    async fn snapshot(&self) -> Result<Stored, StoreError>;

    /// Makes a change: all of it or nothing; durable when it returns.
    ///
    /// `expect` is checked before `base`: a stale record is stale on any base. Removing what is not there is no error. A
    /// caller who stops waiting does not stop the change.
    async fn apply(&self, change: Change) -> Result<Commit, StoreError>;

    /// Says the newest durable revision, now and whenever it moves; [`snapshot`](Self::snapshot) is at least as new.
    fn watch(&self) -> tokio::sync::watch::Receiver<u64>;
}

/// Kinds of records. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A connector without its secrets.
    Connector = 1,
    /// The sealed secrets of a connector.
    Credential = 2,
}

/// Names a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its kind.
    pub kind: Kind,
    /// Its id; not empty, at most 64 octets.
    pub id: String,
}

/// A record as it is kept. The body is opaque here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Which.
    pub key: Key,
    /// Revision that last changed it.
    pub version: u64,
    /// Encoded, and sealed where it holds a secret; at most 64 KiB.
    pub body: Bytes,
    /// SHA-256 of the body as relays get it.
    pub wire_hash: [u8; 32],
}

/// A record to be written.
#[derive(Clone, Debug)]
pub struct Put {
    /// Which.
    pub key: Key,
    /// Its new body.
    pub body: Bytes,
    /// SHA-256 of the body as relays get it.
    pub wire_hash: [u8; 32],
}

/// What the writer believes about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It does not exist.
    Absent,
    /// It exists in this version.
    Version(u64),
}

/// A change with its preconditions.
#[derive(Clone, Debug)]
pub struct Change {
    /// The revision that the new set was checked against.
    pub base: u64,
    /// What must be true of single records.
    pub expect: Vec<(Key, Expect)>,
    /// Records to write.
    pub puts: Vec<Put>,
    /// Records to remove.
    pub deletes: Vec<Key>,
}

impl Change {
    /// Checks what does not depend on the content of a store; every store does this first.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] for a body over [`MAX_BODY`], [`StoreError::Invalid`] for an empty or overlong id, for a
    /// record that is written or removed twice, and for a change that does neither.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.puts.is_empty() && self.deletes.is_empty() {
            return Err(StoreError::Invalid("it writes and removes nothing".to_owned()));
        }
        let mut keys = std::collections::BTreeSet::new();
        for key in self.puts.iter().map(|put| &put.key).chain(&self.deletes) {
            if key.id.is_empty() || key.id.len() > MAX_ID {
                return Err(StoreError::Invalid(format!("the id {:?} has not 1 to {MAX_ID} octets", key.id)));
            }
            if !keys.insert(key) {
                return Err(StoreError::Invalid(format!("the record {} is changed twice", key.id)));
            }
        }
        match self.puts.iter().find(|put| put.body.len() > MAX_BODY) {
            Some(put) => Err(StoreError::TooLarge { id: put.key.id.clone(), size: put.body.len(), limit: MAX_BODY }),
            None => Ok(()),
        }
    }
}

/// The outcome of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The new revision.
    pub revision: u64,
}

/// The whole keyspace.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Random id of this history of revisions.
    pub epoch: [u8; 16],
    /// Newest durable revision; 0 when nothing was ever written.
    pub revision: u64,
    /// Every record, in order of its key.
    pub records: Vec<StoredRecord>,
}

/// Why a store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was first: read again and decide anew. Retryable.
    #[error("the store moved on from revision {base} to {head}")]
    BaseMoved {
        /// What the change stood on.
        base: u64,
        /// What is there now.
        head: u64,
    },
    /// A record is not as the writer believed.
    #[error("record {id} has changed: it is now at version {found:?}")]
    Stale {
        /// Which.
        id: String,
        /// Its version now; `None` when it does not exist.
        found: Option<u64>,
    },
    /// The change breaks a limit of the store.
    #[error("the record {id} is {size} octets large; the limit is {limit}")]
    TooLarge {
        /// Which.
        id: String,
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// No store could make this change.
    #[error("the change is not valid: {0}")]
    Invalid(String),
    /// Another process, or another part of this one, has the store open.
    #[error("the store in {0} is in use: stop the other process that has it open, or give this one another directory")]
    InUse(String),
    /// The disk failed or is full; nothing more is written until a restart. What was asked last may or may not be kept.
    #[error("the store is broken and read-only: {0}")]
    Broken(String),
    /// What is on disk cannot be read.
    #[error("the store cannot be read: {0}")]
    Corrupt(String),
}
