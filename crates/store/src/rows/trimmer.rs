//! What need not be kept, a little at a time.

use std::ops::Bound;

use super::{FLOOR, Rows, Tree, Write, floor, form};
use crate::error::StoreError;
use crate::history::{KEPT_MS, KEPT_VERSIONS};

/// Rows that one step removes, and rows that it looks at in vain, at most.
const STEP: usize = 256;

/// Walks over the rows in small steps, again and again, and finds those that can go (ST4).
///
/// The *floor* is the oldest revision that is kept whole: no version that was there at it or later is removed.
#[derive(Debug, Default)]
pub struct Trimmer {
    /// The last key that was looked at; `None` at the beginning.
    history: Option<Vec<u8>>,
    requests: Option<Vec<u8>>,
    /// Which trees this sweep is through with.
    done: (bool, bool),
}

impl Trimmer {
    /// The rows to remove next, with the new floor; and whether the sweep is not at its end. `head` is the newest
    /// revision.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn step(&mut self, rows: &dyn Rows, head: u64, now: u64) -> Result<(Vec<Write>, bool), StoreError> {
        let mut writes = Vec::new();
        let floor = trim_changes(rows, head, now, &mut writes)?;
        if writes.len() >= STEP {
            return Ok((writes, true));
        }
        if !self.done.0 {
            self.trim_history(rows, floor, &mut writes)?;
        }
        if !self.done.1 && writes.len() < STEP {
            self.trim_requests(rows, now, &mut writes)?;
        }
        let more = self.done != (true, true);
        if !more {
            *self = Self::default();
        }
        Ok((writes, more))
    }

    /// Looks at records one after the other; of each it goes to the versions that matter, however many there are.
    fn trim_history(&mut self, rows: &dyn Rows, floor: u64, writes: &mut Vec<Write>) -> Result<(), StoreError> {
        for _ in 0..STEP {
            let from = self.history.clone().map_or(Bound::Unbounded, Bound::Excluded);
            let Some(row) = rows.range(Tree::History, (from, Bound::Unbounded)).next() else {
                self.done.0 = true;
                return Ok(());
            };
            let (key, _) = form::history::decode_key(&row?.0)?;
            let prefix = form::history::prefix(&key);
            let first_kept = first_kept(rows, &prefix, floor)?;
            for row in rows.range(Tree::History, form::history::range(&prefix, 0, first_kept.saturating_sub(1))) {
                if writes.len() >= STEP {
                    return Ok(());
                }
                writes.push(Write::remove(Tree::History, row?.0));
            }
            self.history = Some(form::history::key(&prefix, u64::MAX));
        }
        Ok(())
    }

    fn trim_requests(&mut self, rows: &dyn Rows, now: u64, writes: &mut Vec<Write>) -> Result<(), StoreError> {
        let from = self.requests.clone().map_or(Bound::Unbounded, Bound::Excluded);
        for (seen, row) in rows.range(Tree::Requests, (from, Bound::Unbounded)).enumerate() {
            if seen >= STEP || writes.len() >= STEP {
                return Ok(());
            }
            let (key, value) = row?;
            if form::request::decode(&value)?.expires <= now {
                writes.push(Write::remove(Tree::Requests, key.clone()));
            }
            self.requests = Some(key);
        }
        self.done.1 = true;
        Ok(())
    }
}

/// Raises the floor over revisions that are old enough, and removes what they changed.
fn trim_changes(rows: &dyn Rows, head: u64, now: u64, writes: &mut Vec<Write>) -> Result<u64, StoreError> {
    let mut floor = floor(rows)?;
    let old = now.saturating_sub(KEPT_MS);
    let newest = head.saturating_sub(KEPT_VERSIONS as u64);
    for row in rows.range(Tree::Changes, form::changes::range(0, newest.max(floor))) {
        let (key, value) = row?;
        let (revision, _) = form::changes::decode_key(&key)?;
        if writes.len() + 1 >= STEP || (revision > floor && form::changes::decode(revision, &value)?.time > old) {
            break;
        }
        floor = floor.max(revision);
        writes.push(Write::remove(Tree::Changes, key));
    }
    if !writes.is_empty() {
        writes.push(Write::put(Tree::Meta, FLOOR.to_vec(), floor.to_be_bytes().to_vec()));
    }
    Ok(floor)
}

/// The oldest version of a record that must stay: the one at the floor, or the hundredth from the newest, whichever is
/// older. None of a record that was removed before the floor.
fn first_kept(rows: &dyn Rows, prefix: &[u8], floor: u64) -> Result<u64, StoreError> {
    let mut at_floor = rows.range(Tree::History, form::history::range(prefix, 0, floor)).rev();
    let Some(row) = at_floor.next() else { return Ok(0) };
    let (at, value) = row?;
    let (_, version) = form::history::decode_key(&at)?;
    let removed = form::history::decode(&at, &value)?.record.is_none();
    let mut newest = rows.range(Tree::History, form::history::range(prefix, 0, u64::MAX)).rev();
    if removed && newest.next().transpose()?.is_some_and(|(newest, _)| newest == at) {
        return Ok(u64::MAX);
    }
    let mut newest = rows.range(Tree::History, form::history::range(prefix, 0, u64::MAX)).rev();
    match newest.nth(KEPT_VERSIONS - 1).transpose()? {
        Some((key, _)) => Ok(version.min(form::history::decode_key(&key)?.1)),
        None => Ok(0),
    }
}
