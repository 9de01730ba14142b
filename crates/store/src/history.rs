//! What was: questions about past revisions, and their answers.

use crate::record::{Key, StoredRecord};

/// How many versions of each record, and how many revisions, are kept whatever their age (ST4).
pub const KEPT_VERSIONS: usize = 100;

/// How long history is kept whatever its number, in milliseconds: 90 days (ST4).
pub const KEPT_MS: u64 = 90 * 24 * 60 * 60 * 1000;

/// The most items on a page; a larger limit is lowered to it, 0 is taken for 1.
pub const MAX_PAGE: usize = 1000;

/// Which revisions to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct HistoryQuery {
    /// Only those after this one.
    pub after: u64,
    /// Only those before this one; the last of a page gives the next page.
    pub before: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

/// Revisions, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// What was asked for.
    pub revisions: Vec<RevisionSummary>,
    /// Whether older ones in the range were left off.
    pub more: bool,
    /// The oldest revision whose whole keyspace can be read. What it changed itself is no longer kept.
    pub oldest: u64,
}

/// A revision in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevisionSummary {
    /// Its number.
    pub revision: u64,
    /// When, as its writer said, in milliseconds since 1970.
    pub time: u64,
    /// How many records it changed.
    pub changed: usize,
}

/// A revision and what it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRecord {
    /// Its number.
    pub revision: u64,
    /// When, in milliseconds since 1970.
    pub time: u64,
    /// By record, in order of the keys; a removal of what was not there is none.
    pub changes: Vec<RecordChange>,
}

/// One record between two revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordChange {
    /// Which.
    pub key: Key,
    /// As it was; `None` when it was not there.
    pub before: Option<Mark>,
    /// As it became; `None` when it was removed.
    pub after: Option<Mark>,
}

/// One version of a record without its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The revision that made it.
    pub version: u64,
    /// SHA-256 of its body as relays get it.
    pub wire_hash: [u8; 32],
}

/// Which versions of a record to list.
#[derive(Clone, Debug)]
pub struct VersionsQuery {
    /// Of which record.
    pub key: Key,
    /// Only those before this one; the last of a page gives the next page.
    pub before: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

/// Versions of one record, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionsPage {
    /// What was asked for.
    pub versions: Vec<VersionRecord>,
    /// Whether older ones were left off.
    pub more: bool,
}

/// One version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRecord {
    /// The revision that made it.
    pub version: u64,
    /// When, in milliseconds since 1970.
    pub time: u64,
    /// The record; `None` for its removal.
    pub record: Option<StoredRecord>,
}

/// What a step of trimming did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trimmed {
    /// Rows that were removed.
    pub removed: usize,
    /// Whether the sweep is not at its end: call again.
    pub more: bool,
}
