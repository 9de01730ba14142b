//! What became of the spans. The SDK tells neither how many its queue refused nor how many the collector did not get.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Counts spans on their way to the collector, and bounds how many wait.
#[derive(Debug)]
pub(crate) struct Ledger {
    limit: usize,
    waiting: AtomicUsize,
    offered: AtomicU64,
    delivered: AtomicU64,
    lost: AtomicU64,
    closed: AtomicBool,
}

impl Ledger {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            waiting: AtomicUsize::new(0),
            offered: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes a place in the queue for one span; false when there is none, and the span is lost.
    pub(crate) fn admit(&self) -> bool {
        self.offered.fetch_add(1, Ordering::Relaxed);
        let place = |waiting| (waiting < self.limit).then_some(waiting + 1);
        let admitted =
            !self.is_closed() && self.waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, place).is_ok();
        if !admitted {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        admitted
    }

    /// Spans have left the queue for the exporter.
    pub(crate) fn taken(&self, count: usize) {
        self.waiting.fetch_sub(count, Ordering::AcqRel);
    }

    pub(crate) fn delivered(&self, count: usize) {
        self.delivered.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self, count: usize) {
        self.lost.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// From now on nothing is sent any more.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Spans known to be lost.
    pub(crate) fn dropped(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Spans not known to be delivered: those lost, and those still on their way.
    pub(crate) fn undelivered(&self) -> u64 {
        self.offered.load(Ordering::Relaxed).saturating_sub(self.delivered.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_is_accounted_for() {
        let ledger = Ledger::new(3);
        assert_eq!((0..5).filter(|_| ledger.admit()).count(), 3);
        assert_eq!((ledger.dropped(), ledger.undelivered()), (2, 5));
        ledger.taken(2);
        ledger.delivered(2);
        assert!(ledger.admit());
        assert_eq!((ledger.dropped(), ledger.undelivered()), (2, 4));
        ledger.taken(2);
        ledger.failed(2);
        assert_eq!((ledger.dropped(), ledger.undelivered()), (4, 4));
        ledger.close();
        assert!(!ledger.admit());
        assert_eq!(ledger.dropped(), 5);
    }
}
