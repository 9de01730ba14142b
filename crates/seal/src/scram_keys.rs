//! The keys of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677): what a client derives from its password, and what a server keeps.

use std::fmt;
use std::num::NonZeroU32;

use zeroize::Zeroizing;

use crate::digest::sha256;
use crate::mac::{LEN, hmac_sha256, pbkdf2_sha256, same_secret};

/// What a client derives from its password: enough to log in.
#[derive(Clone)]
pub struct ScramKeys {
    client: Zeroizing<[u8; LEN]>,
    server: Zeroizing<[u8; LEN]>,
}

/// What a server keeps: enough to check a proof and to answer it, not enough to log in elsewhere. Whoever has it can try
/// passwords, and can play the server, so it is a secret too.
#[derive(Clone)]
pub struct ScramVerifier {
    stored: Zeroizing<[u8; LEN]>,
    server: Zeroizing<[u8; LEN]>,
}

impl ScramKeys {
    /// Derives the keys. The password is in its SASLprep form (RFC 4013); PBKDF2 makes this slow.
    #[must_use]
    pub fn derive(password: &[u8], salt: &[u8], rounds: NonZeroU32) -> Self {
        let salted = pbkdf2_sha256(password, salt, rounds);
        Self {
            client: hmac_sha256(salted.as_slice(), &[b"Client Key"]),
            server: hmac_sha256(salted.as_slice(), &[b"Server Key"]),
        }
    }

    /// `ClientProof` over `AuthMessage`.
    #[must_use]
    pub fn proof(&self, auth_message: &[&[u8]]) -> [u8; 32] {
        let stored = sha256(&[self.client.as_slice()]);
        exclusive_or(&self.client, &hmac_sha256(&stored, auth_message))
    }

    /// What a server keeps of these keys.
    #[must_use]
    pub fn verifier(&self) -> ScramVerifier {
        ScramVerifier { stored: Zeroizing::new(sha256(&[self.client.as_slice()])), server: self.server.clone() }
    }
}

impl ScramVerifier {
    /// Takes `StoredKey` and `ServerKey` as they were kept.
    #[must_use]
    pub const fn from_keys(stored: Zeroizing<[u8; 32]>, server: Zeroizing<[u8; 32]>) -> Self {
        Self { stored, server }
    }

    /// `StoredKey`.
    #[must_use]
    pub fn stored_key(&self) -> &[u8; 32] {
        &self.stored
    }

    /// `ServerKey`.
    #[must_use]
    pub fn server_key(&self) -> &[u8; 32] {
        &self.server
    }

    /// Whether `proof` is the `ClientProof` of somebody who knows the password, over this `AuthMessage`.
    #[must_use]
    pub fn accepts(&self, proof: &[u8; 32], auth_message: &[&[u8]]) -> bool {
        let signature = hmac_sha256(self.stored.as_slice(), auth_message);
        let client = Zeroizing::new(exclusive_or(proof, &signature));
        same_secret(&sha256(&[client.as_slice()]), self.stored.as_slice())
    }

    /// `ServerSignature` over `AuthMessage`: shows a client that this server has its verifier.
    #[must_use]
    pub fn signature(&self, auth_message: &[&[u8]]) -> [u8; 32] {
        *hmac_sha256(self.server.as_slice(), auth_message)
    }
}

/// The same keys, in a time that does not tell how much of them is the same.
impl PartialEq for ScramVerifier {
    fn eq(&self, other: &Self) -> bool {
        same_secret(self.stored.as_slice(), other.stored.as_slice())
            & same_secret(self.server.as_slice(), other.server.as_slice())
    }
}

impl Eq for ScramVerifier {}

fn exclusive_or(one: &[u8; LEN], other: &[u8; LEN]) -> [u8; LEN] {
    let mut result = *one;
    for (to, with) in result.iter_mut().zip(other) {
        *to ^= with;
    }
    result
}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScramKeys(<redacted>)")
    }
}

impl fmt::Debug for ScramVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScramVerifier(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(password: &str) -> ScramKeys {
        ScramKeys::derive(password.as_bytes(), b"salt of the user", NonZeroU32::new(4096).unwrap())
    }

    #[test]
    fn a_proof_is_good_for_its_password_and_its_message() {
        let verifier = keys("pencil").verifier();
        let proof = keys("pencil").proof(&[b"a,", b"b"]);
        assert!(verifier.accepts(&proof, &[b"a,b"]));
        assert!(!verifier.accepts(&proof, &[b"a,c"]));
        assert!(!verifier.accepts(&keys("pencils").proof(&[b"a,b"]), &[b"a,b"]));
        assert!(!verifier.accepts(&[0; 32], &[b"a,b"]));
        assert_ne!(keys("pencils").verifier(), verifier);
    }

    #[test]
    fn th10_keys_are_not_shown() {
        let keys = keys("pencil");
        let shown = format!("{keys:?} {:?}", keys.verifier());
        assert_eq!(shown, "ScramKeys(<redacted>) ScramVerifier(<redacted>)");
    }
}
