//! A user of the file.

use postroad_seal::PasswordHash;

use crate::senders::Senders;
use crate::verifier::ScramCredential;

/// A user of the file, or a stand-in for one: then the name is empty.
#[derive(Debug)]
pub(crate) struct User {
    /// In its prepared form.
    pub(crate) name: Box<str>,
    pub(crate) hashes: Vec<PasswordHash>,
    pub(crate) scram: Option<ScramCredential>,
    /// Lower case.
    pub(crate) certificate: Option<Box<str>>,
    pub(crate) token: bool,
    pub(crate) senders: Senders,
}

impl User {
    pub(crate) const fn has_password(&self) -> bool {
        !self.hashes.is_empty() || self.scram.is_some()
    }

    /// Whether this is the password, prepared. Slow. The credential of SCRAM counts only where there is no hash: both are made
    /// from one password, and trying both would double the time.
    pub(crate) fn has_this_password(&self, password: &[u8]) -> bool {
        if self.hashes.is_empty() {
            return self.scram.as_ref().is_some_and(|scram| scram.verify(password));
        }
        self.hashes.iter().any(|hash| hash.verify(password))
    }
}
