//! AUTH (RFC 4954 §4).

use std::fmt;

use super::{Command, CommandError};
use crate::SaslOctets;
use crate::sasl::base64;

/// Name of a SASL mechanism, in upper case: 1 to 20 letters, digits, hyphens and underscores (RFC 4422 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MechanismName(Box<str>);

impl MechanismName {
    /// Reads a name in any case; `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let usable = (1..=20).contains(&text.len()) && text.bytes().all(letter);
        usable.then(|| Self(text.to_ascii_uppercase().into()))
    }

    /// The name in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MechanismName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(super) fn parse(argument: &str) -> Result<Command, CommandError> {
    let (name, response) = match argument.split_once(' ') {
        Some((name, response)) => (name, Some(response)),
        None => (argument, None),
    };
    let mechanism = MechanismName::parse(name).ok_or(CommandError::Mechanism)?;
    let initial = match response {
        None => None,
        Some("=") => Some(SaslOctets::from(Vec::new())),
        Some(response) if response.contains(' ') => return Err(CommandError::Mechanism),
        Some(response) => Some(base64::decode(response.as_bytes()).ok_or(CommandError::Base64)?),
    };
    Ok(Command::Auth { mechanism, initial })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(String, Option<Vec<u8>>), CommandError> {
        match Command::parse(line.as_bytes())? {
            Command::Auth { mechanism, initial } => {
                Ok((mechanism.to_string(), initial.map(|octets| octets.expose().to_vec())))
            }
            other => panic!("not AUTH: {other:?}"),
        }
    }

    #[test]
    fn e10b_an_initial_response_is_base64_and_an_equals_sign_is_the_empty_one() {
        assert_eq!(read("auth plain AGEAYg=="), Ok(("PLAIN".into(), Some(b"\0a\0b".to_vec()))));
        assert_eq!(read("AUTH SCRAM-SHA-256"), Ok(("SCRAM-SHA-256".into(), None)));
        assert_eq!(read("AUTH EXTERNAL ="), Ok(("EXTERNAL".into(), Some(Vec::new()))));
        for line in ["AUTH PLAIN AGEAYg", "AUTH PLAIN A=GE", "AUTH PLAIN *", "AUTH PLAIN ==", "AUTH PLAIN AGE\u{7f}"] {
            assert_eq!(read(line), Err(CommandError::Base64), "{line}");
        }
    }

    #[test]
    fn e10b_a_mechanism_has_a_name() {
        for line in ["AUTH", "AUTH PLA!N", "AUTH A.B", "AUTH AAAAAAAAAAAAAAAAAAAAA", "AUTH PLAIN a b", "AUTH  PLAIN"] {
            assert_eq!(read(line), Err(CommandError::Mechanism), "{line}");
        }
    }

    #[test]
    fn th10_a_command_does_not_show_its_initial_response() {
        let shown = format!("{:?}", Command::parse(b"AUTH PLAIN c2VjcmV0"));
        assert!(!shown.contains("secret") && !shown.contains("c2Vj"), "{shown}");
    }
}
