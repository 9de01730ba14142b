//! The stored form of a secret.

use std::fmt;

use crate::master_key::KeyId;

pub(crate) const NONCE: usize = 12;
pub(crate) const TAG: usize = 16;
pub(crate) const DATA_KEY: usize = 32;
const WRAPPED: usize = DATA_KEY + TAG;
const VERSION: u8 = 1;
const HEADER: usize = 1 + KeyId::LEN + NONCE + WRAPPED + NONCE;
/// By how much a sealed secret is longer than the secret.
pub(crate) const OVERHEAD: usize = HEADER + TAG;

/// A sealed secret as it is kept. Whoever holds it without the key learns its length and the id of the key, no more.
///
/// The form, which never changes; a later one gets another version octet:
///
/// | octets | what |
/// |---|---|
/// | 1 | version of the form: 1 |
/// | 8 | id of the master key that wraps the data key |
/// | 12 | nonce of the wrap, random |
/// | 48 | the data key (32 random octets, for this secret alone), AES-256-GCM under the master key, tag last |
/// | 12 | nonce of the data, random |
/// | n + 16 | the secret, AES-256-GCM under the data key, tag last |
///
/// Additional data of the wrap: `postroad seal wrap 1`, a zero octet, the eight octets of the key's id, the context.
/// Additional data of the secret: `postroad seal data 1`, a zero octet, the context. The latter does not name the master
/// key, so that a data key can be wrapped anew without opening the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

/// A [`Sealed`] taken apart.
pub(crate) struct Parts<'a> {
    pub(crate) key_id: KeyId,
    pub(crate) wrap_nonce: [u8; NONCE],
    pub(crate) wrapped: &'a [u8],
    pub(crate) data_nonce: [u8; NONCE],
    pub(crate) data: &'a [u8],
}

/// Why it cannot be taken apart.
pub(crate) enum BadForm {
    Version(u8),
    Short(usize),
}

impl Sealed {
    /// Takes octets from a store; they are checked when they are opened.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The master key that it needs; `None` when it cannot be a sealed secret.
    #[must_use]
    pub fn key_id(&self) -> Option<KeyId> {
        self.split().ok().map(|parts| parts.key_id)
    }

    /// The octets to be stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The octets to be stored.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn join(parts: &Parts<'_>) -> Self {
        let mut bytes = Vec::with_capacity(HEADER + parts.data.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&parts.key_id.to_bytes());
        bytes.extend_from_slice(&parts.wrap_nonce);
        bytes.extend_from_slice(parts.wrapped);
        bytes.extend_from_slice(&parts.data_nonce);
        bytes.extend_from_slice(parts.data);
        Self(bytes)
    }

    pub(crate) fn split(&self) -> Result<Parts<'_>, BadForm> {
        match self.0.first() {
            Some(&VERSION) => {}
            Some(&other) => return Err(BadForm::Version(other)),
            None => return Err(BadForm::Short(0)),
        }
        if self.0.len() < OVERHEAD {
            return Err(BadForm::Short(self.0.len()));
        }
        self.split_header().ok_or(BadForm::Short(self.0.len()))
    }

    fn split_header(&self) -> Option<Parts<'_>> {
        let (_, rest) = self.0.split_first()?;
        let (key_id, rest) = rest.split_first_chunk()?;
        let (wrap_nonce, rest) = rest.split_first_chunk()?;
        let (wrapped, rest) = rest.split_at_checked(WRAPPED)?;
        let (data_nonce, data) = rest.split_first_chunk()?;
        Some(Parts {
            key_id: KeyId::from_bytes(*key_id),
            wrap_nonce: *wrap_nonce,
            wrapped,
            data_nonce: *data_nonce,
            data,
        })
    }
}

impl AsRef<[u8]> for Sealed {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} octets)", self.0.len())
    }
}
