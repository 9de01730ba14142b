//! Counts by key, of a bounded number of keys.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Counts by key. When it is full, the key that was counted longest ago makes room.
pub(super) struct Ledger<K> {
    entries: HashMap<K, Entry>,
    /// The keys by the order in which they were counted last.
    order: BTreeMap<u64, K>,
    next: u64,
    max: usize,
}

#[derive(Clone, Copy)]
struct Entry {
    count: u32,
    last: Instant,
    turn: u64,
}

impl<K: Clone + Eq + Hash> Ledger<K> {
    pub(super) fn new(max: usize) -> Self {
        Self { entries: HashMap::new(), order: BTreeMap::new(), next: 0, max: max.max(1) }
    }

    /// Count, and when it last grew.
    pub(super) fn get(&self, key: &K) -> Option<(u32, Instant)> {
        self.entries.get(key).map(|entry| (entry.count, entry.last))
    }

    /// Counts once more, from one again if the last time is longer ago than `memory`. Returns the count.
    pub(super) fn count(&mut self, key: K, now: Instant, memory: Duration) -> u32 {
        let before = self.take(&key).filter(|entry| now.saturating_duration_since(entry.last) < memory);
        if self.entries.len() >= self.max
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.entries.remove(&oldest);
        }
        let count = before.map_or(0, |entry| entry.count).saturating_add(1);
        let turn = self.next;
        self.next += 1;
        self.order.insert(turn, key.clone());
        self.entries.insert(key, Entry { count, last: now, turn });
        count
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.take(key);
    }

    fn take(&mut self, key: &K) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.order.remove(&entry.turn);
        Some(entry)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

impl<K> fmt::Debug for Ledger<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ledger({} of {})", self.entries.len(), self.max)
    }
}
