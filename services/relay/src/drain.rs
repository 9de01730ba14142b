//! The end of a relay: what is under way is brought to its end, within a deadline.

use std::time::Duration;

use postroad_lifecycle::{Shutdown, Tasks};
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

/// What a session that is being ended may take to say so.
const FAREWELL: Duration = Duration::from_secs(2);

impl Drain {
    /// A drain that begins with this shutdown.
    pub(crate) fn on(begun: Shutdown) -> Self {
        Self { begun, ..Self::default() }
    }

    /// Waits for the sessions, at most until the deadline. Its last part, as long as a final reply may take but no more
    /// than half, is kept for messages that are whole: their hosts may have them, and their clients wait for the truth.
    pub(crate) async fn run(&self, sessions: &Tasks, deadline: Duration, final_reply: Duration) {
        let cut_after = deadline.saturating_sub(final_reply.min(deadline / 2));
        let stages = async {
            tokio::time::sleep(cut_after).await;
            if !sessions.is_empty() {
                warn!(sessions = sessions.len(), "the drain takes long; only final replies are still waited for");
            }
            self.cut.begin();
            tokio::time::sleep(deadline.saturating_sub(cut_after)).await;
            self.end.begin();
            std::future::pending::<()>().await;
        };
        let left = tokio::select! {
            left = sessions.finish(deadline + FAREWELL) => left,
            () = stages => Vec::new(),
        };
        if !left.is_empty() {
            warn!(?left, "these sessions did not end");
        }
    }
}
