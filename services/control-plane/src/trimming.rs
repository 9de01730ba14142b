//! Takes out of the store, from time to time, what need not be kept any more: old history, requests that have expired.

use std::sync::Arc;
use std::time::Duration;

use postroad_lifecycle::Shutdown;

use crate::clock;
use crate::configuration::Configuration;

/// How often it is looked for.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// Time between two steps, so that writers come between.
const BETWEEN: Duration = Duration::from_millis(20);

/// Trims until the shutdown begins or the store is broken.
pub(crate) async fn run(configuration: Arc<Configuration>, shutdown: Shutdown) {
    let broken = configuration.broken().clone();
    let mut pause = EVERY;
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            () = broken.begun() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = match configuration.store().trim(clock::unix_ms()).await {
            Ok(trimmed) if trimmed.more => BETWEEN,
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "the history could not be trimmed; it is tried again later");
                EVERY
            }
        };
    }
}
