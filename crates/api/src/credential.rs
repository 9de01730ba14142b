//! Secrets of connectors as relays get them and as the store seals them.

use bytes::Bytes;
use postroad_connector_model::{
    BasicCredential, ConnectorId, Credential, KerberosCredential, OAuthSecrets, Secret, SecretBytes,
};
use zeroize::Zeroizing;

use crate::config::v1 as wire;
use crate::config::v1::credential_record::Kind;

/// Octets of the salt of a [`wire::CredentialRecord`].
pub const SALT_LEN: usize = 16;

/// Why a record of secrets cannot be used. No text holds a value.
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
    /// No token, and nothing to get one by.
    #[error("the token is empty")]
    NoToken,
    /// No keys of a Kerberos principal.
    #[error("the keytab is empty")]
    NoKeytab,
    /// No private key of a certificate.
    #[error("the private key is empty")]
    NoKey,
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
            Self::NoToken => "credential.oauth",
            Self::NoKeytab => "credential.kerberos.keytab",
            Self::NoKey => "private_key_pem",
        }
    }
}

/// The record of a connector's secrets. The salt is random and stays with this secret: with it a digest of the record
/// tells nothing about a weak password.
#[must_use]
pub fn credential_record(id: &ConnectorId, credential: &Credential, salt: [u8; SALT_LEN]) -> wire::CredentialRecord {
    let text = |secret: &Option<Secret>| secret.as_ref().map(|s| s.expose().to_owned()).unwrap_or_default();
    let kind = match credential {
        Credential::Basic(basic) => {
            Kind::Basic(wire::BasicSecret { user: basic.user.clone(), password: basic.password.expose().to_owned() })
        }
        Credential::OAuth(oauth) => Kind::Oauth(wire::OAuthSecret {
            token: text(&oauth.token),
            client_secret: text(&oauth.client_secret),
            refresh_token: text(&oauth.refresh_token),
        }),
        Credential::Kerberos(kerberos) => Kind::Kerberos(wire::KerberosSecret {
            principal: kerberos.principal.clone(),
            keytab: kerberos.keytab.expose().to_vec(),
        }),
    };
    wire::CredentialRecord { connector_id: id.to_string(), salt: salt.to_vec(), kind: Some(kind) }
}

/// The octets of a record of secrets, in a buffer that wipes itself when the last user drops it (SE7).
#[must_use]
pub fn encode_secret(record: &impl prost::Message) -> Bytes {
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
    let credential = match record.kind.as_mut() {
        None => return Err(CredentialError::UnknownKind),
        Some(Kind::Basic(basic)) => Credential::Basic(read_basic(basic)?),
        Some(Kind::Oauth(oauth)) => Credential::OAuth(read_oauth(oauth)?),
        Some(Kind::Kerberos(kerberos)) => Credential::Kerberos(read_kerberos(kerberos)?),
    };
    Ok((ConnectorId::new(&record.connector_id), credential))
}

fn read_basic(basic: &mut wire::BasicSecret) -> Result<BasicCredential, CredentialError> {
    if basic.user.is_empty() {
        return Err(CredentialError::NoUser);
    }
    if basic.password.is_empty() {
        return Err(CredentialError::NoPassword);
    }
    let password = Secret::new(std::mem::take(&mut basic.password));
    Ok(BasicCredential { user: std::mem::take(&mut basic.user), password })
}

fn read_oauth(oauth: &mut wire::OAuthSecret) -> Result<OAuthSecrets, CredentialError> {
    let take = |text: &mut String| Some(std::mem::take(text)).filter(|text| !text.is_empty()).map(Secret::new);
    let secrets = OAuthSecrets {
        token: take(&mut oauth.token),
        client_secret: take(&mut oauth.client_secret),
        refresh_token: take(&mut oauth.refresh_token),
    };
    if secrets == OAuthSecrets::default() { Err(CredentialError::NoToken) } else { Ok(secrets) }
}

fn read_kerberos(kerberos: &mut wire::KerberosSecret) -> Result<KerberosCredential, CredentialError> {
    if kerberos.principal.is_empty() {
        return Err(CredentialError::NoUser);
    }
    if kerberos.keytab.is_empty() {
        return Err(CredentialError::NoKeytab);
    }
    let keytab = SecretBytes::new(std::mem::take(&mut kerberos.keytab));
    Ok(KerberosCredential { principal: std::mem::take(&mut kerberos.principal), keytab })
}
