//! Envelope encryption and digests: with tls the only crate that names a cryptography library.
//!
//! A secret is sealed by a [`KeyRing`] before a store sees it, and opened only where it is about to be sent to those who
//! may have it. [`ViewDigest`] and [`record_hash`] let two sides compare what they hold. Nothing here does I/O except
//! [`KeyRing::load_or_create`].

mod digest;
mod key_file;
mod key_ring;
mod master_key;
mod random;
mod sealed;
mod view_digest;

pub use digest::{record_hash, sha256};
pub use key_file::KeyError;
pub use key_ring::{KeyRing, OpenError, SealError};
pub use master_key::KeyId;
pub use random::random_bytes;
pub use sealed::Sealed;
pub use view_digest::ViewDigest;
