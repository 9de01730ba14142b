//! Times of the API as people and programs read them.

use prost_types::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The time in RFC 3339, UTC, to the second; `None` when it is absent or out of range.
pub(crate) fn show(at: Option<&Timestamp>) -> Option<String> {
    let at = at?;
    OffsetDateTime::from_unix_timestamp(at.seconds).ok()?.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_to_the_second() {
        let at = Timestamp { seconds: 1_764_066_600, nanos: 5 };
        assert_eq!(show(Some(&at)).as_deref(), Some("2025-11-25T10:30:00Z"));
        assert_eq!(show(None), None);
        assert_eq!(show(Some(&Timestamp { seconds: i64::MAX, nanos: 0 })), None);
    }
}
