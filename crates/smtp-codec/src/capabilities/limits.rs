//! LIMITS of a host (RFC 9422).

/// What a host says it takes. `None`: it names no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// MAILMAX: transactions of a session.
    pub max_transactions: Option<u32>,
    /// RCPTMAX: recipients of a transaction.
    pub max_recipients: Option<u32>,
    /// RCPTDOMAINMAX: recipients' domains of a session.
    pub max_recipient_domains: Option<u32>,
}

/// Names and values are this long at most (RFC 9422 §4.1).
const LARGEST: u32 = 999_999;

impl Limits {
    /// Reads the words behind LIMITS. A value that its limit cannot have is passed over; bad syntax makes the whole
    /// keyword count for nothing (RFC 9422 §3, §4.1).
    pub(super) fn read<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut seen = Self::default();
        for word in words {
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let shaped =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            // No control character and no `;`.
            let sound =
                value.is_none_or(|v| !v.is_empty() && v.bytes().all(|b| (b'!'..=b'~').contains(&b) && b != b';'));
            if !shaped || !sound {
                return Self::default();
            }
            let number = value
                .filter(|v| v.bytes().all(|b| b.is_ascii_digit()) && !v.starts_with('0'))
                .and_then(|v| v.parse().ok());
            let number = number.filter(|n| (1..=LARGEST).contains(n));
            match (name.to_ascii_uppercase().as_str(), number) {
                ("MAILMAX", Some(number)) => seen.max_transactions = Some(number),
                ("RCPTMAX", Some(number)) => seen.max_recipients = Some(number),
                ("RCPTDOMAINMAX", Some(number)) => seen.max_recipient_domains = Some(number),
                _ => {}
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<u32>, Option<u32>, Option<u32>) {
        let limits = Limits::read(text.split_ascii_whitespace());
        (limits.max_transactions, limits.max_recipients, limits.max_recipient_domains)
    }

    #[test]
    fn e13_bad_values_are_passed_over_one_by_one() {
        assert_eq!(read("MAILMAX=10 rcptmax=999999 RcptDomainMax=1"), (Some(10), Some(999_999), Some(1)));
        assert_eq!(read("MAILMAX=0 RCPTMAX=1000000 RCPTDOMAINMAX=5"), (None, None, Some(5)));
        assert_eq!(read("MAILMAX=many RCPTMAX=-5 RCPTDOMAINMAX=007"), (None, None, None));
        assert_eq!(read("MAILMAX FUTURE FUTURE-2=a:b RCPTMAX=7"), (None, Some(7), None));
    }

    #[test]
    fn e13_bad_syntax_makes_the_whole_keyword_void() {
        for bad in ["=5", "RCPTMAX=", "RCPT.MAX=5", "X=a;b", "X=\u{e9}", "\u{e9}=5"] {
            assert_eq!(read(&format!("MAILMAX=10 {bad}")), (None, None, None), "{bad}");
        }
    }
}
