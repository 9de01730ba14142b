//! The end of a relay: what is under way is brought to its end, within a deadline.

use std::time::Duration;

use postroad_lifecycle::{Shutdown, Tasks};
use tokio::time::{Instant, sleep_until};
use tracing::warn;

/// The three moments of a drain, as every session sees them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drain {
    /// No new client; a session without a transaction is told 421.
    pub(crate) begun: Shutdown,
    /// Only final replies are still waited for: a message that is not whole by now is given up.
    pub(crate) cut: Shutdown,
    /// Nothing is waited for any more.
    pub(crate) end: Shutdown,
}

/// The last part of a drain's time, in which nothing is waited for but goodbyes: a quarter of it, and no more than this.
const FAREWELL: Duration = Duration::from_secs(4);

/// When the parts of a drain are over. All of them lie before its deadline: whoever set that kills what is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// Messages that are not whole are given up. From here to the `end` there is as much time as a final reply may take,
    /// but no more than half: their hosts may have the messages that are whole, and their clients wait for the truth.
    cut: Instant,
    /// Replies that are still owed become 451 4.4.2: the host may have the message, and nobody will know.
    end: Instant,
    /// Sessions that have not said goodbye are dropped.
    closed: Instant,
    /// Health, the link to the control plane and what waits to be told to the collector have had their time. The rest
    /// is for the system, which has to end the process.
    over: Instant,
}

impl Schedule {
    /// Of a drain that begins now.
    pub(crate) fn new(deadline: Duration, final_reply: Duration) -> Self {
        let began = Instant::now();
        let farewell = FAREWELL.min(deadline / 4);
        let end = deadline.saturating_sub(farewell);
        Self {
            cut: began + end.saturating_sub(final_reply.min(end / 2)),
            end: began + end,
            closed: began + end + farewell / 2,
            over: began + end + farewell / 4 * 3,
        }
    }

    /// What is left for all that comes behind the sessions.
    pub(crate) fn left(&self) -> Duration {
        self.over.saturating_duration_since(Instant::now())
    }
}

impl Drain {
    /// A drain that begins with this shutdown.
    pub(crate) fn on(begun: Shutdown) -> Self {
        Self { begun, ..Self::default() }
    }

    /// Waits for the sessions, and ends those that take too long.
    pub(crate) async fn run(&self, sessions: &Tasks, schedule: Schedule) {
        let stages = async {
            sleep_until(schedule.cut).await;
            if !sessions.is_empty() {
                warn!(sessions = sessions.len(), "the drain takes long; only final replies are still waited for");
            }
            self.cut.begin();
            sleep_until(schedule.end).await;
            self.end.begin();
            std::future::pending::<()>().await;
        };
        let left = tokio::select! {
            left = sessions.finish(schedule.closed.saturating_duration_since(Instant::now())) => left,
            () = stages => Vec::new(),
        };
        if !left.is_empty() {
            warn!(?left, "these sessions did not end");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn every_part_of_a_drain_lies_before_its_deadline() {
        for (millis, final_reply) in
            [(1, 110), (500, 110), (4_000, 1), (120_000, 110), (120_000, 600), (86_400_000, 600)]
        {
            let (began, deadline) = (Instant::now(), Duration::from_millis(millis));
            let at = Schedule::new(deadline, Duration::from_secs(final_reply));
            assert!(began < at.cut && at.cut < at.end && at.end < at.closed && at.closed < at.over, "{at:?}");
            assert!(at.over < began + deadline, "{at:?}");
            assert!(at.end - began >= deadline / 4 * 3, "goodbyes take no more than a quarter: {at:?}");
            assert!(at.end - at.cut <= Duration::from_secs(final_reply), "{at:?}");
        }
        let long = Schedule::new(Duration::from_secs(600), Duration::from_secs(60));
        assert_eq!(long.cut - Instant::now(), Duration::from_secs(600 - 4 - 60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_that_sees_no_end_is_dropped_before_the_deadline() {
        let (sessions, drain, deadline) = (Tasks::new(), Drain::default(), Duration::from_secs(20));
        let (cut, end) = (drain.cut.clone(), drain.end.clone());
        sessions.spawn("deaf", std::future::pending());
        let began = Instant::now();
        sessions.spawn("stages", async move {
            cut.begun().await;
            assert_eq!(began.elapsed(), Duration::from_secs(14));
            end.begun().await;
            assert_eq!(began.elapsed(), Duration::from_secs(16));
        });
        let schedule = Schedule::new(deadline, Duration::from_secs(2));
        drain.run(&sessions, schedule).await;
        assert_eq!(began.elapsed(), Duration::from_secs(18));
        assert_eq!(schedule.left(), Duration::from_secs(1));
        tokio::task::yield_now().await;
        assert!(sessions.is_empty(), "one sees the wrong moments, or goes on");
    }

    #[tokio::test(start_paused = true)]
    async fn a_drain_without_sessions_takes_no_time() {
        let began = Instant::now();
        Drain::default().run(&Tasks::new(), Schedule::new(Duration::from_secs(120), Duration::from_secs(110))).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
