//! The messages of a SCRAM client (RFC 5802 §7).

use postroad_smtp_codec::sasl::{SaslOctets, base64};
use zeroize::Zeroizing;

use super::gs2::{Gs2, saslname};
use crate::limits::MAX_NONCE;

/// `client-first-message`.
pub(super) struct ClientFirst<'m> {
    pub(super) gs2: Gs2<'m>,
    pub(super) user: Zeroizing<String>,
    pub(super) nonce: &'m str,
}

impl<'m> ClientFirst<'m> {
    pub(super) fn parse(message: &'m str) -> Option<Self> {
        let gs2 = Gs2::parse(message)?;
        // A mandatory extension (`m=`), which we cannot know, would stand before the name.
        let (user, rest) = gs2.rest.strip_prefix("n=")?.split_once(',')?;
        let user = saslname(user)?;
        let (nonce, extensions) = rest.split_once(',').map_or((rest, None), |(nonce, rest)| (nonce, Some(rest)));
        let nonce = nonce.strip_prefix("r=").filter(|nonce| is_nonce(nonce))?;
        extensions.is_none_or(are_extensions).then_some(Self { gs2, user, nonce })
    }

    /// `client-first-message-bare`.
    pub(super) const fn bare(&self) -> &'m str {
        self.gs2.rest
    }
}

/// `client-final-message`.
pub(super) struct ClientFinal<'m> {
    /// What `c=` holds, decoded.
    pub(super) binding: SaslOctets,
    pub(super) nonce: &'m str,
    pub(super) without_proof: &'m str,
    pub(super) proof: [u8; 32],
}

impl<'m> ClientFinal<'m> {
    pub(super) fn parse(message: &'m str) -> Option<Self> {
        // The proof is the last attribute, and base64 holds no comma.
        let (without_proof, proof) = message.rsplit_once(",p=")?;
        let (binding, rest) = without_proof.strip_prefix("c=")?.split_once(',')?;
        let (nonce, extensions) = rest.split_once(',').map_or((rest, None), |(nonce, rest)| (nonce, Some(rest)));
        let nonce = nonce.strip_prefix("r=")?;
        if !extensions.is_none_or(are_extensions) {
            return None;
        }
        let binding = base64::decode(binding.as_bytes())?;
        let proof = base64::decode(proof.as_bytes())?.expose().try_into().ok()?;
        Some(Self { binding, nonce, without_proof, proof })
    }
}

/// Printable ASCII without comma, of bounded length.
fn is_nonce(text: &str) -> bool {
    (1..=MAX_NONCE).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b',')
}

/// `attr-val` after `attr-val`: a letter, `=`, and a value. They are read and mean nothing here, but for `m=`, which says that
/// whoever does not know them must fail.
fn are_extensions(text: &str) -> bool {
    text.split(',').all(|part| match part.as_bytes() {
        [b'm', ..] => false,
        [letter, b'=', _, ..] => letter.is_ascii_alphabetic() && !part.contains('\0'),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_message_is_taken_apart() {
        let first = ClientFirst::parse("n,a=z,n=us=3Der,r=abc/+,x=1,y=2").unwrap();
        assert_eq!((first.user.as_str(), first.nonce), ("us=er", "abc/+"));
        assert_eq!(first.bare(), "n=us=3Der,r=abc/+,x=1,y=2");
        for text in [
            "",
            "n,,",
            "n,,n=user",
            "n,,r=abc,n=user",
            "n,,n=,r=abc",
            "n,,n=us=er,r=abc",
            "n,,n=user,r=",
            "n,,n=user,r=a b",
            "n,,n=user,r=ä",
            "n,,m=x,n=user,r=abc",
            "n,,n=user,r=abc,m=x",
            "n,,n=user,r=abc,",
            "n,,n=user,r=abc,x=",
            "n,,n=user,r=abc,1=x",
            "n=user,r=abc",
        ] {
            assert!(ClientFirst::parse(text).is_none(), "{text:?}");
        }
        assert!(ClientFirst::parse(&format!("n,,n=user,r={}", "x".repeat(513))).is_none());
    }

    #[test]
    fn a_final_message_is_taken_apart() {
        let proof = base64::encode(&[7; 32]);
        let text = format!("c=biws,r=abc,x=1,p={proof}");
        let last = ClientFinal::parse(&text).unwrap();
        assert_eq!((last.binding.expose(), last.nonce, last.proof), (b"n,,".as_slice(), "abc", [7; 32]));
        assert_eq!(last.without_proof, "c=biws,r=abc,x=1");
        for text in [
            String::new(),
            format!("c=biws,r=abc,x=1,p={proof},y=1"),
            format!("r=abc,c=biws,p={proof}"),
            format!("c=biw,r=abc,p={proof}"),
            format!("c=biws,p={proof}"),
            format!("c=biws,r=abc,m=1,p={proof}"),
            "c=biws,r=abc,p=YWJj".to_owned(),
            "c=biws,r=abc".to_owned(),
        ] {
            assert!(ClientFinal::parse(&text).is_none(), "{text:?}");
        }
    }
}
