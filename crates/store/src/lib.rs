//! The port of the connector store, an in-memory store, and the battery every store passes.
//!
//! A store keeps opaque records under one revision, with their history, an audit trail and the requests of the last day.
//! Whoever writes says what the change stands on ([`Change`]); the store makes all of it or nothing, and answers when it is
//! durable. What a change does and how it lies in rows is decided here ([`rows`]), so that every store decides the same.

mod audit;
pub mod battery;
mod change;
mod commits;
mod error;
mod history;
mod memory;
mod pending;
mod port;
mod record;
pub mod rows;

pub use audit::{
    AuditChain, AuditId, AuditPage, AuditQuery, AuditRow, AuditTail, BrokenChain, VerifyError, verify_audit,
};
pub use change::{Change, Commit, Expect, REQUEST_KEPT_MS, RequestMark, RequestRecord};
pub use commits::{CommitSource, Commits, Committed};
pub use error::StoreError;
pub use history::{
    HistoryPage, HistoryQuery, KEPT_MS, KEPT_VERSIONS, MAX_PAGE, Mark, RecordChange, RevisionRecord, RevisionSummary,
    Trimmed, VersionRecord, VersionsPage, VersionsQuery,
};
pub use memory::MemoryStore;
pub use pending::Pending;
pub use port::ConnectorStore;
pub use record::{Key, Kind, MAX_BODY, MAX_ID, Put, Stored, StoredRecord};
