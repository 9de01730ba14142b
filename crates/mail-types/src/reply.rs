//! An SMTP reply (RFC 5321 §4.2).

use std::borrow::Cow;
use std::fmt;

use crate::EnhancedCode;

/// Code, enhanced code and lines of text, always fit to be written: the code lies in 200 to 599, every line has one
/// code (RFC 5321 §4.2), the enhanced code's class is the code's first digit (RFC 2034 §4), and the text is printable
/// ASCII and TAB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    code: u16,
    enhanced: Option<EnhancedCode>,
    lines: Vec<Cow<'static, str>>,
}

/// Why a reply cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The code does not lie in 200 to 599.
    #[error("a reply code lies in 200 to 599")]
    Code,
}

/// Octets of a reply line without CRLF (RFC 5321 §4.5.3.1.5 allows 512 with it).
const LINE: usize = 510;

impl Reply {
    /// A reply of ours with a fixed text. The enhanced code is dropped when its class does not fit the code.
    #[must_use]
    pub fn fixed(code: u16, enhanced: Option<EnhancedCode>, text: &'static str) -> Self {
        Self {
            code: code.clamp(200, 599),
            enhanced: enhanced.filter(|e| u16::from(e.class()) == code / 100),
            lines: vec![Cow::Borrowed(text)],
        }
    }

    /// A reply of ours whose text is made at run time; it is cleaned like a foreign one.
    #[must_use]
    pub fn made(code: u16, enhanced: Option<EnhancedCode>, text: impl AsRef<str>) -> Self {
        let mut reply = Self::fixed(code, enhanced, "");
        reply.lines = vec![Cow::Owned(clean(text.as_ref()))];
        reply
    }

    /// A reply that somebody else wrote: unprintable characters become `?`, an enhanced code of another class is dropped.
    ///
    /// # Errors
    /// When the code does not lie in 200 to 599.
    pub fn foreign<'a>(
        code: u16,
        enhanced: Option<EnhancedCode>,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ReplyError> {
        if !(200..=599).contains(&code) {
            return Err(ReplyError::Code);
        }
        let mut lines: Vec<_> = lines.into_iter().map(|l| Cow::Owned(clean(l))).collect();
        if lines.is_empty() {
            lines.push(Cow::Borrowed(""));
        }
        let enhanced = enhanced.filter(|e| u16::from(e.class()) == code / 100);
        Ok(Self { code, enhanced, lines })
    }

    /// The same reply with more lines of fixed text; only EHLO uses it (RFC 5321 §4.1.1.1).
    #[must_use]
    pub fn with_lines(mut self, lines: impl IntoIterator<Item = Cow<'static, str>>) -> Self {
        self.lines.extend(lines);
        self
    }

    /// The same reply with ` id=…` as the last word of its last line; cut so that the line stays within 512 octets.
    /// A text that already ends in this id is not given it twice.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        let word = format!("id={id}");
        let overhead = self.overhead();
        if let Some(last) = self.lines.last_mut()
            && !last.ends_with(&word)
        {
            let mut text = last.clone().into_owned();
            truncate(&mut text, LINE.saturating_sub(overhead + word.len() + 1));
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word);
            *last = Cow::Owned(text);
        }
        self
    }

    /// The three digits.
    #[must_use]
    pub const fn code(&self) -> u16 {
        self.code
    }

    /// First digit of the code: 2, 3, 4 or 5.
    #[must_use]
    pub const fn class(&self) -> u16 {
        self.code / 100
    }

    /// The enhanced status code, if there is one.
    #[must_use]
    pub const fn enhanced(&self) -> Option<EnhancedCode> {
        self.enhanced
    }

    /// The lines of text, without codes; at least one.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &str> {
        self.lines.iter().map(AsRef::as_ref)
    }

    /// True for 2xx.
    #[must_use]
    pub const fn is_positive(&self) -> bool {
        self.class() == 2
    }

    /// Appends the reply as it goes on the wire, with CRLF at the end of each line.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        let last = self.lines.len().saturating_sub(1);
        let limit = LINE.saturating_sub(self.overhead());
        for (at, line) in self.lines.iter().enumerate() {
            let text = line.get(..floor(line, limit)).unwrap_or(line);
            out.extend_from_slice(self.code.to_string().as_bytes());
            out.push(if at == last { b' ' } else { b'-' });
            if let Some(enhanced) = self.enhanced {
                out.extend_from_slice(enhanced.to_string().as_bytes());
                out.push(b' ');
            }
            out.extend_from_slice(text.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Octets that stand before the text of a line.
    fn overhead(&self) -> usize {
        4 + self.enhanced.map_or(0, |e| e.to_string().len() + 1)
    }
}

/// The reply on one line, for logs and people: `250 2.0.0 Ok; second line`.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        for (at, line) in self.lines.iter().enumerate() {
            f.write_str(if at == 0 { " " } else { "; " })?;
            f.write_str(line)?;
        }
        Ok(())
    }
}

fn clean(text: &str) -> String {
    text.chars().map(|c| if c == '\t' || (' '..='~').contains(&c) { c } else { '?' }).collect()
}

fn floor(text: &str, limit: usize) -> usize {
    let mut at = limit.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn truncate(text: &mut String, limit: usize) {
    text.truncate(floor(text, limit));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(reply: &Reply) -> String {
        let mut out = Vec::new();
        reply.write_to(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_line_carries_both_codes() {
        let reply = Reply::foreign(550, Some(EnhancedCode::new(5, 1, 1)), ["no", "really"]).unwrap();
        assert_eq!(wire(&reply), "550-5.1.1 no\r\n550 5.1.1 really\r\n");
    }

    #[test]
    fn a_mismatching_enhanced_code_never_leaves() {
        let reply = Reply::foreign(450, Some(EnhancedCode::new(5, 1, 1)), ["later"]).unwrap();
        assert_eq!(wire(&reply), "450 later\r\n");
    }

    #[test]
    fn hostile_text_is_made_printable() {
        let reply = Reply::foreign(554, None, ["a\r\n250 ok\0\u{1b}[31mé"]).unwrap();
        assert_eq!(wire(&reply), "554 a??250 ok??[31m?\r\n");
    }

    #[test]
    fn the_id_is_the_last_word_within_512_octets() {
        let long = "x".repeat(600);
        let reply = Reply::foreign(250, Some(EnhancedCode::new(2, 0, 0)), [long.as_str()])
            .unwrap()
            .with_id("0123456789abcdef0123456789abcdef");
        let line = wire(&reply);
        assert_eq!(line.len(), 512);
        assert!(line.ends_with(" id=0123456789abcdef0123456789abcdef\r\n"));
        assert_eq!(wire(&reply.with_id("0123456789abcdef0123456789abcdef")), line);
    }

    #[test]
    fn codes_outside_200_to_599_are_refused() {
        for code in [0, 99, 199, 600, 999] {
            assert!(Reply::foreign(code, None, ["x"]).is_err());
        }
    }
}
