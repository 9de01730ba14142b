//! Deciding changes, each on top of the one before.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::keyspace::Keyspace;
use super::{AUDIT, REVISION, Rows, Tree, Write, form};
use crate::audit::{AuditId, AuditTail};
use crate::change::{Change, Expect, REQUEST_KEPT_MS, RequestRecord, check_size};
use crate::error::StoreError;
use crate::history::{Mark, RecordChange};
use crate::record::{Key, StoredRecord};

/// What was decided and is not yet durable: revision, end of the audit trail, and the records under way.
#[derive(Debug)]
pub struct Drafts {
    revision: u64,
    audit: AuditTail,
    /// With the revision of the draft, by which it is retired.
    records: BTreeMap<Key, (u64, Option<Mark>)>,
}

/// What one change, or one row of the audit trail, writes: its rows in one transaction (ST5).
#[derive(Debug)]
pub struct Effect {
    /// The newest revision with it.
    pub revision: u64,
    /// The rows.
    pub writes: Vec<Write>,
    /// The place of its row in the audit trail.
    pub audit_id: Option<AuditId>,
    pub(super) audit: AuditTail,
    pub(super) records: Vec<(Key, Option<StoredRecord>)>,
}

impl Drafts {
    /// None, on top of what is durable.
    #[must_use]
    pub fn on(keyspace: &Keyspace) -> Self {
        Self { revision: keyspace.revision(), audit: keyspace.audit(), records: BTreeMap::new() }
    }

    /// Refuses a request that was done before. Reads a row, so call it where reading may block; the rows of everything
    /// that was decided must have been written.
    ///
    /// # Errors
    /// [`StoreError::AlreadyDone`], [`StoreError::RequestReused`].
    pub fn check_request(rows: &dyn Rows, change: &Change) -> Result<(), StoreError> {
        let Some(request) = &change.request else { return Ok(()) };
        let Some(row) = rows.get(Tree::Requests, request.id.as_bytes())? else { return Ok(()) };
        let kept = form::request::decode(&row)?;
        if kept.expires <= change.time {
            return Ok(());
        }
        if kept.content != request.content {
            return Err(StoreError::RequestReused { id: request.id.clone() });
        }
        Err(StoreError::AlreadyDone { id: request.id.clone(), revision: kept.revision, outcome: kept.outcome })
    }

    /// Decides a change whose request was checked; one that fails leaves everything as it was.
    ///
    /// # Errors
    /// As [`ConnectorStore::apply`](crate::ConnectorStore::apply), those of the disk apart.
    pub fn decide(&mut self, durable: &Keyspace, change: &Change) -> Result<Effect, StoreError> {
        change.check()?;
        for (key, expected) in &change.expect {
            let found = self.mark(durable, key).map(|mark| mark.version);
            let as_expected = match expected {
                Expect::Absent => found.is_none(),
                Expect::Version(version) => found == Some(*version),
            };
            if !as_expected {
                return Err(StoreError::Stale { id: key.id.clone(), found });
            }
        }
        if change.base != self.revision {
            return Err(StoreError::BaseMoved { base: change.base, head: self.revision });
        }
        Ok(self.make(durable, change))
    }

    /// Decides a row of the audit trail that belongs to no change.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`].
    pub fn record(&mut self, audit: &Bytes, time: u64) -> Result<Effect, StoreError> {
        check_size("audit", audit)?;
        let mut writes = Vec::new();
        let id = self.add_audit(&mut writes, self.revision, time, audit);
        Ok(Effect { revision: self.revision, writes, audit_id: Some(id), audit: self.audit, records: Vec::new() })
    }

    /// Forgets what has become durable, and was adopted.
    pub fn retire(&mut self, durable: u64) {
        self.records.retain(|_, (revision, _)| *revision > durable);
    }

    /// The revision of the last change that was decided.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    fn make(&mut self, durable: &Keyspace, change: &Change) -> Effect {
        let revision = self.revision + 1;
        let records = records(change, revision);
        let mut writes = Vec::with_capacity(records.len() * 2 + 4);
        let mut changes = Vec::with_capacity(records.len());
        for (key, record) in &records {
            let before = self.mark(durable, key);
            let after = record.as_ref().map(|record| Mark { version: revision, wire_hash: record.wire_hash });
            if before.is_none() && after.is_none() {
                continue;
            }
            let value = record.as_ref().map(form::record::encode);
            writes.push(Write { tree: Tree::Records, key: form::record::key(key), value });
            let at = form::history::key(&form::history::prefix(key), revision);
            writes.push(Write::put(Tree::History, at, form::history::encode(record.as_ref(), change.time)));
            self.records.insert(key.clone(), (revision, after));
            changes.push(RecordChange { key: key.clone(), before, after });
        }
        for (key, value) in form::changes::encode(revision, change.time, &changes) {
            writes.push(Write::put(Tree::Changes, key, value));
        }
        if let Some(request) = &change.request {
            let expires = change.time.saturating_add(REQUEST_KEPT_MS);
            let (content, outcome) = (request.content, request.outcome.clone());
            let row = form::request::encode(&RequestRecord { content, revision, outcome, expires });
            writes.push(Write::put(Tree::Requests, request.id.as_bytes().to_vec(), row));
        }
        let audit = change.audit.as_ref();
        let audit_id = audit.map(|audit| self.add_audit(&mut writes, revision, change.time, audit));
        writes.push(Write::put(Tree::Meta, REVISION.to_vec(), revision.to_be_bytes().to_vec()));
        self.revision = revision;
        Effect { revision, writes, audit_id, audit: self.audit, records }
    }

    fn add_audit(&mut self, writes: &mut Vec<Write>, revision: u64, time: u64, value: &Bytes) -> AuditId {
        let row = self.audit.next(revision, time, value.clone());
        self.audit = AuditTail::after(&row);
        writes.push(Write::put(Tree::Audit, form::audit::key(row.id), form::audit::encode(&row)));
        writes.push(Write::put(Tree::Meta, AUDIT.to_vec(), form::audit::encode_tail(&self.audit)));
        row.id
    }

    fn mark(&self, durable: &Keyspace, key: &Key) -> Option<Mark> {
        match self.records.get(key) {
            Some((_, drafted)) => *drafted,
            None => durable.mark(key),
        }
    }
}

/// Every record that a change writes or removes, in order of the keys.
fn records(change: &Change, revision: u64) -> Vec<(Key, Option<StoredRecord>)> {
    let removals = change.deletes.iter().map(|key| (key.clone(), None));
    let puts = change.puts.iter().map(|put| {
        let (key, body) = (put.key.clone(), put.body.clone());
        (put.key.clone(), Some(StoredRecord { key, version: revision, body, wire_hash: put.wire_hash }))
    });
    let mut records: Vec<_> = removals.chain(puts).collect();
    records.sort_by(|one, other| one.0.cmp(&other.0));
    records
}
