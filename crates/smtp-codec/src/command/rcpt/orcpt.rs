//! ORCPT of RCPT (RFC 3461 §4.2, RFC 6533 §3).

use std::fmt;

use crate::xtext;

/// The address that the sender wrote first: `type;address`, kept octet for octet.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Orcpt(Box<str>);

/// Octets of ORCPT as written (RFC 3461 §4.2).
const LIMIT: usize = 500;

impl Orcpt {
    /// Reads the value: xtext behind the type, or for the type `utf-8` the forms of RFC 6533 §3 as well. Nothing that it
    /// encodes is a control character.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let (kind, address) = value.split_once(';')?;
        let shaped = value.len() <= LIMIT && !kind.is_empty() && kind.bytes().all(is_atom) && !address.is_empty();
        let sound = if kind.eq_ignore_ascii_case("utf-8") {
            is_international(address)
        } else {
            // UTF-8 too: Postfix 3.7 writes international addresses so (`rfc822;+C3+BC@b`).
            std::str::from_utf8(&xtext::decode(address)?).is_ok_and(|text| !text.chars().any(char::is_control))
        };
        (shaped && sound).then(|| Self(value.into()))
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// False when it may be sent with SMTPUTF8 only; then [`Self::to_ascii`] is the form for others (RFC 6533 §3).
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    /// The form for a host without SMTPUTF8: characters outside ASCII become `\x{…}` (RFC 6533 §3).
    #[must_use]
    pub fn to_ascii(&self) -> String {
        let mut ascii = String::with_capacity(self.0.len() * 2);
        for char in self.0.chars() {
            match char {
                _ if char.is_ascii() => ascii.push(char),
                _ => ascii.push_str(&format!("\\x{{{:X}}}", u32::from(char))),
            }
        }
        ascii
    }
}

impl fmt::Debug for Orcpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Orcpt({})", self.0)
    }
}

fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/?^_`{|}~".contains(&byte)
}

/// Characters other than `=` and `\`, `\x{…}`, and the `+XX` of xtext, which older programs write here too.
fn is_international(address: &str) -> bool {
    let mut rest = address;
    while let Some(char) = rest.chars().next() {
        let taken = match char {
            '\\' => embedded(rest),
            '+' => rest
                .get(..3)
                .filter(|hex| xtext::decode(hex).is_some_and(|o| o.iter().all(|b| *b >= b' ' && *b != 0x7f)))
                .map(str::len),
            '=' | ' ' => None,
            _ if char.is_control() => None,
            _ => Some(char.len_utf8()),
        };
        match taken.and_then(|taken| rest.get(taken..)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    true
}

/// Octets of `\x{HEX}` at the start: 2 to 6 digits in upper case that name a character other than a control character.
fn embedded(text: &str) -> Option<usize> {
    let hex = text.strip_prefix("\\x{")?.split_once('}')?.0;
    let digits = (2..=6).contains(&hex.len()) && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    let char = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)?;
    (digits && !char.is_control()).then_some(hex.len() + 4)
}
