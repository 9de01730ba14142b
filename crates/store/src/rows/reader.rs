//! Answers from rows: the audit trail, requests, whole commits. What is not durable yet does not show.

use std::ops::Bound;

use super::{Rows, Tree, floor, form};
use crate::audit::{AuditPage, AuditQuery, AuditTail};
use crate::change::RequestRecord;
use crate::commits::Committed;
use crate::error::StoreError;
use crate::history::MAX_PAGE;

/// Reads what was durable at one moment.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub(super) rows: &'a dyn Rows,
    pub(super) head: u64,
    audit: AuditTail,
}

impl<'a> Reader<'a> {
    /// One of the rows up to a durable revision and a durable end of the audit trail.
    #[must_use]
    pub fn new(rows: &'a dyn Rows, head: u64, audit: AuditTail) -> Self {
        Self { rows, head, audit }
    }

    /// As [`ConnectorStore::request`](crate::ConnectorStore::request).
    ///
    /// # Errors
    /// When the rows cannot be read; so everywhere here.
    pub fn request(&self, id: &str) -> Result<Option<RequestRecord>, StoreError> {
        let row = self.rows.get(Tree::Requests, id.as_bytes())?;
        let kept = row.map(|row| form::request::decode(&row)).transpose()?;
        Ok(kept.filter(|kept| kept.revision <= self.head))
    }

    /// As [`ConnectorStore::audit`](crate::ConnectorStore::audit).
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn audit(&self, query: AuditQuery) -> Result<AuditPage, StoreError> {
        let mut page = AuditPage { rows: Vec::new(), more: false, tail: self.audit };
        let Some(last) = self.audit.last else { return Ok(page) };
        let from = query.after.map_or(Bound::Unbounded, |after| Bound::Excluded(form::audit::key(after)));
        let to = match query.before {
            Some(before) if before <= last => Bound::Excluded(form::audit::key(before)),
            _ => Bound::Included(form::audit::key(last)),
        };
        if is_empty(query.after.map(form::audit::key).as_deref(), &to) {
            return Ok(page);
        }
        let limit = page_size(query.limit);
        let mut rows = self.rows.range(Tree::Audit, (from, to));
        while let Some(row) = if query.newest_first { rows.next_back() } else { rows.next() } {
            if page.rows.len() == limit {
                page.more = true;
                break;
            }
            let (key, value) = row?;
            page.rows.push(form::audit::decode(&key, &value)?);
        }
        Ok(page)
    }

    /// The first durable revision after one; `None` when there is none yet.
    ///
    /// # Errors
    /// [`StoreError::NotRetained`]; [`StoreError::NotYet`] after a revision that was never made.
    pub fn commit_after(&self, after: u64) -> Result<Option<Committed>, StoreError> {
        self.check_made(after)?;
        self.check_kept(after)?;
        let mut found: Option<Committed> = None;
        for row in self.rows.range(Tree::Changes, form::changes::range(after, self.head)) {
            let (key, value) = row?;
            let (revision, _) = form::changes::decode_key(&key)?;
            if found.as_ref().is_some_and(|found| found.revision != revision) {
                break;
            }
            let part = form::changes::decode(revision, &value)?;
            let committed = found.get_or_insert(Committed { revision, time: part.time, writes: Vec::new() });
            for change in part.changes {
                let record = change.after.map(|mark| self.version(&change.key, mark.version)).transpose()?;
                committed.writes.push((change.key, record));
            }
        }
        // Trimming may have been at work meanwhile.
        self.check_kept(after)?;
        Ok(found)
    }

    /// Refuses a revision that was never made.
    pub(super) fn check_made(&self, asked: u64) -> Result<(), StoreError> {
        if asked > self.head { Err(StoreError::NotYet { asked, head: self.head }) } else { Ok(()) }
    }

    /// Refuses a revision whose keyspace is not kept whole.
    pub(super) fn check_kept(&self, asked: u64) -> Result<(), StoreError> {
        let oldest = floor(self.rows)?;
        if asked < oldest { Err(StoreError::NotRetained { asked, oldest }) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reader").field("head", &self.head).finish_non_exhaustive()
    }
}

/// Whether a range ends before it begins: ordered maps take that for a mistake.
fn is_empty(after: Option<&[u8]>, to: &Bound<Vec<u8>>) -> bool {
    let (Some(after), Bound::Included(to) | Bound::Excluded(to)) = (after, to) else { return false };
    after >= to.as_slice()
}

pub(super) fn page_size(limit: usize) -> usize {
    limit.clamp(1, MAX_PAGE)
}
