//! Envelope encryption, digests and stored passwords: with tls the only crate that names a cryptography library.
//!
//! A secret is sealed by a [`KeyRing`] before a store sees it, and opened only where it is about to be sent to those who
//! may have it. [`ViewDigest`] and [`record_hash`] let two sides compare what they hold. Nothing here does I/O except
//! [`KeyRing::load_or_create`].

mod digest;
mod key_file;
mod key_ring;
mod mac;
mod master_key;
mod password_hash;
mod random;
mod scram_keys;
mod sealed;
mod view_digest;

pub use digest::{record_hash, sha256};
pub use key_file::KeyError;
pub use key_ring::{KeyRing, OpenError, SealError};
pub use mac::{hmac_sha256, pbkdf2_sha256, same_secret};
pub use master_key::KeyId;
pub use password_hash::{PasswordCost, PasswordCostError, PasswordHash, PasswordHashError};
pub use random::random_bytes;
pub use scram_keys::{ScramKeys, ScramVerifier};
pub use sealed::Sealed;
pub use view_digest::ViewDigest;
