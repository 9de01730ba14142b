//! Replies of smart hosts that a policy applies to.

use std::fmt;

/// A reply code, an enhanced status code, or both, of class 4 or 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReplyPattern {
    code: Option<u16>,
    enhanced: Option<(u8, u16, u16)>,
}

impl ReplyPattern {
    /// Reads `550`, `5.7.1` or `550 5.7.1`. `None` for anything else, also for two codes of different classes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let pattern = match text.split_once(' ') {
            Some((code, enhanced)) => Self { code: Some(read_code(code)?), enhanced: Some(read_enhanced(enhanced)?) },
            None if text.contains('.') => Self { code: None, enhanced: Some(read_enhanced(text)?) },
            None => Self { code: Some(read_code(text)?), enhanced: None },
        };
        let agree = match pattern {
            Self { code: Some(code), enhanced: Some((class, ..)) } => code / 100 == u16::from(class),
            _ => true,
        };
        agree.then_some(pattern)
    }

    /// Its class: 4 or 5.
    #[must_use]
    pub fn class(self) -> u8 {
        match (self.code, self.enhanced) {
            (Some(400..=499), _) | (None, Some((4, ..))) => 4,
            _ => 5,
        }
    }

    /// True when a reply with these codes is meant.
    #[must_use]
    pub fn covers(self, code: u16, enhanced: Option<(u8, u16, u16)>) -> bool {
        self.code.is_none_or(|own| own == code) && self.enhanced.is_none_or(|own| Some(own) == enhanced)
    }
}

fn read_code(text: &str) -> Option<u16> {
    let digits = text.len() == 3 && text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|code| digits && (400..=599).contains(code))
}

/// RFC 3463 §2: class, subject of at most three digits, detail of at most three digits.
fn read_enhanced(text: &str) -> Option<(u8, u16, u16)> {
    let mut parts = text.split('.');
    let class = match parts.next()? {
        "4" => 4,
        "5" => 5,
        _ => return None,
    };
    let mut number = || {
        let part = parts.next()?;
        let sound = (1..=3).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit());
        part.parse().ok().filter(|_| sound)
    };
    let (subject, detail) = (number()?, number()?);
    parts.next().is_none().then_some((class, subject, detail))
}

/// The stored form.
impl fmt::Display for ReplyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = self.code {
            write!(f, "{code}{}", if self.enhanced.is_some() { " " } else { "" })?;
        }
        match self.enhanced {
            Some((class, subject, detail)) => write!(f, "{class}.{subject}.{detail}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_class_4_and_5_are_read() {
        for (text, class) in [("550", 5), ("5.7.1", 5), ("550 5.7.1", 5), ("421", 4), ("4.3.2", 4), ("451 4.3.2", 4)] {
            let pattern = ReplyPattern::parse(text).unwrap();
            assert_eq!((pattern.to_string().as_str(), pattern.class()), (text, class));
        }
        for text in ["", "250", "2.0.0", "600", "55", "5.7", "5.7.1.2", "550 4.7.1", "550  5.7.1", "+550", "5.7.1000"] {
            assert_eq!(ReplyPattern::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_a_pattern_does_not_say_does_not_matter() {
        let covers = |text: &str| ReplyPattern::parse(text).unwrap().covers(550, Some((5, 7, 1)));
        assert!(covers("550") && covers("5.7.1") && covers("550 5.7.1"));
        assert!(!covers("551") && !covers("5.7.2") && !covers("551 5.7.1"));
        assert!(!ReplyPattern::parse("5.7.1").unwrap().covers(550, None));
    }
}
