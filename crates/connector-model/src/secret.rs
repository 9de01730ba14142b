//! Values that are never shown.

use std::fmt;

use zeroize::Zeroizing;

/// A text that wipes itself and prints as `<redacted>`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over a secret text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself: only for the wire to the smart host and for sealing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// What a relay logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// User name and password.
    Basic(BasicCredential),
}

/// User name and password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicCredential {
    /// The user name; not empty.
    pub user: String,
    /// The password; not empty.
    pub password: Secret,
}
