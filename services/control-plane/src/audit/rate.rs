//! How many refused calls are recorded: whoever is refused a thousand times a second must not fill the disk.

use std::sync::{Mutex, PoisonError};

/// Refusals recorded at once.
const BURST: u64 = 50;
/// Milliseconds until one more is.
const REFILL_MS: u64 = 200;

/// A bucket of permits, and what went without.
#[derive(Debug)]
pub(crate) struct RefusalRate(Mutex<Bucket>);

#[derive(Debug)]
struct Bucket {
    permits: u64,
    filled_ms: u64,
    left_out: u64,
}

impl Default for RefusalRate {
    fn default() -> Self {
        Self(Mutex::new(Bucket { permits: BURST, filled_ms: 0, left_out: 0 }))
    }
}

impl RefusalRate {
    /// Whether one more is recorded now; `Some` says how many were left out before it.
    pub(crate) fn permit(&self, now_ms: u64) -> Option<u64> {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let refills = now_ms.saturating_sub(bucket.filled_ms) / REFILL_MS;
        if refills > 0 {
            bucket.permits = bucket.permits.saturating_add(refills).min(BURST);
            bucket.filled_ms = now_ms;
        }
        if bucket.permits == 0 {
            bucket.left_out += 1;
            return None;
        }
        bucket.permits -= 1;
        Some(std::mem::take(&mut bucket.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn se9_refusals_are_recorded_at_a_bounded_rate_and_the_others_counted() {
        let rate = RefusalRate::default();
        let recorded = (0..1_000).filter(|_| rate.permit(10_000).is_some()).count();
        assert_eq!(recorded as u64, BURST);
        assert_eq!(rate.permit(10_000 + REFILL_MS), Some(1_000 - BURST));
        assert_eq!(rate.permit(10_000 + REFILL_MS), None);
    }
}
