//! Octets that may be a secret.

use std::fmt;

use zeroize::Zeroizing;

/// Octets of an exchange, which may be a password: they never show themselves, and are wiped when dropped.
///
/// Comparing two is for tests; it takes as long as they are alike.
#[derive(Clone, PartialEq, Eq)]
pub struct SaslOctets(Zeroizing<Vec<u8>>);

impl SaslOctets {
    /// The octets.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for SaslOctets {
    fn from(octets: Vec<u8>) -> Self {
        Self(Zeroizing::new(octets))
    }
}

impl fmt::Debug for SaslOctets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaslOctets(…)")
    }
}
