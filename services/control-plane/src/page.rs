//! Pages of lists (AIP-158).

use postroad_seal::{KeyRing, Sealed};

use crate::error::ApiError;

/// Items on a page that does not say how many.
const PAGE: usize = 50;
/// Items on a page at most.
const LARGEST: usize = 1_000;

/// How many items a page is to hold.
///
/// # Errors
/// When it is negative.
pub(crate) fn size(asked: i32) -> Result<usize, ApiError> {
    match usize::try_from(asked) {
        Ok(0) => Ok(PAGE),
        Ok(size) => Ok(size.min(LARGEST)),
        Err(_negative) => Err(ApiError::request("LIMIT_EXCEEDED", "page_size", "Must be 0 or more; 0 means 50.")),
    }
}

/// The tokens of one list: opaque, of no use when they were made or changed by anybody else, and good for the list that
/// they were made for only.
pub(crate) struct Tokens<'a> {
    keys: &'a KeyRing,
    context: Vec<u8>,
}

impl<'a> Tokens<'a> {
    /// For a method, and what it was asked beside the page.
    pub(crate) fn of(keys: &'a KeyRing, method: &str, asked: &[&str]) -> Self {
        let mut context = format!("page token of {method}").into_bytes();
        for part in asked {
            context.push(0);
            context.extend_from_slice(part.as_bytes());
        }
        Self { keys, context }
    }

    /// The token of the page that comes after this place.
    ///
    /// # Errors
    /// Never in practice: a place is short.
    pub(crate) fn write(&self, place: &str) -> Result<String, ApiError> {
        let sealed = self.keys.seal(&self.context, place.as_bytes());
        let sealed = sealed.map_err(|_too_long| ApiError::Internal("page token"))?;
        Ok(sealed.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The place that the page before ended with; `None` for the first page.
    ///
    /// # Errors
    /// When the token is not one of ours, or one of another list.
    pub(crate) fn read(&self, token: &str) -> Result<Option<String>, ApiError> {
        if token.is_empty() {
            return Ok(None);
        }
        let octets = unhex(token).ok_or_else(bad_token)?;
        let place = self.keys.open(&self.context, &Sealed::from_bytes(octets)).map_err(|_refused| bad_token())?;
        String::from_utf8(place.to_vec()).map(Some).map_err(|_octets| bad_token())
    }
}

/// A token that cannot be used.
pub(crate) fn bad_token() -> ApiError {
    ApiError::request(
        "PAGE_TOKEN_INVALID",
        "page_token",
        "This is not the next_page_token of the page before, asked with the same filter and order; begin with an empty one.",
    )
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
        let tokens = Tokens::of(&keys, "List", &["a", ""]);
        let token = tokens.write("some-id").unwrap();
        assert!(!token.contains("some-id"));
        assert_eq!(tokens.read(&token).unwrap().as_deref(), Some("some-id"));
        assert_eq!(tokens.read("").unwrap(), None);
        for bad in ["x", "00", token.get(2..).unwrap(), &token.replace('0', "1")] {
            assert!(tokens.read(bad).is_err(), "{bad}");
        }
        for other in [Tokens::of(&keys, "List", &["", "a"]), Tokens::of(&keys, "Other", &["a", ""])] {
            assert!(other.read(&token).is_err(), "a token is good for its own list only");
        }
    }

    #[test]
    fn a_page_has_a_size() {
        assert_eq!((size(0).unwrap(), size(7).unwrap(), size(5_000).unwrap()), (50, 7, 1_000));
        assert!(size(-1).is_err());
    }
}
