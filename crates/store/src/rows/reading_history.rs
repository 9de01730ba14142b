//! Answers about past revisions.

use std::collections::BTreeMap;

use super::reader::{Reader, page_size};
use super::{Tree, floor, form};
use crate::error::StoreError;
use crate::history::{
    HistoryPage, HistoryQuery, Mark, RecordChange, RevisionRecord, RevisionSummary, VersionRecord, VersionsPage,
    VersionsQuery,
};
use crate::record::{Key, Stored, StoredRecord};

impl Reader<'_> {
    /// As [`ConnectorStore::history`](crate::ConnectorStore::history).
    ///
    /// # Errors
    /// When the rows cannot be read; so everywhere here.
    pub fn history(&self, query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        let mut page = HistoryPage { revisions: Vec::new(), more: false, oldest: floor(self.rows)? };
        let newest = query.before.map_or(self.head, |before| before.saturating_sub(1).min(self.head));
        // Trimming may have left parts of revisions that are not kept.
        let after = query.after.max(page.oldest);
        if after >= newest {
            return Ok(page);
        }
        let limit = page_size(query.limit);
        for row in self.rows.range(Tree::Changes, form::changes::range(after, newest)).rev() {
            let (key, value) = row?;
            let (revision, part) = form::changes::decode_key(&key)?;
            if part > 0 {
                continue;
            }
            if page.revisions.len() == limit {
                page.more = true;
                break;
            }
            let part = form::changes::decode(revision, &value)?;
            page.revisions.push(RevisionSummary { revision, time: part.time, changed: part.changed });
        }
        Ok(page)
    }

    /// As [`ConnectorStore::revision`](crate::ConnectorStore::revision).
    ///
    /// # Errors
    /// [`StoreError::NotRetained`], [`StoreError::NotYet`].
    pub fn revision(&self, revision: u64) -> Result<RevisionRecord, StoreError> {
        self.check_made(revision)?;
        let Some(before) = revision.checked_sub(1) else {
            return Ok(RevisionRecord { revision, time: 0, changes: Vec::new() });
        };
        self.check_kept(before)?;
        let mut found: Option<RevisionRecord> = None;
        for row in self.rows.range(Tree::Changes, form::changes::range(before, revision)) {
            let part = form::changes::decode(revision, &row?.1)?;
            let record = found.get_or_insert(RevisionRecord { revision, time: part.time, changes: Vec::new() });
            record.changes.extend(part.changes);
        }
        self.check_kept(before)?;
        found.ok_or_else(|| StoreError::Corrupt(format!("the changes of revision {revision} are missing")))
    }

    /// As [`ConnectorStore::difference`](crate::ConnectorStore::difference).
    ///
    /// # Errors
    /// [`StoreError::NotRetained`], [`StoreError::NotYet`].
    pub fn difference(&self, from: u64, to: u64) -> Result<Vec<RecordChange>, StoreError> {
        let (older, newer) = (from.min(to), from.max(to));
        self.check_made(newer)?;
        self.check_kept(older)?;
        let mut changes: BTreeMap<Key, (Option<Mark>, Option<Mark>)> = BTreeMap::new();
        for row in self.rows.range(Tree::Changes, form::changes::range(older, newer)) {
            let (key, value) = row?;
            let (revision, _) = form::changes::decode_key(&key)?;
            for change in form::changes::decode(revision, &value)?.changes {
                changes.entry(change.key).or_insert((change.before, None)).1 = change.after;
            }
        }
        // Trimming may have been at work meanwhile.
        self.check_kept(older)?;
        let changes = changes.into_iter().filter(|(_, (before, after))| before != after);
        let change = |(key, (older, newer))| {
            let (before, after) = if from <= to { (older, newer) } else { (newer, older) };
            RecordChange { key, before, after }
        };
        Ok(changes.map(change).collect())
    }

    /// As [`ConnectorStore::versions`](crate::ConnectorStore::versions).
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn versions(&self, query: &VersionsQuery) -> Result<VersionsPage, StoreError> {
        let mut page = VersionsPage { versions: Vec::new(), more: false };
        let newest = query.before.map_or(self.head, |before| before.saturating_sub(1).min(self.head));
        let limit = page_size(query.limit);
        for version in self.versions_to(&query.key, newest) {
            if page.versions.len() == limit {
                page.more = true;
                break;
            }
            page.versions.push(version?);
        }
        Ok(page)
    }

    /// As [`ConnectorStore::record_at`](crate::ConnectorStore::record_at).
    ///
    /// # Errors
    /// [`StoreError::NotRetained`], [`StoreError::NotYet`].
    pub fn record_at(&self, key: &Key, revision: u64) -> Result<Option<StoredRecord>, StoreError> {
        self.check_made(revision)?;
        match self.versions_to(key, revision).next().transpose()? {
            Some(version) => Ok(version.record),
            // The oldest versions of a record go first: what is older than all that are left may have been trimmed.
            None => self.check_kept(revision).map(|()| None),
        }
    }

    /// As [`ConnectorStore::snapshot_at`](crate::ConnectorStore::snapshot_at), made of a snapshot of this reader's
    /// revision, or of any other that is kept.
    ///
    /// # Errors
    /// [`StoreError::NotRetained`], [`StoreError::NotYet`].
    pub fn snapshot_at(&self, known: Stored, revision: u64) -> Result<Stored, StoreError> {
        let changes = self.difference(known.revision, revision)?;
        let mut records: BTreeMap<_, _> =
            known.records.into_iter().map(|record| (record.key.clone(), record)).collect();
        for change in changes {
            match change.after {
                Some(mark) => {
                    let record = self.version(&change.key, mark.version)?;
                    records.insert(change.key, record);
                }
                None => {
                    records.remove(&change.key);
                }
            }
        }
        self.check_kept(revision)?;
        Ok(Stored { epoch: known.epoch, revision, records: records.into_values().collect() })
    }

    /// A version that a kept revision speaks of.
    pub(super) fn version(&self, key: &Key, version: u64) -> Result<StoredRecord, StoreError> {
        let at = form::history::key(&form::history::prefix(key), version);
        let row = self.rows.get(Tree::History, &at)?;
        let kept = row.map(|row| form::history::decode(&at, &row)).transpose()?.and_then(|version| version.record);
        match kept {
            Some(record) => Ok(record),
            None => {
                self.check_kept(version)?;
                Err(StoreError::Corrupt(format!("version {version} of {} is missing", key.id)))
            }
        }
    }

    /// The versions of a record up to one, newest first.
    fn versions_to(&self, key: &Key, newest: u64) -> impl Iterator<Item = Result<VersionRecord, StoreError>> {
        let range = form::history::range(&form::history::prefix(key), 0, newest);
        self.rows.range(Tree::History, range).rev().map(|row| {
            let (key, value) = row?;
            form::history::decode(&key, &value)
        })
    }
}
