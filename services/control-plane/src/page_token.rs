//! Page tokens (AIP-158): opaque, and of no use when they were made or changed by anybody else.

use postroad_seal::{KeyRing, Sealed};

use crate::error::ApiError;

const CONTEXT: &[u8] = b"page token of ListConnectors";

/// The token of the page that comes after this id.
///
/// # Errors
/// Never in practice: an id is short.
pub(crate) fn write(keys: &KeyRing, last_id: &str) -> Result<String, ApiError> {
    let sealed = keys.seal(CONTEXT, last_id.as_bytes()).map_err(|_too_long| ApiError::Internal("page token"))?;
    Ok(sealed.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The id that the page before ended with.
///
/// # Errors
/// When the token is not one of ours.
pub(crate) fn read(keys: &KeyRing, token: &str) -> Result<String, ApiError> {
    let bad = || {
        ApiError::request(
            "PAGE_TOKEN_INVALID",
            "page_token",
            "This is not the next_page_token of a page before; begin with an empty one.",
        )
    };
    let octets = unhex(token).ok_or_else(bad)?;
    let id = keys.open(CONTEXT, &Sealed::from_bytes(octets)).map_err(|_refused| bad())?;
    String::from_utf8(id.to_vec()).map_err(|_octets| bad())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || text.len() > 1_024 {
        return None;
    }
    pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_where_to_go_on_and_cannot_be_made_up() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, _) = KeyRing::load_or_create(&folder.path().join("k")).unwrap();
        let token = write(&keys, "some-id").unwrap();
        assert!(!token.contains("some-id"));
        assert_eq!(read(&keys, &token).unwrap(), "some-id");
        for bad in ["x", "00", "", token.get(2..).unwrap(), &token.replace('0', "1")] {
            assert!(read(&keys, bad).is_err(), "{bad}");
        }
    }
}
