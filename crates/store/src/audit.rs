//! The audit trail: rows that are added and never changed, each with the hash of the one before.

use bytes::Bytes;

use crate::error::StoreError;
use crate::history::MAX_PAGE;
use crate::port::ConnectorStore;

/// The place of a row: the newest revision when it was written, and its number among the rows of that revision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuditId {
    /// The revision that it was written with, or after.
    pub revision: u64,
    /// Counts from 0 within the revision.
    pub number: u64,
}

/// One row of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its place.
    pub id: AuditId,
    /// When, as its writer said, in milliseconds since 1970.
    pub time: u64,
    /// [`hash`](Self::hash) of the row before; [`AuditTail::first`] for the first one.
    pub previous: [u8; 32],
    /// What was written; opaque.
    pub value: Bytes,
}

impl AuditRow {
    /// What the next row carries: SHA-256 over revision, number, time (8 octets each, big endian), the hash of the row
    /// before, and the value.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let (revision, number) = (self.id.revision.to_be_bytes(), self.id.number.to_be_bytes());
        postroad_seal::sha256(&[&revision, &number, &self.time.to_be_bytes(), &self.previous, &self.value])
    }
}

/// The end of the trail. It is kept apart from the rows, so that rows cut off at the end are missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditTail {
    /// The last row; `None` when there is none.
    pub last: Option<AuditId>,
    /// Its hash.
    pub hash: [u8; 32],
}

impl AuditTail {
    /// The tail of an empty trail: a hash of the epoch, so that the trail of another store does not fit.
    #[must_use]
    pub fn first(epoch: &[u8; 16]) -> Self {
        Self { last: None, hash: postroad_seal::sha256(&[b"postroad audit\0", epoch]) }
    }

    /// The row that comes next at a revision.
    pub(crate) fn next(&self, revision: u64, time: u64, value: Bytes) -> AuditRow {
        let number = match self.last {
            Some(last) if last.revision == revision => last.number + 1,
            _ => 0,
        };
        AuditRow { id: AuditId { revision, number }, time, previous: self.hash, value }
    }

    pub(crate) fn after(row: &AuditRow) -> Self {
        Self { last: Some(row.id), hash: row.hash() }
    }
}

/// Which rows to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditQuery {
    /// Only rows after this one.
    pub after: Option<AuditId>,
    /// Only rows before this one.
    pub before: Option<AuditId>,
    /// Whether the newest come first.
    pub newest_first: bool,
    /// How many at most; see [`MAX_PAGE`](crate::MAX_PAGE).
    pub limit: usize,
}

/// Rows of the trail, in the order that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditPage {
    /// What was asked for.
    pub rows: Vec<AuditRow>,
    /// Whether more rows in the range were left off: the last of this page gives the next one.
    pub more: bool,
    /// The end of the trail.
    pub tail: AuditTail,
}

/// Follows the trail from a known place, oldest row first.
#[derive(Clone, Copy, Debug)]
pub struct AuditChain {
    at: AuditTail,
}

/// The trail was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenChain {
    /// A row does not follow the one before: one of the two was changed, or rows between them are gone.
    #[error("the audit row {}/{} does not follow the one before it", .0.revision, .0.number)]
    Row(AuditId),
    /// The rows end before the trail does.
    #[error("the audit trail ends too early: rows at its end are gone")]
    CutShort,
}

/// The trail was not found whole.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It was changed.
    #[error(transparent)]
    Broken(#[from] BrokenChain),
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Follows the whole trail of a store, page by page; returns its end, which is worth keeping elsewhere.
///
/// # Errors
/// When a row was changed, moved or removed, and when the trail cannot be read.
pub async fn verify_audit(store: &dyn ConnectorStore) -> Result<AuditTail, VerifyError> {
    let mut chain = AuditChain::from(AuditTail::first(&store.snapshot().await?.epoch));
    let mut query = AuditQuery { limit: MAX_PAGE, ..AuditQuery::default() };
    loop {
        let page = store.audit(query).await?;
        page.rows.iter().try_for_each(|row| chain.follow(row))?;
        query.after = chain.at().last;
        if !page.more {
            chain.end(&page.tail)?;
            return Ok(page.tail);
        }
    }
}

impl AuditChain {
    /// From the beginning ([`AuditTail::first`]), or from a row that is trusted.
    #[must_use]
    pub const fn from(at: AuditTail) -> Self {
        Self { at }
    }

    /// Takes the next row.
    ///
    /// # Errors
    /// When it does not follow.
    pub fn follow(&mut self, row: &AuditRow) -> Result<(), BrokenChain> {
        if row.previous != self.at.hash || self.at.last.is_some_and(|last| last >= row.id) {
            return Err(BrokenChain::Row(row.id));
        }
        self.at = AuditTail::after(row);
        Ok(())
    }

    /// Where it is.
    #[must_use]
    pub const fn at(&self) -> AuditTail {
        self.at
    }

    /// Compares the place with the end of the trail, when every row was taken.
    ///
    /// # Errors
    /// When rows at the end are gone.
    pub fn end(&self, tail: &AuditTail) -> Result<(), BrokenChain> {
        if self.at == *tail { Ok(()) } else { Err(BrokenChain::CutShort) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail() -> (AuditTail, Vec<AuditRow>) {
        let mut tail = AuditTail::first(&[7; 16]);
        let mut rows = Vec::new();
        for revision in [0, 0, 1, 4, 4] {
            let row = tail.next(revision, 1000, Bytes::from(format!("event {}", rows.len())));
            tail = AuditTail::after(&row);
            rows.push(row);
        }
        (tail, rows)
    }

    fn verify(rows: &[AuditRow], tail: &AuditTail) -> Result<(), BrokenChain> {
        let mut chain = AuditChain::from(AuditTail::first(&[7; 16]));
        rows.iter().try_for_each(|row| chain.follow(row))?;
        chain.end(tail)
    }

    #[test]
    fn rows_are_numbered_within_their_revision() {
        let ids: Vec<_> = trail().1.iter().map(|row| (row.id.revision, row.id.number)).collect();
        assert_eq!(ids, [(0, 0), (0, 1), (1, 0), (4, 0), (4, 1)]);
    }

    #[test]
    fn a_row_that_was_changed_removed_or_moved_breaks_the_chain() {
        let (tail, rows) = trail();
        assert_eq!(verify(&rows, &tail), Ok(()));
        let edits: [fn(&mut AuditRow); 4] = [
            |row| row.value = Bytes::from_static(b"other"),
            |row| row.time += 1,
            |row| row.id.number += 5,
            |row| row.previous[0] ^= 1,
        ];
        for at in 0..rows.len() {
            for edit in edits {
                let mut changed = rows.clone();
                edit(&mut changed[at]);
                assert!(verify(&changed, &tail).is_err(), "row {at}");
            }
            let mut fewer = rows.clone();
            fewer.remove(at);
            assert!(verify(&fewer, &tail).is_err(), "without row {at}");
        }
        let mut swapped = rows.clone();
        swapped.swap(1, 2);
        assert_eq!(verify(&swapped, &tail), Err(BrokenChain::Row(rows[2].id)));
        assert_eq!(verify(&rows[..4], &tail), Err(BrokenChain::CutShort));
        assert!(AuditChain::from(AuditTail::first(&[8; 16])).follow(&rows[0]).is_err(), "of another store");
    }
}
