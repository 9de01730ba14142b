//! PLAIN (RFC 4616).

use std::fmt;

use super::{SaslError, SaslOctets, name};

/// The one message of PLAIN.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainMessage {
    /// Whom the client wants to act as (authzid); `None`: as the user.
    pub authorization: Option<Box<str>>,
    /// Who logs in (authcid).
    pub user: Box<str>,
    /// The password.
    pub password: SaslOctets,
}

impl PlainMessage {
    /// Reads `[authzid] NUL authcid NUL passwd`.
    ///
    /// # Errors
    /// When there are not exactly two NULs, the user or the password is empty, or a name is unusable (RFC 4616 §2).
    pub fn read(message: &[u8]) -> Result<Self, SaslError> {
        let mut parts = message.split(|octet| *octet == 0);
        let (Some(authorization), Some(user), Some(password), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SaslError::Shape);
        };
        let authorization = if authorization.is_empty() { None } else { Some(name(authorization)?) };
        let user = name(user)?;
        if password.is_empty() {
            return Err(SaslError::NoSecret);
        }
        Ok(Self { authorization, user, password: password.to_vec().into() })
    }
}

/// People type passwords where names belong, so names are not shown either.
impl fmt::Debug for PlainMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainMessage(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e10e_plain_has_three_parts_and_a_user() {
        let plain = PlainMessage::read(b"\0user\0pass word").unwrap();
        assert_eq!((plain.authorization, &*plain.user), (None, "user"));
        assert_eq!(plain.password.expose(), b"pass word");
        let plain = PlainMessage::read("chef\0jörg\0x".as_bytes()).unwrap();
        assert_eq!((plain.authorization.as_deref(), &*plain.user), (Some("chef"), "jörg"));
        for (message, error) in [
            (&b""[..], SaslError::Shape),
            (b"user\0pass", SaslError::Shape),
            (b"\0user\0pass\0", SaslError::Shape),
            (b"a\0b\0c\0d", SaslError::Shape),
            (b"\0\0pass", SaslError::NoUser),
            (b"other\0\0pass", SaslError::NoUser),
            (b"\0user\0", SaslError::NoSecret),
            (b"\0us\xffer\0pass", SaslError::Name),
            (b"\0us\r\ner\0pass", SaslError::Name),
            (b"a\nb\0user\0pass", SaslError::Name),
        ] {
            assert_eq!(PlainMessage::read(message), Err(error), "{message:?}");
        }
        assert_eq!(PlainMessage::read(&[b"\0", &[b'u'; 256][..], b"\0p"].concat()), Err(SaslError::Name));
    }

    #[test]
    fn th10_nothing_of_a_message_shows_itself() {
        let shown = format!("{:?} {:?}", PlainMessage::read(b"\0secret\0secret"), PlainMessage::read(b"secret"));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
