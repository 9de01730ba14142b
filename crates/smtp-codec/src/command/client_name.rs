//! The name in EHLO and HELO.

use std::net::IpAddr;

use postroad_mail_types::Domain;

use super::CommandError;

/// The name a client gives itself: ASCII without control characters and parentheses, at most 255 octets. It may be
/// nonsense; a name that does not match the address is no ground for refusal (RFC 5321 §4.1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientName(Box<str>);

impl ClientName {
    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address literal or a host name; text after a literal is tolerated and dropped (RFC 5321 §4.1.4). Underscores
    /// are let pass, for many machines have them in their names.
    pub(crate) fn parse(argument: Option<&str>) -> Result<Self, CommandError> {
        let name = argument.unwrap_or_default();
        let usable = |name: &str| (1..=255).contains(&name.len());
        if name.starts_with('[') {
            let end = name.find(']').ok_or(CommandError::ClientName)?;
            let literal = name.get(..=end).unwrap_or_default();
            let inside = literal.trim_matches(['[', ']']);
            let address = match inside.get(..5) {
                Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => inside.get(5..).unwrap_or_default(),
                _ => inside,
            };
            return match address.parse::<IpAddr>() {
                Ok(_) if usable(literal) => Ok(Self(literal.into())),
                _ => Err(CommandError::ClientName),
            };
        }
        if usable(name) && name.bytes().all(is_letter) { Ok(Self(name.into())) } else { Err(CommandError::ClientName) }
    }

    /// True when the name could be a host's.
    #[must_use]
    pub fn is_domain(&self) -> bool {
        Domain::parse(&self.0).is_ok()
    }
}

/// What may stand in a name that somebody gives himself or another: nothing that means anything in a header or a log.
pub(crate) const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':')
}
