//! Spans of time on the wire.

use std::time::Duration;

/// Reads a duration; `None` when it is negative or malformed.
pub(crate) fn read(wire: &prost_types::Duration) -> Option<Duration> {
    let seconds = u64::try_from(wire.seconds).ok()?;
    let nanos = u32::try_from(wire.nanos).ok().filter(|&n| n < 1_000_000_000)?;
    Some(Duration::new(seconds, nanos))
}

/// Writes a duration. One too long for the wire becomes the longest that fits.
pub(crate) fn write(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or(0),
    }
}
