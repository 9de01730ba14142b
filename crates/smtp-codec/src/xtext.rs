//! Text as DSN parameters carry it (RFC 3461 §4).

use std::fmt;

/// A value in xtext, kept as it was written: what goes on is octet for octet what came.
///
/// Never empty. Once decoded it holds printable ASCII only, so neither form can carry a line break into a command, a log
/// or a header.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Xtext(Box<str>);

impl Xtext {
    /// Reads xtext of at most `limit` octets as written. `None`: it is malformed, empty, too long, or hides something
    /// other than printable ASCII.
    #[must_use]
    pub fn parse(text: &str, limit: usize) -> Option<Self> {
        let usable = (1..=limit).contains(&text.len()) && decode(text)?.iter().all(|b| (b' '..=b'~').contains(b));
        usable.then(|| Self(text.into()))
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it means: printable ASCII.
    #[must_use]
    pub fn decoded(&self) -> String {
        decode(&self.0).and_then(|octets| String::from_utf8(octets).ok()).unwrap_or_default()
    }
}

/// As it was written.
impl fmt::Display for Xtext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Xtext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Xtext({})", self.0)
    }
}

/// Decodes xtext: printable ASCII without blank, `+` and `=`, and `+` with two hexadecimal digits in upper case.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            b'=' => return None,
            b'!'..=b'~' => byte,
            _ => return None,
        });
    }
    Some(decoded)
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e6a_what_was_written_is_kept() {
        let text = Xtext::parse("a+2Bb+3D+20c", 100).unwrap();
        assert_eq!((text.as_str(), text.decoded().as_str()), ("a+2Bb+3D+20c", "a+b= c"));
    }

    #[test]
    fn th07_malformed_text_and_hidden_control_characters_are_refused() {
        for text in ["", "+", "+2", "+2b", "+GG", "a b", "a=b", "é", "x+0D+0A", "+00", "+7F", "+C3+BC", "a\tb"] {
            assert_eq!(Xtext::parse(text, 100), None, "{text:?}");
        }
        assert!(Xtext::parse(&"x".repeat(100), 100).is_some());
        assert!(Xtext::parse(&"x".repeat(101), 100).is_none());
    }
}
