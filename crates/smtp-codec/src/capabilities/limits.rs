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
