//! The one place where the control plane reads the clock.

use std::time::SystemTime;

/// The time of day, for what people read: when a connector changed, when a relay was seen.
#[allow(clippy::disallowed_methods, reason = "services read the clock; everything below them is given the time")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}
