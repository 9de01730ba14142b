//! The header of GS2 and its names (RFC 5801 §4, RFC 5802 §7).

use zeroize::Zeroizing;

use crate::limits::MAX_NAME;

/// What the client says of channel binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BindingFlag<'m> {
    /// `n`: it cannot do it.
    Unable,
    /// `y`: it can, and believes that the server cannot.
    NotOffered,
    /// `p=`: it does, by this type.
    Bound(&'m str),
}

/// `flag "," ["a=" authzid] ","`, and the rest of the message.
pub(super) struct Gs2<'m> {
    pub(super) flag: BindingFlag<'m>,
    /// Empty where there is none.
    pub(super) authzid: Zeroizing<String>,
    /// The header as it was written, with its last comma.
    pub(super) header: &'m str,
    pub(super) rest: &'m str,
}

impl<'m> Gs2<'m> {
    pub(super) fn parse(message: &'m str) -> Option<Self> {
        let (flag, after) = message.split_once(',')?;
        let (authzid, rest) = after.split_once(',')?;
        let flag = match flag {
            "n" => BindingFlag::Unable,
            "y" => BindingFlag::NotOffered,
            _ => BindingFlag::Bound(flag.strip_prefix("p=").filter(|name| is_binding_name(name))?),
        };
        let authzid = match authzid {
            "" => Zeroizing::new(String::new()),
            _ => saslname(authzid.strip_prefix("a=")?)?,
        };
        let header = message.strip_suffix(rest)?;
        Some(Self { flag, authzid, header, rest })
    }
}

fn is_binding_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'.' || octet == b'-')
}

/// `saslname` of RFC 5802 §7: `=2C` is a comma, `=3D` is `=`, and no other `=` may stand there. Not empty.
pub(super) fn saslname(text: &str) -> Option<Zeroizing<String>> {
    let mut name = Zeroizing::new(String::with_capacity(text.len()));
    let mut pieces = text.split('=');
    name.push_str(pieces.next()?);
    for piece in pieces {
        let (character, rest) = match (piece.strip_prefix("2C"), piece.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (_, Some(rest)) => ('=', rest),
            _ => return None,
        };
        name.push(character);
        name.push_str(rest);
    }
    let whole = (1..=MAX_NAME).contains(&name.len()) && !text.contains([',', '\0']);
    whole.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_a_flag_and_a_name() {
        let gs2 = Gs2::parse("n,,rest,of it").unwrap();
        assert_eq!(
            (gs2.flag, gs2.authzid.as_str(), gs2.header, gs2.rest),
            (BindingFlag::Unable, "", "n,,", "rest,of it")
        );
        let gs2 = Gs2::parse("p=tls-exporter,a=x=2Cy=3Dz,").unwrap();
        assert_eq!((gs2.flag, gs2.authzid.as_str()), (BindingFlag::Bound("tls-exporter"), "x,y=z"));
        assert_eq!((gs2.header, gs2.rest), ("p=tls-exporter,a=x=2Cy=3Dz,", ""));
        for text in ["", "n", "n,", "x,,", "N,,", "p=,,", "p=a b,,", "n,x,", "n,a=,", "n,a=x=,", "n,a=x=2c,", "F,n,,"] {
            assert!(Gs2::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_name_is_unescaped_once() {
        assert_eq!(saslname("a=3D2Cb").unwrap().as_str(), "a=2Cb");
        assert_eq!(saslname("=2C=2C").unwrap().as_str(), ",,");
        for text in ["", "=", "a=2", "a=2Db", "a\0", &"x".repeat(256)] {
            assert!(saslname(text).is_none(), "{text:?}");
        }
    }
}
