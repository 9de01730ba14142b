//! Secrets of connectors as relays get them and as the store seals them.

use bytes::Bytes;
use postroad_connector_model::{BasicCredential, ConnectorId, Credential, Secret};
use prost::Message as _;
use zeroize::Zeroizing;

use crate::config::v1 as wire;

/// Octets of the salt of a [`wire::CredentialRecord`].
pub const SALT_LEN: usize = 16;

/// Why a credential record cannot be used. No text holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The salt has another length than 16 octets.
    #[error("the salt of the credential is not 16 octets long")]
    Salt,
    /// The account is of a kind that this version does not know.
    #[error("the kind of account is not known")]
    UnknownKind,
    /// No user name.
    #[error("the user name is empty")]
    NoUser,
    /// No password.
    #[error("the password is empty")]
    NoPassword,
}

impl CredentialError {
    /// Path of the field at fault, relative to the connector where it has one there.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Salt => "salt",
            Self::UnknownKind => "credential",
            Self::NoUser => "credential.basic.user",
            Self::NoPassword => "credential.basic.password",
        }
    }
}

/// The record of a connector's secrets. The salt is random and stays with this secret: with it a digest of the record
/// tells nothing about a weak password.
#[must_use]
pub fn credential_record(id: &ConnectorId, credential: &Credential, salt: [u8; SALT_LEN]) -> wire::CredentialRecord {
    let Credential::Basic(basic) = credential;
    wire::CredentialRecord {
        connector_id: id.to_string(),
        salt: salt.to_vec(),
        kind: Some(wire::credential_record::Kind::Basic(wire::BasicSecret {
            user: basic.user.clone(),
            password: basic.password.expose().to_owned(),
        })),
    }
}

/// The octets of the record, in a buffer that wipes itself when the last user drops it (SE7).
#[must_use]
pub fn encode_credential(record: &wire::CredentialRecord) -> Bytes {
    Bytes::from_owner(Zeroizing::new(record.encode_to_vec()))
}

/// Reads the secrets of a connector.
///
/// # Errors
/// Names the part that is missing or unknown.
pub fn read_credential(mut record: wire::CredentialRecord) -> Result<(ConnectorId, Credential), CredentialError> {
    if record.salt.len() != SALT_LEN {
        return Err(CredentialError::Salt);
    }
    let Some(wire::credential_record::Kind::Basic(basic)) = record.kind.as_mut() else {
        return Err(CredentialError::UnknownKind);
    };
    if basic.user.is_empty() {
        return Err(CredentialError::NoUser);
    }
    if basic.password.is_empty() {
        return Err(CredentialError::NoPassword);
    }
    let credential = Credential::Basic(BasicCredential {
        user: std::mem::take(&mut basic.user),
        password: Secret::new(std::mem::take(&mut basic.password)),
    });
    Ok((ConnectorId::new(&record.connector_id), credential))
}
