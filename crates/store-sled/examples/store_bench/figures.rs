//! What was measured.

use std::fmt;
use std::time::Duration;

/// One round: how many in how long, how long each took, and what it cost.
pub(crate) struct Round {
    took: Duration,
    each: Vec<Duration>,
    cpu: Duration,
}

impl Round {
    pub(crate) fn new(took: Duration, mut each: Vec<Duration>, cpu: Duration) -> Self {
        each.sort();
        Self { took, each, cpu }
    }

    /// Processor time of each, in microseconds.
    fn cost(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.each.len() as f64
    }

    /// A second.
    fn rate(&self) -> f64 {
        self.each.len() as f64 / self.took.as_secs_f64()
    }

    /// The time that this share of them kept within, in milliseconds.
    fn within(&self, share: f64) -> f64 {
        let last = self.each.len() - 1;
        let at = ((last as f64) * share).round() as usize;
        self.each.get(at).unwrap().as_secs_f64() * 1000.0
    }
}

/// All rounds of one kind.
#[derive(Default)]
pub(crate) struct Figures(Vec<Round>);

impl Figures {
    pub(crate) fn add(&mut self, round: Round) {
        self.0.push(round);
    }

    /// The rates as shares of those of the same rounds.
    pub(crate) fn beside(&self, other: &Self) -> Spread {
        let shares = self.0.iter().zip(&other.0).map(|(one, other)| 100.0 * one.rate() / other.rate());
        Spread::of(shares.collect())
    }

    fn spread(&self, figure: impl Fn(&Round) -> f64) -> Spread {
        Spread::of(self.0.iter().map(figure).collect())
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rate, p50) = (self.spread(Round::rate), self.spread(|round| round.within(0.5)));
        let p99 = self.spread(|round| round.within(0.99));
        write!(formatter, "{rate} /s, p50 {p50} ms, p99 {p99} ms, processor {} µs each", self.spread(Round::cost))
    }
}

/// Median and range.
pub(crate) struct Spread {
    sorted: Vec<f64>,
}

impl Spread {
    fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        Self { sorted: figures }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |index: usize| self.sorted.get(index).copied().unwrap_or(f64::NAN);
        let (median, last) = (at(self.sorted.len() / 2), at(self.sorted.len().saturating_sub(1)));
        let digits = usize::from(median < 100.0) + usize::from(median < 10.0);
        write!(formatter, "{median:.digits$} ({:.digits$}-{last:.digits$})", at(0))
    }
}
