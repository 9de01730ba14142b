//! What a session has done so far, against what it may.

use std::time::Duration;

use crate::SessionSettings;

/// Counters of a session.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counters {
    pub(crate) errors: u32,
    pub(crate) refused_recipients: u32,
    /// Commands since the last accepted message, but for RCPT, DATA and BDAT.
    pub(crate) idle_commands: u32,
    pub(crate) messages: u32,
    pub(crate) auth_failures: u32,
}

impl Counters {
    /// Whoever errs a lot is slowed down before it is sent away.
    pub(crate) const fn error_delay(self, settings: &SessionSettings) -> Duration {
        slow(self.errors, settings.max_errors)
    }

    /// Whoever guesses addresses is slowed down before it is sent away (TH14).
    pub(crate) const fn rcpt_delay(self, settings: &SessionSettings) -> Duration {
        slow(self.refused_recipients, settings.max_refused_recipients)
    }
}

/// One second from half of the limit on.
const fn slow(count: u32, limit: u32) -> Duration {
    if count > limit / 2 { Duration::from_secs(1) } else { Duration::ZERO }
}
