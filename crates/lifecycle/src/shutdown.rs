//! The one moment at which everything begins to end.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Begins once and never ends. All clones see the same moment.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    token: CancellationToken,
}

impl Shutdown {
    /// One that only [`begin`](Self::begin) begins.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that also begins at the first SIGTERM or SIGINT. Needs a running Tokio runtime. From then on these two signals
    /// no longer end the process by themselves.
    ///
    /// # Errors
    /// When the system refuses the signal handlers.
    pub fn on_signals() -> std::io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let shutdown = Self::new();
        let token = shutdown.token.clone();
        #[allow(
            clippy::disallowed_methods,
            reason = "it ends with the shutdown that it begins, and holds nothing else"
        )]
        tokio::spawn(async move {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
                () = token.cancelled() => return,
            };
            tracing::info!(signal = name, "shutting down");
            token.cancel();
        });
        Ok(shutdown)
    }

    /// Begins it. A second call changes nothing.
    pub fn begin(&self) {
        self.token.cancel();
    }

    /// Waits until it has begun. Safe to drop at any moment.
    pub async fn begun(&self) {
        self.token.cancelled().await;
    }

    /// True once it has begun.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.token.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn clones_share_the_moment() {
        let shutdown = Shutdown::new();
        let clone = shutdown.clone();
        assert!(!clone.is_begun());
        shutdown.begin();
        shutdown.begin();
        clone.begun().await;
        assert!(clone.is_begun());
        assert!(!Shutdown::new().is_begun(), "two shutdowns are two moments");
    }

    #[tokio::test]
    async fn sigterm_begins_it() {
        let shutdown = Shutdown::on_signals().unwrap();
        assert!(!shutdown.is_begun());
        let status =
            std::process::Command::new("kill").args(["-TERM", &std::process::id().to_string()]).status().unwrap();
        assert!(status.success());
        tokio::time::timeout(std::time::Duration::from_secs(10), shutdown.begun()).await.unwrap();
    }
}
