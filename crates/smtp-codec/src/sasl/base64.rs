//! The base64 of exchange lines (RFC 4954 §4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SaslOctets;

/// Decodes a line without its CRLF. `None`: an illegal character, `=` in the middle, missing padding, or bits that are
/// set in vain: nothing that could be read in two ways.
#[must_use]
pub fn decode(line: &[u8]) -> Option<SaslOctets> {
    STANDARD.decode(line).ok().map(SaslOctets::from)
}

/// Encodes a challenge.
#[must_use]
pub fn encode(challenge: &[u8]) -> String {
    STANDARD.encode(challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e10b_only_base64_as_it_is_written_down_is_read() {
        assert_eq!(decode(b"AGEAYg==").unwrap().expose(), b"\0a\0b");
        assert_eq!(decode(b"").unwrap().expose(), b"");
        for line in
            ["A", "AG", "AGE", "AGEA=", "AG==EA", "=AGE", "AGE\u{fc}", "AG EA", "AGEAYg", "AGEAYh==", "AG_-", "*"]
        {
            assert!(decode(line.as_bytes()).is_none(), "{line:?}");
        }
    }

    #[test]
    fn th10_what_was_decoded_does_not_show_itself() {
        assert_eq!(format!("{:?}", decode(b"c2VjcmV0").unwrap()), "SaslOctets(…)");
    }
}
