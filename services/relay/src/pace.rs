//! How long a client may take over message data.

use std::time::Duration;

/// Demands a minimum rate of data that a client owes us, and bounds how long it may stand still.
///
/// Only the time spent waiting for the client counts: while a slow smart host holds us up, the client is not to blame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    terms: PaceTerms,
    octets: u64,
    waited: Duration,
}

/// What is demanded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PaceTerms {
    /// Octets per second, on average; 0: any rate will do.
    pub(crate) min_rate: u32,
    /// Time that is given to begin with.
    pub(crate) grace: Duration,
    /// Longest standstill.
    pub(crate) standstill: Duration,
}

impl Pace {
    pub(crate) const fn new(terms: PaceTerms) -> Self {
        Self { terms, octets: 0, waited: Duration::ZERO }
    }

    /// How long the next octets are waited for; zero when the client is too slow already.
    pub(crate) fn patience(&self) -> Duration {
        if self.terms.min_rate == 0 {
            return self.terms.standstill;
        }
        let earned = self.octets.saturating_mul(1000) / u64::from(self.terms.min_rate);
        let left = (self.terms.grace + Duration::from_millis(earned)).saturating_sub(self.waited);
        left.min(self.terms.standstill)
    }

    /// Some octets came after some waiting.
    pub(crate) const fn came(&mut self, octets: u64, waited: Duration) {
        self.octets = self.octets.saturating_add(octets);
        self.waited = self.waited.saturating_add(waited);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: PaceTerms =
        PaceTerms { min_rate: 100, grace: Duration::from_secs(10), standstill: Duration::from_secs(60) };

    #[test]
    fn th12_a_client_that_drips_runs_out_of_time_and_a_brisk_one_does_not() {
        let mut dripping = Pace::new(TERMS);
        let mut seconds = 0;
        while dripping.patience() > Duration::from_secs(1) {
            dripping.came(1, Duration::from_secs(1));
            seconds += 1;
        }
        assert_eq!(seconds, 10, "one octet a second is a hundredth of what is asked");
        let mut brisk = Pace::new(TERMS);
        for _ in 0..100_000 {
            brisk.came(101, Duration::from_secs(1));
        }
        assert!(brisk.patience() >= TERMS.grace);
    }

    #[test]
    fn th12_a_standstill_is_bounded_whatever_was_earned() {
        let mut pace = Pace::new(TERMS);
        pace.came(u64::MAX, Duration::ZERO);
        assert_eq!(pace.patience(), TERMS.standstill);
        let any = PaceTerms { min_rate: 0, ..TERMS };
        assert_eq!(Pace::new(any).patience(), TERMS.standstill);
    }
}
