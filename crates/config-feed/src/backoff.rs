//! When to try again.

use std::time::Duration;

/// Full jitter (AWS's name for it): a random time up to a cap that doubles, so that a fleet does not come back in step.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
    lost: bool,
}

const BASE: Duration = Duration::from_secs(1);
const CAP: Duration = Duration::from_secs(60);

impl Backoff {
    /// The pause before the next try. `dice` lies in 0 to 1. `lost`: an established stream was lost; then the first pause
    /// is spread over the time that the control plane named, and counts as no failure yet: a restart of the control plane
    /// is soon over. Streams that are lost one after the other do count.
    pub(crate) fn pause(&mut self, lost: Option<Duration>, dice: f64) -> Duration {
        let bound = match lost {
            Some(spread) if !self.lost && self.failures == 0 => {
                self.lost = true;
                spread.min(CAP)
            }
            _ => {
                let bound = CAP.min(BASE.saturating_mul(1 << self.failures.min(6)));
                self.failures = self.failures.saturating_add(1);
                bound
            }
        };
        bound.mul_f64(dice.clamp(0.0, 1.0))
    }

    /// The stream has stood long enough to be trusted.
    pub(crate) const fn settled(&mut self) {
        *self = Self { failures: 0, lost: false };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr06_the_bound_doubles_to_a_minute() {
        let mut backoff = Backoff::default();
        let bounds: Vec<_> = (0..8).map(|_| backoff.pause(None, 1.0).as_secs()).collect();
        assert_eq!(bounds, [1, 2, 4, 8, 16, 32, 60, 60]);
        backoff.settled();
        assert_eq!(backoff.pause(None, 0.5), Duration::from_millis(500));
    }

    #[test]
    fn sr06_after_a_lost_stream_the_control_planes_spread_counts_first() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.pause(Some(Duration::from_millis(200)), 1.0), Duration::from_millis(200));
        assert_eq!(backoff.pause(None, 1.0), Duration::from_secs(1));
        assert_eq!(backoff.pause(None, 1.0), Duration::from_secs(2));
    }

    #[test]
    fn sr06_streams_that_are_lost_again_and_again_are_tried_less_and_less() {
        let mut backoff = Backoff::default();
        let lost = Some(Duration::from_millis(200));
        let bounds: Vec<_> = (0..4).map(|_| backoff.pause(lost, 1.0).as_millis()).collect();
        assert_eq!(bounds, [200, 1_000, 2_000, 4_000]);
        backoff.settled();
        assert_eq!(backoff.pause(lost, 1.0), Duration::from_millis(200));
    }
}
