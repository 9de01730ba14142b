//! What is kept instead of a password.

use std::fmt;
use std::num::NonZeroU32;

use postroad_seal::{PasswordCost, PasswordHash, PasswordHashError, ScramKeys, ScramVerifier, random_bytes};
use postroad_smtp_codec::sasl::base64;
use zeroize::Zeroizing;

use crate::password::Password;

/// What is kept instead of a password, in one of two forms.
#[derive(Clone, Debug)]
pub enum Verifier {
    /// argon2id, for PLAIN and LOGIN.
    Hash(PasswordHash),
    /// For SCRAM-SHA-256, and for PLAIN and LOGIN of a user who has no other.
    Scram(ScramCredential),
}

/// Why a text is no verifier. No variant carries any of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// It looks like a password.
    #[error(
        "this is no verifier, and a password in clear is not taken: make a verifier with `postroad user hash`, and change the \
         password if others could read it here"
    )]
    Clear,
    /// A hash of another kind.
    #[error("a hash of this kind is not taken, only argon2id and SCRAM-SHA-256: make one with `postroad user hash`")]
    Kind,
    /// Malformed argon2id.
    #[error("{0}")]
    Hash(#[from] PasswordHashError),
    /// Malformed SCRAM-SHA-256.
    #[error("{0}")]
    Scram(#[from] ScramError),
}

/// Why a text is no credential of SCRAM-SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScramError {
    /// It does not have the parts of the form.
    #[error("it should be SCRAM-SHA-256$rounds:salt$StoredKey:ServerKey (RFC 5803)")]
    Form,
    /// Too few or too many rounds.
    #[error("the rounds should be {} (RFC 7677) to {}", ScramCredential::MIN_ROUNDS, ScramCredential::MAX_ROUNDS)]
    Rounds,
    /// The salt is no base64 or has a length out of range.
    #[error("the salt should be 8 to 64 octets in base64")]
    Salt,
    /// A key is no base64 or does not have 32 octets.
    #[error("StoredKey and ServerKey should be 32 octets each, in base64")]
    Keys,
}

impl Verifier {
    /// Reads either form.
    ///
    /// # Errors
    /// Says what is wrong without repeating any of the text, for it may be a password.
    pub fn parse(text: &str) -> Result<Self, VerifierError> {
        if text.starts_with("$argon2") {
            return Ok(Self::Hash(PasswordHash::parse(text)?));
        }
        if let Some(rest) = text.strip_prefix("SCRAM-SHA-256$") {
            return Ok(Self::Scram(ScramCredential::parse(rest)?));
        }
        let other = text.starts_with("SCRAM-")
            || text.starts_with('{')
            || text.starts_with("$2")
            || text.starts_with("$scrypt");
        let crypt = text.strip_prefix('$').is_some_and(|rest| rest.contains('$'));
        Err(if other || crypt { VerifierError::Kind } else { VerifierError::Clear })
    }

    /// argon2id of a password, at the recommended cost. Slow. `None` cannot happen for a password that was prepared.
    #[must_use]
    pub fn argon2id(password: &Password) -> Option<Self> {
        PasswordHash::make(password.octets(), PasswordCost::RECOMMENDED).map(Self::Hash)
    }

    /// SCRAM-SHA-256 of a password. Slow.
    #[must_use]
    pub fn scram(password: &Password) -> Self {
        Self::Scram(ScramCredential::make(password, ScramCredential::ROUNDS))
    }

    /// The form that stands in a users file. It is a secret: whoever has it can try passwords.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        match self {
            Self::Hash(hash) => hash.to_text(),
            Self::Scram(scram) => scram.to_text(),
        }
    }
}

/// What a server keeps for SCRAM-SHA-256 (RFC 5803).
#[derive(Clone)]
pub struct ScramCredential {
    pub(crate) rounds: NonZeroU32,
    pub(crate) salt: Vec<u8>,
    pub(crate) keys: ScramVerifier,
}

impl ScramCredential {
    /// Fewest rounds of PBKDF2 (RFC 7677 §4).
    pub const MIN_ROUNDS: u32 = 4096;
    /// Most rounds: some tenths of a second here where PLAIN is checked, and at every client.
    pub const MAX_ROUNDS: u32 = 1_000_000;
    /// Rounds of those that are made here: every login costs the client some hundredths of a second.
    pub(crate) const ROUNDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(65_535);

    fn make(password: &Password, rounds: NonZeroU32) -> Self {
        let salt = random_bytes::<16>().to_vec();
        let keys = ScramKeys::derive(password.octets(), &salt, rounds).verifier();
        Self { rounds, salt, keys }
    }

    /// A credential that no password has but by chance.
    pub(crate) fn of_no_password(rounds: NonZeroU32) -> Self {
        let key = || Zeroizing::new(random_bytes::<32>());
        Self { rounds, salt: random_bytes::<16>().to_vec(), keys: ScramVerifier::from_keys(key(), key()) }
    }

    /// Reads what follows `SCRAM-SHA-256$`.
    fn parse(text: &str) -> Result<Self, ScramError> {
        let (head, keys) = text.split_once('$').ok_or(ScramError::Form)?;
        let (rounds, salt) = head.split_once(':').ok_or(ScramError::Form)?;
        let (stored, server) = keys.split_once(':').ok_or(ScramError::Form)?;
        if text.len() > 512 || rounds.is_empty() || !rounds.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ScramError::Form);
        }
        let in_range = |rounds: &u32| (Self::MIN_ROUNDS..=Self::MAX_ROUNDS).contains(rounds);
        let rounds = rounds.parse().ok().filter(in_range).and_then(NonZeroU32::new).ok_or(ScramError::Rounds)?;
        let salt = base64::decode(salt.as_bytes()).map(|salt| salt.expose().to_vec());
        let salt = salt.filter(|salt| (8..=64).contains(&salt.len())).ok_or(ScramError::Salt)?;
        let key = |text: &str| base64::decode(text.as_bytes())?.expose().try_into().ok().map(Zeroizing::new);
        let stored = key(stored).ok_or(ScramError::Keys)?;
        let server = key(server).ok_or(ScramError::Keys)?;
        Ok(Self { rounds, salt, keys: ScramVerifier::from_keys(stored, server) })
    }

    fn to_text(&self) -> Zeroizing<String> {
        let salt = base64::encode(&self.salt);
        let stored = Zeroizing::new(base64::encode(self.keys.stored_key()));
        let server = Zeroizing::new(base64::encode(self.keys.server_key()));
        Zeroizing::new(format!("SCRAM-SHA-256${}:{salt}${}:{}", self.rounds, *stored, *server))
    }

    /// Whether these octets are the password: derives the keys anew, which is slow.
    pub(crate) fn verify(&self, password: &[u8]) -> bool {
        ScramKeys::derive(password, &self.salt, self.rounds).verifier() == self.keys
    }
}

impl fmt::Debug for ScramCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScramCredential(<redacted>)")
    }
}

#[cfg(test)]
mod tests;
