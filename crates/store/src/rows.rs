//! How a store lies in rows, for those who make one: a store keeps ordered rows of octets in [`Tree`]s and writes those
//! of one [`Effect`] in one transaction; everything else is done here.
//!
//! [`Drafts`] decides changes, each on top of the one before; [`Keyspace`] is what is durable; [`Reader`] answers questions
//! about the past; [`Trimmer`] says what can go.

mod drafts;
mod form;
mod keyspace;
mod octets;
mod reader;
mod reading_history;
mod trimmer;

use std::ops::Bound;

use bytes::Bytes;

use crate::error::StoreError;

pub use drafts::{Drafts, Effect};
pub use keyspace::Keyspace;
pub use reader::Reader;
pub use trimmer::Trimmer;

/// Number of the trees and rows as they are now; a store of another one is not opened.
pub const SCHEMA: u32 = 2;

/// Row of [`Tree::Meta`]: the epoch, 16 octets.
pub const EPOCH: &[u8] = b"epoch";
/// Row of [`Tree::Meta`]: the newest revision, 8 octets.
pub const REVISION: &[u8] = b"revision";
/// Row of [`Tree::Meta`]: the end of the audit trail.
pub const AUDIT: &[u8] = b"audit";
/// Row of [`Tree::Meta`]: the oldest revision that is kept whole; none for 0.
pub const FLOOR: &[u8] = b"floor";

/// The trees. Numbers in keys are big endian, so that they sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tree {
    /// Single values by name.
    Meta,
    /// kind, id → version, wire hash, body.
    Records,
    /// kind, id, version → time, wire hash, body; or time alone, for a removal.
    History,
    /// revision, part → time, keys with their versions and hashes before and after.
    Changes,
    /// revision, number → time, hash of the row before, value.
    Audit,
    /// id → keyed hash of the content, revision, expiry, outcome.
    Requests,
}

impl Tree {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Meta, Self::Records, Self::History, Self::Changes, Self::Audit, Self::Requests];

    /// Its name on the disk.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Records => "records",
            Self::History => "history",
            Self::Changes => "changes",
            Self::Audit => "audit",
            Self::Requests => "requests",
        }
    }
}

/// One row to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub tree: Tree,
    /// Its key; at most 138 octets.
    pub key: Vec<u8>,
    /// Its value; `None` removes it. At most 64 KiB and a little.
    pub value: Option<Vec<u8>>,
}

/// A range of keys.
pub type Range = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// Rows in order of their keys.
pub type RowIter<'a> = Box<dyn DoubleEndedIterator<Item = Result<(Vec<u8>, Bytes), StoreError>> + 'a>;

/// Rows as they are, those included that are written and not yet durable.
pub trait Rows {
    /// One row.
    ///
    /// # Errors
    /// When the disk or what is on it cannot be read.
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Bytes>, StoreError>;

    /// The rows of a range. Rows that are written or removed meanwhile may show or not.
    fn range(&self, tree: Tree, range: Range) -> RowIter<'_>;
}

impl Write {
    fn put(tree: Tree, key: Vec<u8>, value: Vec<u8>) -> Self {
        Self { tree, key, value: Some(value) }
    }

    fn remove(tree: Tree, key: Vec<u8>) -> Self {
        Self { tree, key, value: None }
    }
}

/// The rows of a new store.
#[must_use]
pub fn created(epoch: &[u8; 16]) -> Vec<Write> {
    vec![
        Write::put(Tree::Meta, EPOCH.to_vec(), epoch.to_vec()),
        Write::put(Tree::Meta, REVISION.to_vec(), 0_u64.to_be_bytes().to_vec()),
        Write::put(Tree::Meta, AUDIT.to_vec(), form::audit::encode_tail(&crate::AuditTail::first(epoch))),
    ]
}

/// The oldest revision whose whole keyspace is kept.
fn floor(rows: &dyn Rows) -> Result<u64, StoreError> {
    match rows.get(Tree::Meta, FLOOR)? {
        None => Ok(0),
        Some(value) => number(&value).ok_or_else(|| StoreError::Corrupt("its floor has not 8 octets".to_owned())),
    }
}

fn number(value: &[u8]) -> Option<u64> {
    value.try_into().ok().map(u64::from_be_bytes)
}
