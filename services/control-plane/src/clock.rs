//! The one place where the control plane reads the clock.

use std::time::SystemTime;

/// The time of day, for what people read: when a connector changed, when a relay was seen.
#[allow(clippy::disallowed_methods, reason = "services read the clock; everything below them is given the time")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// The same in milliseconds since 1970, for the store.
pub(crate) fn unix_ms() -> u64 {
    let since = now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
