//! Tells the log of certificates that expire.

use std::sync::Arc;
use std::time::Duration;

use postroad_lifecycle::Shutdown;
use postroad_tls::certificate_facts;

use super::message::{SOON, time};
use crate::clock;
use crate::configuration::Configuration;

/// How often they are looked at.
const EVERY: Duration = Duration::from_secs(12 * 60 * 60);

/// Looks at every certificate at the start and twice a day, and warns of those that have expired or soon will.
pub(crate) async fn watch(configuration: Arc<Configuration>, shutdown: Shutdown) {
    loop {
        look(&configuration);
        tokio::select! {
            () = shutdown.begun() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

fn look(configuration: &Configuration) {
    let (state, now) = (configuration.state(), clock::now());
    for (name, kept) in &state.objects.certificates {
        let Some(facts) = certificate_facts(&kept.value.certificates) else { continue };
        let (end, not_after) = (time(facts.not_after), facts.not_after);
        let certificate = name.as_str();
        if end <= now {
            tracing::warn!(
                certificate,
                not_after,
                subject = facts.subject,
                "a stored certificate has expired; renew it"
            );
        } else if end <= now + SOON {
            let days = end.duration_since(now).unwrap_or_default().as_secs() / (24 * 60 * 60);
            tracing::warn!(certificate, not_after, days, subject = facts.subject, "a stored certificate expires soon");
        }
    }
}
