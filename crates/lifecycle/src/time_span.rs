//! Lengths of time as people write them.

use std::time::Duration;

/// Reads `500ms`, `30s`, `10m` or `1h`; plain `0` too.
///
/// # Errors
/// A sentence that says how to write it.
pub fn parse_time_span(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let wrong = || format!("\"{text}\" is no length of time: write a number and ms, s, m or h, for example 30s.");
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at_checked(digits).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_not_shown| wrong())?;
    let millis_per_unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(millis_per_unit).map(Duration::from_millis).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read() {
        for (text, millis) in [("500ms", 500), ("30s", 30_000), ("10m", 600_000), ("1h", 3_600_000), ("0", 0)] {
            assert_eq!(parse_time_span(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "30", "s", "-1s", "1.5s", "30 s", "30sec", "18446744073709551615h"] {
            assert!(parse_time_span(text).is_err(), "{text}");
        }
    }
}
