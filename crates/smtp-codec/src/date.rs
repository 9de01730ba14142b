//! Dates as header fields write them (RFC 5322 §3.3).

use std::fmt;

/// A moment as seconds since 1970 in UTC; prints as `Wed, 25 Nov 2026 10:00:00 +0000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub u64);

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0 / 86_400, self.0 % 86_400);
        // Days to year, month, day by eras of 400 years that begin on 1 March.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = (from_march + 2) % 12;
        let year = year_of_era + era * 400 + u64::from(month < 2);
        let name =
            |list: &'static [&'static str], at: u64| usize::try_from(at).ok().and_then(|i| list.get(i)).unwrap_or(&"");
        write!(
            f,
            "{}, {} {} {} {:02}:{:02}:{:02} +0000",
            name(&DAYS, days % 7),
            day,
            name(&MONTHS, month),
            year,
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (seconds, text) in [
            (0, "Thu, 1 Jan 1970 00:00:00 +0000"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 +0000"),
            (1_795_600_861, "Wed, 25 Nov 2026 10:01:01 +0000"),
            (4_102_444_800, "Fri, 1 Jan 2100 00:00:00 +0000"),
        ] {
            assert_eq!(Date(seconds).to_string(), text);
        }
    }
}
