//! Sizes in bytes as people write them.

const UNITS: [(&str, u64); 5] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1)];

/// Reads `10MB`, `512 KB`, `1000` (bytes) or `unlimited`, which is 0. Units are B, KB, MB, GB and TB, each 1024 of the
/// one before, case ignored.
///
/// # Errors
/// A sentence that says how to write it.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("unlimited") {
        return Ok(0);
    }
    let wrong = || format!("\"{text}\" is no size: write bytes, or a number and B, KB, MB, GB or TB, or unlimited.");
    let upper = text.to_ascii_uppercase();
    let (number, unit) =
        UNITS.iter().find_map(|(name, bytes)| Some((upper.strip_suffix(name)?, *bytes))).unwrap_or((&upper, 1));
    let number = number.trim_end();
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u64 = number.parse().map_err(|_not_shown| wrong())?;
    number.checked_mul(unit).ok_or_else(wrong)
}

/// Writes a size in its largest whole unit; 0 is `unlimited`.
pub(crate) fn show(bytes: u64) -> String {
    if bytes == 0 {
        return "unlimited".to_owned();
    }
    UNITS
        .iter()
        .find(|(_, unit)| bytes.is_multiple_of(*unit))
        .map_or_else(|| format!("{bytes}B"), |(name, unit)| format!("{}{name}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_written() {
        for (text, bytes, shown) in [
            ("10MB", 10 << 20, "10MB"),
            ("512 kb", 512 << 10, "512KB"),
            ("1000", 1000, "1000B"),
            ("1000B", 1000, "1000B"),
            ("36700160", 36_700_160, "35MB"),
            ("2gb", 2 << 30, "2GB"),
            ("1TB", 1 << 40, "1TB"),
            ("Unlimited", 0, "unlimited"),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
            assert_eq!(show(bytes), shown);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "MB", "-1", "+1", "1.5MB", "10 XB", "ten", "99999999999TB"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
