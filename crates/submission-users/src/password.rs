//! Passwords and names in their prepared form: SASLprep (RFC 4013).

use std::fmt;

use zeroize::Zeroizing;

use crate::limits::{MAX_NAME, MAX_PASSWORD};

/// A password in its SASLprep form: what verifiers are made from. It wipes itself, and prints as `<redacted>`.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// Why a text cannot be a password. No variant carries any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing, or nothing but characters that are dropped.
    #[error("the password is empty")]
    Empty,
    /// Longer than a login takes.
    #[error("the password is longer than {MAX_PASSWORD} octets")]
    TooLong,
    /// SASLprep refuses it.
    #[error(
        "the password holds characters that clients cannot be relied on to send alike (RFC 4013): control characters, \
         characters younger than Unicode 3.2 such as emoji, or writing in both directions; choose another"
    )]
    Prohibited,
}

impl Password {
    /// Prepares a password.
    ///
    /// # Errors
    /// [`PasswordError`]; it does not say which character is wrong, for that is part of the password.
    pub fn prepare(text: &str) -> Result<Self, PasswordError> {
        if text.len() > MAX_PASSWORD {
            return Err(PasswordError::TooLong);
        }
        match stringprep::saslprep(text) {
            Err(_names_a_character) => Err(PasswordError::Prohibited),
            Ok(prepared) => {
                let prepared = Zeroizing::new(prepared.into_owned());
                if prepared.is_empty() { Err(PasswordError::Empty) } else { Ok(Self(prepared)) }
            }
        }
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// A user name in its prepared form; `None` where there is no such form. It may be a password typed in the wrong field.
pub(crate) fn prepare_name(name: &str) -> Option<Zeroizing<String>> {
    let prepared = Zeroizing::new(stringprep::saslprep(name).ok()?.into_owned());
    (!prepared.is_empty()).then_some(prepared)
}

/// Why a text is no user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserNameError {
    /// Empty or too long.
    #[error("should have 1 to {MAX_NAME} octets")]
    Length,
    /// A client's name, once prepared, could not be the same.
    #[error(
        "is not in its prepared form (SASLprep, RFC 4013): write it without control characters, without spaces at its ends, \
         and in composed characters"
    )]
    Form,
}

/// Whether a text can be the name of a user.
///
/// # Errors
/// Says what is wrong.
pub fn check_user_name(name: &str) -> Result<(), UserNameError> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(UserNameError::Length);
    }
    let as_written = prepare_name(name).is_some_and(|prepared| prepared.as_str() == name);
    if as_written && name.trim() == name { Ok(()) } else { Err(UserNameError::Form) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> Result<String, PasswordError> {
        Password::prepare(text).map(|password| password.0.as_str().to_owned())
    }

    #[test]
    fn the_examples_of_rfc_4013() {
        assert_eq!(prepared("I\u{ad}X").as_deref(), Ok("IX"));
        assert_eq!(prepared("user").as_deref(), Ok("user"));
        assert_eq!(prepared("USER").as_deref(), Ok("USER"));
        assert_eq!(prepared("\u{aa}").as_deref(), Ok("a"));
        assert_eq!(prepared("\u{2168}").as_deref(), Ok("IX"));
        assert_eq!(prepared("\u{7}"), Err(PasswordError::Prohibited));
        assert_eq!(prepared("\u{627}1"), Err(PasswordError::Prohibited));
    }

    #[test]
    fn what_is_empty_or_too_long_is_refused() {
        assert_eq!(prepared(""), Err(PasswordError::Empty));
        assert_eq!(prepared("\u{ad}"), Err(PasswordError::Empty));
        assert_eq!(prepared(&"x".repeat(1025)), Err(PasswordError::TooLong));
        assert_eq!(prepared("\u{1f600}"), Err(PasswordError::Prohibited));
        assert!(prepared(&"x".repeat(1024)).is_ok());
    }
}
