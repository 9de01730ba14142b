//! Mailboxes and reverse-paths (RFC 5321 §4.1.2).

#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{Domain, DomainError};

/// A mailbox, kept byte for byte as it was written, with its domain in comparable form beside it.
///
/// The text holds no control character and prints back between angle brackets as it came (RFC 5321 §2.4: the local-part
/// belongs to its domain alone, so it is never normalised either). It may hold characters outside ASCII (RFC 6531 §3.3);
/// whether they may be used is the session's business. `Postmaster` may stand without a domain (RFC 5321 §4.5.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mailbox {
    text: Box<str>,
    domain: Option<MailDomain>,
}

/// What stands after the `@`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MailDomain {
    /// A domain name.
    Name(Domain),
    /// An address literal.
    Literal(AddressLiteral),
}

/// An address in brackets (RFC 5321 §4.1.3). General literals (`[tag:text]`) are not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressLiteral(pub IpAddr);

/// Why a text is not a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// No `@`, and not Postmaster.
    #[error("the address has no domain")]
    NoDomain,
    /// Longer than 254 octets, the path limit without its brackets (RFC 5321 §4.5.3.1.3).
    #[error("the address is longer than 254 octets")]
    TooLong,
    /// The local-part is longer than 64 octets (RFC 5321 §4.5.3.1.1).
    #[error("the part before the @ is longer than 64 octets")]
    LocalPartTooLong,
    /// The local-part is no dot-string and no quoted string.
    #[error("the part before the @ is malformed")]
    LocalPart,
    /// The domain is malformed.
    #[error("the part after the @ is malformed: {0}")]
    Domain(#[from] DomainError),
    /// The address literal is malformed.
    #[error("the address literal is malformed")]
    Literal,
}

impl Mailbox {
    /// Reads `local-part@domain` or `Postmaster`, without angle brackets.
    ///
    /// # Errors
    /// Says which part is malformed.
    pub fn parse(text: &str) -> Result<Self, MailboxError> {
        if text.len() > 254 {
            return Err(MailboxError::TooLong);
        }
        if text.eq_ignore_ascii_case("postmaster") {
            return Ok(Self { text: text.into(), domain: None });
        }
        let at = local_part_end(text)?;
        let domain = match text.get(at..).and_then(|rest| rest.strip_prefix('@')) {
            None | Some("") => return Err(MailboxError::NoDomain),
            Some(domain) => domain,
        };
        if at > 64 {
            return Err(MailboxError::LocalPartTooLong);
        }
        let domain = match domain.strip_prefix('[') {
            Some(rest) => MailDomain::Literal(AddressLiteral::parse(rest)?),
            None => MailDomain::Name(Domain::parse(domain)?),
        };
        Ok(Self { text: text.into(), domain: Some(domain) })
    }

    /// The address as it was written, without angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// False when the address can be used with SMTPUTF8 only (RFC 6531 §3.5).
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// What stands after the `@`; `None` for Postmaster alone.
    #[must_use]
    pub const fn domain(&self) -> Option<&MailDomain> {
        self.domain.as_ref()
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for MailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Literal(AddressLiteral(IpAddr::V4(address))) => write!(f, "[{address}]"),
            Self::Literal(AddressLiteral(IpAddr::V6(address))) => write!(f, "[IPv6:{address}]"),
        }
    }
}

impl AddressLiteral {
    /// Reads what follows the opening bracket, the closing one included.
    fn parse(rest: &str) -> Result<Self, MailboxError> {
        let inner = rest.strip_suffix(']').ok_or(MailboxError::Literal)?;
        let address = match inner.get(..5) {
            Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => {
                inner.get(5..).and_then(|text| text.parse::<Ipv6Addr>().ok()).map(IpAddr::V6)
            }
            _ => inner.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        };
        address.map(Self).ok_or(MailboxError::Literal)
    }
}

/// The reverse-path of MAIL: a mailbox, or `<>` (RFC 5321 §4.5.5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ReversePath {
    /// `<>`: nobody is to be told of a failure.
    Null,
    /// Who is to be told.
    Mailbox(Mailbox),
}

impl ReversePath {
    /// False when it can be used with SMTPUTF8 only (RFC 6531 §3.5).
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Mailbox(mailbox) => mailbox.is_ascii(),
        }
    }
}

/// As it stands between the angle brackets.
impl fmt::Display for ReversePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Mailbox(mailbox) => mailbox.fmt(f),
        }
    }
}

/// Where the local-part ends: a dot-string or a quoted string (RFC 5321 §4.1.2), with characters outside ASCII (RFC 6531
/// §3.3).
fn local_part_end(text: &str) -> Result<usize, MailboxError> {
    if text.starts_with('"') {
        return quoted_string_end(text);
    }
    let end = text.find('@').unwrap_or(text.len());
    let local = text.get(..end).unwrap_or_default();
    let whole = local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext));
    if !whole {
        return Err(MailboxError::LocalPart);
    }
    if end == text.len() {
        return Err(MailboxError::NoDomain);
    }
    Ok(end)
}

fn quoted_string_end(text: &str) -> Result<usize, MailboxError> {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            // A backslash stands before ASCII only.
            _ if char.is_control() || (escaped && !char.is_ascii()) => return Err(MailboxError::LocalPart),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Ok(at + 1),
            _ => {}
        }
    }
    Err(MailboxError::LocalPart)
}

/// A character of an atom; outside ASCII every one that is no control character (C1 included).
fn is_atext(char: char) -> bool {
    match u8::try_from(char) {
        Ok(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte),
        _ => !char.is_control(),
    }
}
