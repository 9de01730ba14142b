//! Why a store did not do it.

use bytes::Bytes;

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
    /// The very request was done before: tell the caller what was told then.
    #[error("the request {id} was already done, as revision {revision}")]
    AlreadyDone {
        /// Of the request.
        id: String,
        /// What it made.
        revision: u64,
        /// What the caller was told.
        outcome: Bytes,
    },
    /// The id of a request of the last 24 hours came with another content.
    #[error("the request id {id} was used for another request: take a new one")]
    RequestReused {
        /// Of both requests.
        id: String,
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
    /// The revision is older than what is kept: read the whole store, or ask for a newer one.
    #[error("revision {asked} is not kept any more; the oldest that is kept whole is {oldest}")]
    NotRetained {
        /// What was asked for.
        asked: u64,
        /// What is there.
        oldest: u64,
    },
    /// There was no such revision yet.
    #[error("revision {asked} has not been made: the store is at {head}")]
    NotYet {
        /// What was asked for.
        asked: u64,
        /// The newest.
        head: u64,
    },
    /// Another process, or another part of this one, has the store open.
    #[error("the store in {0} is in use: stop the other process that has it open, or give this one another directory")]
    InUse(String),
    /// The store was closed while somebody waited for it.
    #[error("the store was closed")]
    Closed,
    /// The disk failed or is full; nothing more is written until a restart. What was asked last may or may not be kept.
    #[error("the store is broken and read-only: {0}")]
    Broken(String),
    /// What is on disk cannot be read.
    #[error("the store cannot be read: {0}")]
    Corrupt(String),
}
