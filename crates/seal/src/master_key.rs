//! A master key and its name.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use zeroize::Zeroizing;

use crate::mac::hmac_sha256;

/// Names a master key: eight octets, chosen at random when the key is made, and no secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; Self::LEN]);

impl KeyId {
    pub(crate) const LEN: usize = 8;

    pub(crate) const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn to_bytes(self) -> [u8; Self::LEN] {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A key that wraps the keys of secrets. The library wipes it when it is dropped.
pub(crate) struct MasterKey {
    pub(crate) id: KeyId,
    pub(crate) key: LessSafeKey,
    /// Derived from it, for tags.
    pub(crate) tag_key: Zeroizing<[u8; 32]>,
}

const TAG_LABEL: &[u8] = b"postroad seal tag 1\0";

impl MasterKey {
    pub(crate) fn new(id: KeyId, key: &[u8; 32]) -> Option<Self> {
        let tag_key = hmac_sha256(key, &[TAG_LABEL]);
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
        Some(Self { id, key, tag_key })
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, <redacted>)", self.id)
    }
}
