//! Names that may not be shown, made comparable.

use std::fmt;
use std::sync::Arc;

use postroad_seal::{hmac_sha256, random_bytes};
use zeroize::Zeroizing;

/// A key of this process, under which names that clients send are recognised again without being kept.
///
/// It also makes the salts that unknown names get, so it outlives every reading of the users file: make one when the process
/// begins.
#[derive(Clone)]
pub struct NameKey(Arc<Zeroizing<[u8; 32]>>);

impl NameKey {
    /// A key that nobody can guess.
    #[must_use]
    pub fn random() -> Self {
        Self::from_octets(random_bytes::<32>())
    }

    /// A given key, for tests that need the same answers each time.
    #[must_use]
    pub fn from_octets(octets: [u8; 32]) -> Self {
        Self(Arc::new(Zeroizing::new(octets)))
    }

    pub(crate) fn subject(&self, name: &str) -> Subject {
        let octets = self.derive(b"subject", name);
        let mut numbers = octets.as_chunks::<8>().0.iter().map(|eight| u64::from_be_bytes(*eight));
        Subject(numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
    }

    /// 32 octets that belong to this use and this name.
    pub(crate) fn derive(&self, usage: &[u8], name: &str) -> Zeroizing<[u8; 32]> {
        hmac_sha256(self.0.as_slice(), &[usage, b"\0", name.as_bytes()])
    }
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameKey(<redacted>)")
    }
}

/// Stands for a user name that a client gave, known or not: the same for the same name within one process, and nothing more.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject(u64, u64);

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject")
    }
}
