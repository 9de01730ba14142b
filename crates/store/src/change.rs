//! What a writer asks for.

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::error::StoreError;
use crate::record::{Key, MAX_BODY, Put, check_id};

/// How long the outcome of a request is kept, in milliseconds: 24 hours.
pub const REQUEST_KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// What the writer believes about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It does not exist.
    Absent,
    /// It exists in this version.
    Version(u64),
}

/// A change with its preconditions. Everything in it is written in one transaction, or nothing (ST5).
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The revision that the new set was checked against (ST1).
    pub base: u64,
    /// What must be true of single records (ST1).
    pub expect: Vec<(Key, Expect)>,
    /// Records to write.
    pub puts: Vec<Put>,
    /// Records to remove.
    pub deletes: Vec<Key>,
    /// When, in milliseconds since 1970. History is trimmed and requests expire by it.
    pub time: u64,
    /// Who did what, for the audit trail; opaque, at most 64 KiB.
    pub audit: Option<Bytes>,
    /// The request that this is the doing of, so that it is done once.
    pub request: Option<RequestMark>,
}

/// The mark of a request that must be done once, however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestMark {
    /// The client's id of it; not empty, at most 128 octets.
    pub id: String,
    /// A keyed hash of what was asked: the same id with another content is refused.
    pub content: [u8; 32],
    /// What the client is to be told again; opaque, at most 64 KiB. The revision is kept beside it.
    pub outcome: Bytes,
}

/// What is kept of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// The keyed hash of what was asked.
    pub content: [u8; 32],
    /// The revision that it made.
    pub revision: u64,
    /// What the client was told.
    pub outcome: Bytes,
    /// When it is forgotten, in milliseconds since 1970.
    pub expires: u64,
}

/// The outcome of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The new revision.
    pub revision: u64,
}

impl Change {
    /// Checks what does not depend on the content of a store; every store does this first.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] for a body, an audit event or an outcome over [`MAX_BODY`], [`StoreError::Invalid`] for an
    /// empty or overlong id, for a record that is written or removed twice, and for a change that does neither.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.puts.is_empty() && self.deletes.is_empty() {
            return Err(StoreError::Invalid("it writes and removes nothing".to_owned()));
        }
        let mut keys = BTreeSet::new();
        for key in self.puts.iter().map(|put| &put.key).chain(&self.deletes) {
            key.check()?;
            if !keys.insert(key) {
                return Err(StoreError::Invalid(format!("the record {} is changed twice", key.id)));
            }
        }
        for put in &self.puts {
            check_size(&put.key.id, &put.body)?;
        }
        if let Some(audit) = &self.audit {
            check_size("audit", audit)?;
        }
        match &self.request {
            Some(request) => {
                check_id("request id", &request.id)?;
                check_size(&request.id, &request.outcome)
            }
            None => Ok(()),
        }
    }
}

/// Refuses a value that is too large.
pub(crate) fn check_size(id: &str, value: &Bytes) -> Result<(), StoreError> {
    if value.len() > MAX_BODY {
        return Err(StoreError::TooLarge { id: id.to_owned(), size: value.len(), limit: MAX_BODY });
    }
    Ok(())
}
