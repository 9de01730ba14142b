//! The answer that may wait.

use std::time::Duration;

use postroad_api::config::v1::Ack;
use tokio::time::Instant;

/// An Ack that waits a little, so that a fleet does not answer in one moment (SR4). Nothing waits for it, and a later
/// one takes its place.
#[derive(Debug, Default)]
pub(crate) struct PendingAck(Option<(Instant, Ack)>);

const SPREAD: Duration = Duration::from_millis(250);

impl PendingAck {
    /// Plans this one; what was planned before is not sent, but its time is kept.
    pub(crate) fn replace(&mut self, ack: Ack) {
        let due = match self.0.take() {
            Some((due, _earlier)) => due,
            None => Instant::now() + SPREAD.mul_f64(rand::random::<f64>()),
        };
        self.0 = Some((due, ack));
    }

    /// Returns when it is to be sent; never while there is none. Safe to drop at any moment.
    pub(crate) async fn due(&self) {
        match &self.0 {
            Some((due, _)) => tokio::time::sleep_until(*due).await,
            None => std::future::pending().await,
        }
    }

    /// The one to be sent now.
    pub(crate) fn take(&mut self) -> Option<Ack> {
        self.0.take().map(|(_, ack)| ack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(pending: &PendingAck) -> Instant {
        pending.0.as_ref().unwrap().0
    }

    #[tokio::test]
    async fn sr04_a_later_ack_takes_the_place_and_the_time_of_the_earlier_one() {
        let mut pending = PendingAck::default();
        pending.replace(Ack { transfer: 1, ..Ack::default() });
        let first = due(&pending);
        assert!(first <= Instant::now() + SPREAD);
        for transfer in 2..=100 {
            pending.replace(Ack { transfer, ..Ack::default() });
        }
        assert_eq!(due(&pending), first, "steady changes put it off");
        pending.due().await;
        assert_eq!(pending.take().unwrap().transfer, 100);
        assert!(pending.take().is_none());
    }
}
