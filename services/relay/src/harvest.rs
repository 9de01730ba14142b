//! Whoever guesses addresses is slowed down, however many sessions it opens.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::admission::one_client;

/// Counts the recipients that were refused to each client within a minute.
#[derive(Debug)]
pub(crate) struct Harvest {
    per_minute: u32,
    minute: Mutex<Minute>,
}

#[derive(Debug, Default)]
struct Minute {
    since: Option<Instant>,
    refused: HashMap<IpAddr, u32>,
}

/// Clients that are remembered within a minute.
const CLIENTS: usize = 100_000;
/// How long an answer is held back.
const HELD_BACK: Duration = Duration::from_secs(1);

impl Harvest {
    /// Answers are held back beyond so many refused recipients in a minute.
    pub(crate) fn new(per_minute: u32) -> Self {
        Self { per_minute, minute: Mutex::default() }
    }

    /// A recipient was refused for good; how long is the answer to be held back?
    pub(crate) fn refused(&self, client: IpAddr, now: Instant) -> Duration {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let over = minute.since.is_none_or(|since| now.saturating_duration_since(since) >= Duration::from_secs(60));
        if over || minute.refused.len() >= CLIENTS {
            *minute = Minute { since: Some(now), refused: HashMap::new() };
        }
        let count = minute.refused.entry(one_client(client)).or_default();
        *count = count.saturating_add(1);
        if *count > self.per_minute { HELD_BACK } else { Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn th14_answers_are_held_back_for_whoever_is_refused_much_and_for_nobody_else() {
        let harvest = Harvest::new(3);
        let (guesser, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let begin = Instant::now();
        let delays: Vec<_> = (0..5).map(|_| harvest.refused(guesser, begin)).collect();
        assert_eq!(delays, [Duration::ZERO, Duration::ZERO, Duration::ZERO, HELD_BACK, HELD_BACK]);
        assert_eq!(harvest.refused(other, begin), Duration::ZERO);
        assert_eq!(harvest.refused(guesser, begin + Duration::from_secs(61)), Duration::ZERO, "a new minute");
    }
}
