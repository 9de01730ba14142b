//! Enhanced status codes (RFC 3463).

use std::fmt;

/// `class.subject.detail`, for example 5.1.2. Class is 2, 4 or 5; subject and detail are at most 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EnhancedCode {
    class: u8,
    subject: u16,
    detail: u16,
}

impl EnhancedCode {
    /// Makes a code.
    ///
    /// Meant for codes that stand in the source; a part out of range is brought to its nearest bound.
    #[must_use]
    pub const fn new(class: u8, subject: u16, detail: u16) -> Self {
        let class = match class {
            2 | 4 => class,
            _ => 5,
        };
        Self {
            class,
            subject: if subject > 999 { 999 } else { subject },
            detail: if detail > 999 { 999 } else { detail },
        }
    }

    /// Reads a code at the start of a text and returns it with what follows it. `None` when the text starts with none.
    #[must_use]
    pub fn split_from(text: &str) -> Option<(Self, &str)> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut parts = word.split('.');
        let class = match parts.next()? {
            "2" => 2,
            "4" => 4,
            "5" => 5,
            _ => return None,
        };
        let subject = number(parts.next()?)?;
        let detail = number(parts.next()?)?;
        if parts.next().is_some() {
            return None;
        }
        Some((Self { class, subject, detail }, rest))
    }

    /// 2, 4 or 5: also the first digit of the reply code that it stands beside.
    #[must_use]
    pub const fn class(self) -> u8 {
        self.class
    }
}

fn number(text: &str) -> Option<u16> {
    if text.is_empty() || text.len() > 3 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_details_survive() {
        let (code, rest) = EnhancedCode::split_from("5.7.606 Access denied").unwrap();
        assert_eq!((code.to_string().as_str(), rest), ("5.7.606", "Access denied"));
    }

    #[test]
    fn what_is_no_code_is_left_in_the_text() {
        for text in ["", "3.0.0 x", "5.1 x", "5.1.1.1 x", "5.1.1000 x", "5..1 x", "ok 5.1.1"] {
            assert!(EnhancedCode::split_from(text).is_none(), "{text:?}");
        }
    }
}
