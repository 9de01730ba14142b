//! The port.

use bytes::Bytes;

/// Keeps records under one revision for the whole keyspace.
#[async_trait::async_trait]
pub trait ConnectorStore: Send + Sync + 'static {
    /// Everything, at one revision.
    async fn snapshot(&self) -> Result<Stored, StoreError>;

    /// Makes a change: all of it or nothing; durable when it returns.
    async fn apply(&self, change: Change) -> Result<Commit, StoreError>;

    /// Says the newest durable revision, now and whenever it moves.
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
    /// The disk failed or is full; nothing more is written until a restart. What was asked last may or may not be kept.
    #[error("the store is broken and read-only: {0}")]
    Broken(String),
    /// What is on disk cannot be read.
    #[error("the store cannot be read: {0}")]
    Corrupt(String),
}
