//! HMAC-SHA-256, PBKDF2 over it, and the comparison that takes the same time whatever it compares.

use std::num::NonZeroU32;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use aws_lc_rs::pbkdf2;
use zeroize::Zeroizing;

/// Octets of a SHA-256, of an HMAC over it, and of a key derived by PBKDF2 here.
pub(crate) const LEN: usize = 32;

/// HMAC-SHA-256 (RFC 2104) of the parts, one after the other, with nothing between them. A key of any length will do.
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut context = Context::with_key(&Key::new(HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    let mut tag = Zeroizing::new([0; LEN]);
    for (to, from) in tag.iter_mut().zip(context.sign().as_ref()) {
        *to = *from;
    }
    tag
}

/// PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2) with 32 octets of output, which is `Hi` of RFC 5802. It is slow on purpose: 4,096
/// rounds take about a millisecond.
#[must_use]
pub fn pbkdf2_sha256(password: &[u8], salt: &[u8], rounds: NonZeroU32) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; LEN]);
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, password, key.as_mut_slice());
    key
}

/// Whether two secrets are the same. The time it takes tells their lengths, and nothing of what they hold.
#[must_use]
pub fn same_secret(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn hmac_is_the_standard_one() {
        // RFC 4231, test cases 2 and 6.
        let tag = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex(tag.as_slice()), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let tag = hmac_sha256(&[0xaa; 131], &[b"Test Using Larger Than Block-Size Key - Hash Key First"]);
        assert_eq!(hex(tag.as_slice()), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }

    #[test]
    fn pbkdf2_is_the_standard_one() {
        // RFC 7914 §11, the first 32 octets.
        let key = pbkdf2_sha256(b"passwd", b"salt", NonZeroU32::MIN);
        assert_eq!(hex(key.as_slice()), "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
    }

    #[test]
    fn secrets_are_the_same_or_not() {
        assert!(same_secret(b"abc", b"abc") && same_secret(b"", b""));
        assert!(!same_secret(b"abc", b"abd") && !same_secret(b"abc", b"ab"));
    }
}
