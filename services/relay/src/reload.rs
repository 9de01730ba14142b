//! Files that may change while the relay runs: certificates, and users.

use std::sync::Arc;
use std::time::Duration;

use postroad_lifecycle::Shutdown;
use postroad_tls::Reload;
use tracing::{info, warn};

use crate::listener::Listener;

/// Looks at the files of all listeners from time to time, until it is stopped. New connections get what changed.
pub(crate) async fn run(listeners: Vec<Arc<Listener>>, every: Duration, stopped: Shutdown) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = stopped.begun() => return,
        }
        for listener in &listeners {
            let listener = Arc::clone(listener);
            // Reading files blocks. It is short, and its end is waited for.
            let _done = tokio::task::spawn_blocking(move || reload(&listener)).await.is_ok();
        }
    }
}

fn reload(listener: &Listener) {
    let front = &listener.front;
    if let Some(tls) = &front.tls {
        match tls.server.reload() {
            Reload::Unchanged | Reload::StillRefused => {}
            Reload::Swapped { warnings } => {
                info!(listener = front.name, "certificate read again");
                for warning in warnings {
                    warn!(listener = front.name, %warning, "certificate");
                }
            }
            Reload::Refused(problems) => {
                warn!(listener = front.name, %problems, "the certificate cannot be used; the last good one stays");
            }
        }
    }
    if let Some(logins) = &front.logins
        && logins.reload()
    {
        front.users_changed();
    }
}
