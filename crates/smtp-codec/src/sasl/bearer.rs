//! OAUTHBEARER (RFC 7628) and XOAUTH2: a token in place of a password.

use std::fmt;

use super::{SaslError, SaslOctets, name};

/// The one message of OAUTHBEARER or XOAUTH2 that counts.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerMessage {
    /// Whom the client says it is; the token has the last word (RFC 7628 §3.1).
    pub user: Option<Box<str>>,
    /// The host that the client believes to talk to.
    pub host: Option<Box<str>>,
    /// The port that the client believes to talk to.
    pub port: Option<u16>,
    /// The token.
    pub token: SaslOctets,
}

/// What OAUTHBEARER answers a token that is not good (RFC 7628 §3.2.2). The client says [`BearerMessage::is_seen`] to it,
/// and only then is told 535.
pub const OAUTHBEARER_FAILURE: &str = r#"{"status":"invalid_token"}"#;

/// What XOAUTH2 answers a token that is not good; the client says something, usually nothing, and then is told 535.
pub const XOAUTH2_FAILURE: &str = r#"{"status":"401","schemes":"bearer"}"#;

const SEPARATOR: u8 = 1;

impl BearerMessage {
    /// Reads `n,a=user,^Ahost=…^Aport=…^Aauth=Bearer token^A^A` (RFC 7628 §3.1).
    ///
    /// # Errors
    /// When the message has another shape, demands channel binding, or has no token.
    pub fn read_oauthbearer(message: &[u8]) -> Result<Self, SaslError> {
        let start = message.iter().position(|octet| *octet == SEPARATOR).ok_or(SaslError::Shape)?;
        let (header, pairs) = message.split_at_checked(start).ok_or(SaslError::Shape)?;
        let user = gs2_header(header)?;
        Self::pairs(pairs.get(1..).unwrap_or_default(), user, false)
    }

    /// Reads `user=U^Aauth=Bearer T^A^A`.
    ///
    /// # Errors
    /// When the message has another shape, or names no user or token.
    pub fn read_xoauth2(message: &[u8]) -> Result<Self, SaslError> {
        let read = Self::pairs(message, None, true)?;
        if read.user.is_none() { Err(SaslError::NoUser) } else { Ok(read) }
    }

    /// True for the client's answer to a failure of OAUTHBEARER (RFC 7628 §3.2.3).
    #[must_use]
    pub const fn is_seen(message: &[u8]) -> bool {
        matches!(message, [SEPARATOR])
    }

    /// `key=value^A` … `^A`. Keys that nobody here knows are passed over (RFC 7628 §3.1).
    fn pairs(text: &[u8], mut user: Option<Box<str>>, names_user: bool) -> Result<Self, SaslError> {
        let (mut host, mut port, mut token) = (None, None, None);
        let pairs = text.strip_suffix(&[SEPARATOR, SEPARATOR]).ok_or(SaslError::Shape)?;
        for pair in pairs.split(|octet| *octet == SEPARATOR) {
            let equals = pair.iter().position(|octet| *octet == b'=').ok_or(SaslError::Shape)?;
            let (key, value) = (pair.get(..equals).unwrap_or_default(), pair.get(equals + 1..).unwrap_or_default());
            let again = match key {
                b"user" if names_user => user.replace(name(value)?).is_some(),
                b"host" => host.replace(name(value)?).is_some(),
                b"port" => port.replace(number(value)?).is_some(),
                b"auth" => token.replace(bearer(value)?).is_some(),
                _ if key.is_empty() || !key.iter().all(u8::is_ascii_alphabetic) => return Err(SaslError::Shape),
                _ => false,
            };
            if again {
                return Err(SaslError::Shape);
            }
        }
        Ok(Self { user, host, port, token: token.ok_or(SaslError::NoSecret)? })
    }
}

/// `n,a=user,`: no channel binding, and who the client is (RFC 5801 §4).
fn gs2_header(header: &[u8]) -> Result<Option<Box<str>>, SaslError> {
    let header = std::str::from_utf8(header).map_err(|_invalid| SaslError::Name)?;
    let mut parts = header.split(',');
    let (Some(binding), Some(identity), Some(""), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(SaslError::Shape);
    };
    match binding {
        "n" | "y" => {}
        _ if binding.starts_with("p=") => return Err(SaslError::ChannelBinding),
        _ => return Err(SaslError::Shape),
    }
    match identity {
        "" => Ok(None),
        _ => name(unescape(identity.strip_prefix("a=").ok_or(SaslError::Shape)?)?.as_bytes()).map(Some),
    }
}

/// `=2C` is a comma and `=3D` an equals sign; no other `=` may stand in a name (RFC 5801 §4).
fn unescape(text: &str) -> Result<String, SaslError> {
    let mut parts = text.split('=');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (sign, rest) = match (part.strip_prefix("2C"), part.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (_, Some(rest)) => ('=', rest),
            _ => return Err(SaslError::Shape),
        };
        plain.push(sign);
        plain.push_str(rest);
    }
    Ok(plain)
}

fn number(value: &[u8]) -> Result<u16, SaslError> {
    let digits = value.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(value).ok().filter(|_| digits).and_then(|v| v.parse().ok()).ok_or(SaslError::Shape)
}

/// `Bearer token` (RFC 6750 §2.1); the scheme in any case.
fn bearer(value: &[u8]) -> Result<SaslOctets, SaslError> {
    let (scheme, token) = value.split_at_checked(7).ok_or(SaslError::Shape)?;
    let token = token.trim_ascii();
    let letter = |b: &u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(b);
    match (scheme.eq_ignore_ascii_case(b"Bearer "), token.iter().all(letter)) {
        (true, true) if token.is_empty() => Err(SaslError::NoSecret),
        (true, true) => Ok(token.to_vec().into()),
        _ => Err(SaslError::Shape),
    }
}

/// People type passwords where names belong, so names are not shown.
impl fmt::Debug for BearerMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerMessage(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e11b_oauthbearer_as_its_document_shows_it() {
        let message =
            b"n,a=us=2Cer=3D@example.com,\x01host=server.example.com\x01port=587\x01auth=Bearer vF9dft4qmTc2Nvb3R==\x01\x01";
        let read = BearerMessage::read_oauthbearer(message).unwrap();
        assert_eq!((read.user.as_deref(), read.port), (Some("us,er=@example.com"), Some(587)));
        assert_eq!(read.host.as_deref(), Some("server.example.com"));
        assert_eq!(read.token.expose(), b"vF9dft4qmTc2Nvb3R==");
        assert_eq!(BearerMessage::read_oauthbearer(b"n,,\x01auth=bearer t\x01\x01").unwrap().user, None);
        assert!(BearerMessage::is_seen(b"\x01") && !BearerMessage::is_seen(b""));
    }

    #[test]
    fn e11b_other_shapes_are_refused() {
        for (message, error) in [
            (&b""[..], SaslError::Shape),
            (b"\x01", SaslError::Shape),
            (b"n,,\x01\x01", SaslError::Shape),
            (b"n,,\x01host=x\x01\x01", SaslError::NoSecret),
            (b"n,,\x01auth=Bearer \x01\x01", SaslError::NoSecret),
            (b"n,,\x01auth=Basic dTpw\x01\x01", SaslError::Shape),
            (b"n,,\x01auth=Bearer t", SaslError::Shape),
            (b"n,,\x01auth=Bearer t\x01auth=Bearer u\x01\x01", SaslError::Shape),
            (b"n,,\x01auth=Bearer t\x01\x01\x01", SaslError::Shape),
            (b"p=tls-exporter,,\x01auth=Bearer t\x01\x01", SaslError::ChannelBinding),
            (b"n,a=x=2Dy,\x01auth=Bearer t\x01\x01", SaslError::Shape),
            (b"n,a=,\x01auth=Bearer t\x01\x01", SaslError::NoUser),
            (b"n,,\x01port=99999\x01auth=Bearer t\x01\x01", SaslError::Shape),
            (b"n,,\x01auth=Bearer t\r\n250 x\x01\x01", SaslError::Shape),
            (b"n,,\x01=x\x01auth=Bearer t\x01\x01", SaslError::Shape),
        ] {
            assert_eq!(BearerMessage::read_oauthbearer(message), Err(error), "{message:?}");
        }
    }

    #[test]
    fn e11c_xoauth2_names_a_user_and_a_token() {
        let read = BearerMessage::read_xoauth2(b"user=u@example.com\x01auth=Bearer t0k.en\x01\x01").unwrap();
        assert_eq!((read.user.as_deref(), read.token.expose()), (Some("u@example.com"), &b"t0k.en"[..]));
        assert_eq!(BearerMessage::read_xoauth2(b"auth=Bearer t\x01\x01"), Err(SaslError::NoUser));
        assert_eq!(BearerMessage::read_xoauth2(b"user=u\x01\x01"), Err(SaslError::NoSecret));
        assert_eq!(BearerMessage::read_xoauth2(b"user=u\x01auth=Bearer t\x01"), Err(SaslError::Shape));
    }
}
