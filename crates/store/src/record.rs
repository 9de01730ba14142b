//! Records and their names.

use bytes::Bytes;

use crate::error::StoreError;

/// The most octets a body may have (SR14), and any other opaque value: an audit event, the outcome of a request.
pub const MAX_BODY: usize = 64 * 1024;

/// The most octets an id may have.
pub const MAX_ID: usize = 128;

/// Kinds of records. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A connector without its secrets.
    Connector = 1,
    /// The sealed secrets of a connector.
    Credential = 2,
    /// A certificate without its key.
    Certificate = 3,
    /// A site.
    Site = 4,
    /// A relay as the registry knows it.
    Relay = 5,
    /// Settings of the whole house.
    Settings = 6,
    /// The link between two sites.
    SiteLink = 7,
    /// The sealed private key of a certificate.
    CertificateKey = 8,
}

impl Kind {
    /// Every kind, in order of its number.
    pub const ALL: [Self; 8] = [
        Self::Connector,
        Self::Credential,
        Self::Certificate,
        Self::Site,
        Self::Relay,
        Self::Settings,
        Self::SiteLink,
        Self::CertificateKey,
    ];

    /// The kind of a stored number; `None` for one that this version does not know.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// Whether its bodies are secrets: they must be sealed before the store sees them.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Credential | Self::CertificateKey)
    }
}

/// Names a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its kind.
    pub kind: Kind,
    /// Its id; not empty, at most [`MAX_ID`] octets.
    pub id: String,
}

impl Key {
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        check_id("id", &self.id)
    }
}

/// A record as it is kept. The body is opaque here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Which.
    pub key: Key,
    /// Revision that last changed it.
    pub version: u64,
    /// Encoded, and sealed where it holds a secret; at most 64 KiB.
    pub body: Bytes,
    /// SHA-256 of the body as relays get it.
    pub wire_hash: [u8; 32],
}

/// A record to be written.
#[derive(Clone, Debug)]
pub struct Put {
    /// Which.
    pub key: Key,
    /// Its new body.
    pub body: Bytes,
    /// SHA-256 of the body as relays get it.
    pub wire_hash: [u8; 32],
}

/// The whole keyspace at one revision.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Random id of this history of revisions.
    pub epoch: [u8; 16],
    /// The revision; 0 when nothing was ever written.
    pub revision: u64,
    /// Every record, in order of its key.
    pub records: Vec<StoredRecord>,
}

/// Refuses an id that is empty or too long.
pub(crate) fn check_id(what: &str, id: &str) -> Result<(), StoreError> {
    if id.is_empty() || id.len() > MAX_ID {
        return Err(StoreError::Invalid(format!("the {what} {id:?} has not 1 to {MAX_ID} octets")));
    }
    Ok(())
}
