//! Sealing and opening.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::mac::hmac_sha256;
use crate::master_key::{KeyId, MasterKey};
use crate::random::random_bytes;
use crate::sealed::{BadForm, DATA_KEY, NONCE, OVERHEAD, Parts, Sealed, TAG};

const WRAP_LABEL: &[u8] = b"postroad seal wrap 1\0";
const DATA_LABEL: &[u8] = b"postroad seal data 1\0";

/// The master keys: the first seals, all open.
///
/// Nonces are random, 96 bits; a data key seals once, and a master key may wrap 2^32 of them (NIST SP 800-38D, 8.3).
#[derive(Debug)]
pub struct KeyRing {
    pub(crate) first: MasterKey,
    pub(crate) others: Vec<MasterKey>,
}

/// Why a secret was not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is longer than AES-GCM can take at once (2^36 - 32 octets).
    #[error("the secret is too long to be sealed")]
    TooLong,
}

/// Why a sealed secret was not opened. No variant carries any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A later version of this program sealed it.
    #[error("the sealed secret has form {version}, which this version does not know")]
    UnknownForm {
        /// Its version octet.
        version: u8,
    },
    /// It cannot be a sealed secret.
    #[error("the sealed secret is cut short: {len} octets")]
    Short {
        /// Its length.
        len: usize,
    },
    /// Its master key is not in the key file.
    #[error("the sealed secret needs the master key {key_id}, which the key file does not hold")]
    UnknownKey {
        /// The key that is missing.
        key_id: KeyId,
    },
    /// It was changed, belongs to another context, or was sealed by another key of the same id.
    #[error("the sealed secret does not open: it was changed, or belongs elsewhere, or the key is another one")]
    Refused,
}

impl KeyRing {
    /// The id of the key that seals.
    #[must_use]
    pub fn sealing_key(&self) -> KeyId {
        self.first.id
    }

    /// Seals a secret under a key of its own, which the first master key wraps; [`Sealed`] describes the form.
    ///
    /// `context` says whose secret it is (connector id and the secret's own version or salt); it is not stored, and the
    /// secret opens only where the same context is given.
    ///
    /// # Errors
    /// [`SealError::TooLong`], beyond 64 GiB.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Sealed, SealError> {
        let data_key = Zeroizing::new(random_bytes::<DATA_KEY>());
        let (wrap_nonce, data_nonce) = (random_bytes::<NONCE>(), random_bytes::<NONCE>());
        let wrap_aad = wrap_context(self.first.id, context);
        let wrapped = encrypt(&self.first.key, wrap_nonce, &wrap_aad, data_key.as_ref());
        let key = aes_key(data_key.as_ref());
        let data = key.and_then(|key| encrypt(&key, data_nonce, &data_context(context), plain));
        let (Some(wrapped), Some(data)) = (wrapped, data) else {
            return Err(SealError::TooLong);
        };
        Ok(Sealed::join(&Parts { key_id: self.first.id, wrap_nonce, wrapped: &wrapped, data_nonce, data: &data }))
    }

    /// Opens a sealed secret; what it returns wipes itself, but its `Debug` shows it: wrap it at once.
    ///
    /// # Errors
    /// Whatever is wrong with it is named, except what an attacker could learn from: any change and any wrong context is
    /// the same [`OpenError::Refused`].
    pub fn open(&self, context: &[u8], sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let parts = sealed.split().map_err(|bad| match bad {
            BadForm::Version(version) => OpenError::UnknownForm { version },
            BadForm::Short(len) => OpenError::Short { len },
        })?;
        let key_id = parts.key_id;
        let master = self.find(key_id).ok_or(OpenError::UnknownKey { key_id })?;
        let wrap_aad = wrap_context(key_id, context);
        decrypt(&master.key, parts.wrap_nonce, &wrap_aad, parts.wrapped)
            .and_then(|data_key| aes_key(&data_key))
            .and_then(|key| decrypt(&key, parts.data_nonce, &data_context(context), parts.data))
            .ok_or(OpenError::Refused)
    }

    /// Keyed hashes of the parts, one after the other: one by each master key, that of the first first. Who does not hold a
    /// key can neither make one nor guess from it what was hashed.
    #[must_use]
    pub fn tags(&self, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        let keys = std::iter::once(&self.first).chain(&self.others);
        keys.map(|master| *hmac_sha256(master.tag_key.as_slice(), parts)).collect()
    }

    fn find(&self, id: KeyId) -> Option<&MasterKey> {
        std::iter::once(&self.first).chain(&self.others).find(|master| master.id == id)
    }
}

fn wrap_context(key_id: KeyId, context: &[u8]) -> Vec<u8> {
    [WRAP_LABEL, &key_id.to_bytes(), context].concat()
}

fn data_context(context: &[u8]) -> Vec<u8> {
    [DATA_LABEL, context].concat()
}

fn aes_key(bytes: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, bytes).ok().map(LessSafeKey::new)
}

fn encrypt(key: &LessSafeKey, nonce: [u8; NONCE], aad: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    // Room for all of it at once: a vector that grows leaves copies of the secret behind.
    let mut bytes = Vec::with_capacity(plain.len() + OVERHEAD);
    bytes.extend_from_slice(plain);
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce, Aad::from(aad), &mut bytes).ok()?;
    Some(bytes)
}

fn decrypt(key: &LessSafeKey, nonce: [u8; NONCE], aad: &[u8], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(data.to_vec());
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.open_in_place(nonce, Aad::from(aad), &mut bytes).ok()?;
    let plain = bytes.len().checked_sub(TAG)?;
    bytes.truncate(plain);
    Some(bytes)
}
