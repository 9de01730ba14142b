//! Stored passwords: argon2id (RFC 9106) in the PHC string form.
//!
//! `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, salt and hash in base64 without padding. Of the family only argon2id in version
//! 19 (1.3) is taken, without key and associated data.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64Unpadded, Encoding as _};
use zeroize::Zeroizing;

use crate::mac::same_secret;
use crate::random::random_bytes;

mod cost;
pub use cost::{PasswordCost, PasswordCostError};

/// Octets of a salt that is made here (RFC 9106 §3.1 recommends 16).
const SALT: usize = 16;
/// Octets of a hash that is made here.
const HASH: usize = 32;
/// Longest text that is read.
const MAX_TEXT: usize = 256;

/// A password as it is kept: argon2id of it.
#[derive(Clone)]
pub struct PasswordHash {
    cost: PasswordCost,
    salt: Box<[u8]>,
    hash: Zeroizing<Vec<u8>>,
}

/// Why a text is not a password hash. No variant carries any of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashError {
    /// Another function than argon2id.
    #[error("only argon2id is taken, not argon2i, argon2d or another function")]
    Function,
    /// Another version than 19.
    #[error("only version 19 of argon2 is taken: write v=19")]
    Version,
    /// The parameters cannot be read.
    #[error("the parameters should be m=…,t=…,p=…: memory in KiB, passes, lanes")]
    Parameters,
    /// The parameters ask for too much or too little.
    #[error(transparent)]
    Cost(#[from] PasswordCostError),
    /// The salt is no base64 or has a length out of range.
    #[error("the salt should be 8 to 64 octets in base64 without `=`")]
    Salt,
    /// The hash is no base64 or has a length out of range.
    #[error("the hash should be 16 to 64 octets in base64 without `=`")]
    Hash,
    /// It does not have the five parts of the form.
    #[error("it should be $argon2id$v=19$m=…,t=…,p=…$salt$hash")]
    Form,
}

impl PasswordHash {
    /// Hashes a password with a salt of its own. Slow, and takes the memory that `cost` says.
    ///
    /// `None` when the password is longer than argon2 takes (4 GiB).
    #[must_use]
    pub fn make(password: &[u8], cost: PasswordCost) -> Option<Self> {
        let salt = random_bytes::<SALT>();
        let hash = argon2id(password, &salt, cost, HASH)?;
        Some(Self { cost, salt: Box::new(salt), hash })
    }

    /// A hash that no password has but by chance, 1 in 2^256: checking against it takes the time of a true one.
    #[must_use]
    pub fn of_no_password(cost: PasswordCost) -> Self {
        let hash = Zeroizing::new(random_bytes::<HASH>().to_vec());
        Self { cost, salt: Box::new(random_bytes::<SALT>()), hash }
    }

    /// Reads the PHC string form.
    ///
    /// # Errors
    /// Names the part that is wrong; nothing of the text is repeated.
    pub fn parse(text: &str) -> Result<Self, PasswordHashError> {
        let mut parts = text.split('$');
        if text.len() > MAX_TEXT || parts.next() != Some("") {
            return Err(PasswordHashError::Form);
        }
        match parts.next() {
            Some("argon2id") => {}
            Some(_) => return Err(PasswordHashError::Function),
            None => return Err(PasswordHashError::Form),
        }
        if parts.next() != Some("v=19") {
            return Err(PasswordHashError::Version);
        }
        let parameters = parts.next().ok_or(PasswordHashError::Form)?;
        let (Some(salt), Some(hash), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(PasswordHashError::Form);
        };
        let cost = parse_cost(parameters)?;
        let salt = decode(salt, 8).ok_or(PasswordHashError::Salt)?.to_vec().into_boxed_slice();
        let hash = decode(hash, 16).ok_or(PasswordHashError::Hash)?;
        Ok(Self { cost, salt, hash })
    }

    /// The PHC string form. It is a secret: whoever has it can try passwords.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let PasswordCost { memory, passes, lanes } = self.cost;
        let salt = Base64Unpadded::encode_string(&self.salt);
        let hash = Zeroizing::new(Base64Unpadded::encode_string(&self.hash));
        Zeroizing::new(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${}", *hash))
    }

    /// Whether this is the password. Slow, and takes the memory that [`cost`](Self::cost) says: not for an async task.
    #[must_use]
    pub fn verify(&self, password: &[u8]) -> bool {
        argon2id(password, &self.salt, self.cost, self.hash.len()).is_some_and(|hash| same_secret(&hash, &self.hash))
    }

    /// What a check takes.
    #[must_use]
    pub const fn cost(&self) -> PasswordCost {
        self.cost
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(<redacted>)")
    }
}

fn argon2id(password: &[u8], salt: &[u8], cost: PasswordCost, len: usize) -> Option<Zeroizing<Vec<u8>>> {
    let parameters = Params::new(cost.memory, cost.passes, cost.lanes, Some(len)).ok()?;
    let mut hash = Zeroizing::new(vec![0; len]);
    let function = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    function.hash_password_into(password, salt, &mut hash).ok()?;
    Some(hash)
}

fn parse_cost(text: &str) -> Result<PasswordCost, PasswordHashError> {
    let mut parts = text.split(',');
    let mut number = |prefix: &str| {
        let digits = parts.next()?.strip_prefix(prefix)?;
        let plain = !digits.is_empty() && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
        // What does not fit the type is beyond every limit.
        plain.then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let (Some(memory), Some(passes), Some(lanes)) = (number("m="), number("t="), number("p=")) else {
        return Err(PasswordHashError::Parameters);
    };
    if parts.next().is_some() {
        return Err(PasswordHashError::Parameters);
    }
    Ok(PasswordCost::new(memory, passes, lanes)?)
}

fn decode(text: &str, min: usize) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = Zeroizing::new(Base64Unpadded::decode_vec(text).ok()?);
    (min..=64).contains(&bytes.len()).then_some(bytes)
}

#[cfg(test)]
mod tests;
