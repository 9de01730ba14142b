//! All records of a view, read together.

use std::collections::BTreeMap;
use std::sync::Arc;

use postroad_connector_model::{
    CertificateKey, Connector, ConnectorId, Credential, RelayRecord, ResourceName, Site, SiteLink, StoredCertificate,
    Surroundings, Violations, limits,
};

use crate::config::v1 as wire;
use crate::surroundings::{SurroundingRecord, read_certificate_key};
use crate::{CredentialError, RecordTimes, read_connector_record, read_credential, violation_problems};

/// The records of a view in the terms of the model.
#[derive(Clone, Debug, Default)]
pub struct DecodedRecords {
    /// Every connector, in the order of the records.
    pub connectors: Vec<Decoded<Connector>>,
    /// Secrets by connector.
    pub credentials: BTreeMap<ConnectorId, Arc<Credential>>,
    /// Sites.
    pub sites: Vec<Decoded<Site>>,
    /// Links between sites.
    pub site_links: Vec<Decoded<SiteLink>>,
    /// Relays.
    pub relays: Vec<Decoded<RelayRecord>>,
    /// Certificates.
    pub certificates: Vec<Decoded<StoredCertificate>>,
    /// Private keys by certificate.
    pub certificate_keys: BTreeMap<ResourceName, Arc<CertificateKey>>,
}

/// An object with what is kept about it beside its fields.
#[derive(Debug)]
pub struct Decoded<T> {
    /// The object.
    pub value: Arc<T>,
    /// Revision that last changed its record.
    pub version: u64,
    /// When it was created and changed.
    pub times: RecordTimes,
}

/// The object is shared, whatever it is.
impl<T> Clone for Decoded<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), version: self.version, times: self.times }
    }
}

impl DecodedRecords {
    /// What connectors refer to.
    #[must_use]
    pub fn surroundings(&self) -> Surroundings {
        Surroundings {
            sites: self.sites.iter().map(|kept| (kept.value.name.clone(), Arc::clone(&kept.value))).collect(),
            site_links: (self.site_links.iter())
                .map(|kept| ((kept.value.from.clone(), kept.value.to.clone()), Arc::clone(&kept.value)))
                .collect(),
            relays: self.relays.iter().map(|kept| (kept.value.name.clone(), Arc::clone(&kept.value))).collect(),
            certificates: (self.certificates.iter())
                .map(|kept| (kept.value.name.clone(), Arc::clone(&kept.value)))
                .collect(),
            certificate_keys: self.certificate_keys.clone(),
        }
    }
}

/// Why a record cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It has no key, or one of a kind that this version does not know.
    #[error("the kind of the record is not known")]
    UnknownKind,
    /// The body is larger than a record may be.
    #[error("the record is {size} octets large; the limit is {limit}", limit = limits::RECORD_BYTES)]
    TooLarge {
        /// Its size.
        size: usize,
    },
    /// The body is not the message that its kind promises.
    #[error("the body of the record cannot be decoded")]
    Malformed,
    /// The body names another object than the key.
    #[error("the body of the record belongs to another id than its key")]
    WrongId,
    /// The connector breaks rules of the model.
    #[error(transparent)]
    Invalid(#[from] Violations),
    /// The secrets cannot be used.
    #[error(transparent)]
    Credential(#[from] CredentialError),
}

impl RecordError {
    /// The same as the relay says it in a Nack.
    #[must_use]
    pub fn problems(&self, record: &wire::Record) -> Vec<wire::Problem> {
        let one = |reason: wire::ProblemReason, field: &str| {
            vec![wire::Problem {
                key: record.key.clone(),
                version: record.version,
                field_path: field.to_owned(),
                reason: reason.into(),
                text: self.to_string(),
            }]
        };
        match self {
            Self::UnknownKind => one(wire::ProblemReason::Unsupported, ""),
            Self::TooLarge { .. } => one(wire::ProblemReason::Limit, ""),
            Self::Malformed | Self::WrongId => one(wire::ProblemReason::Invalid, ""),
            Self::Credential(CredentialError::UnknownKind) => one(wire::ProblemReason::Unsupported, "credential"),
            Self::Credential(error) => one(wire::ProblemReason::Invalid, error.field()),
            Self::Invalid(violations) => violation_problems(record.key.as_ref(), record.version, violations),
        }
    }
}

/// Reads every record.
///
/// # Errors
/// The problems of all records, each with its key and the path of the field.
pub fn decode_records(records: &[wire::Record]) -> Result<DecodedRecords, Vec<wire::Problem>> {
    let mut decoded = DecodedRecords::default();
    let mut problems = Vec::new();
    for record in records {
        if let Err(error) = decoded.add(record) {
            problems.extend(error.problems(record));
        }
    }
    if problems.is_empty() { Ok(decoded) } else { Err(problems) }
}

impl DecodedRecords {
    fn add(&mut self, record: &wire::Record) -> Result<(), RecordError> {
        match record.key.as_ref().map(wire::RecordKey::kind) {
            Some(wire::RecordKind::Connector) => self.connectors.push(connector(record)?),
            Some(wire::RecordKind::Credential) => {
                let (id, credential) = credential(record)?;
                self.credentials.insert(id, Arc::new(credential));
            }
            Some(wire::RecordKind::Site) => self.sites.push(surrounding::<wire::SiteRecord>(record)?),
            Some(wire::RecordKind::SiteLink) => self.site_links.push(surrounding::<wire::SiteLinkRecord>(record)?),
            Some(wire::RecordKind::Relay) => self.relays.push(surrounding::<wire::RelayRecord>(record)?),
            Some(wire::RecordKind::Certificate) => {
                self.certificates.push(surrounding::<wire::CertificateRecord>(record)?);
            }
            Some(wire::RecordKind::CertificateKey) => {
                let (name, key) = certificate_key(record)?;
                self.certificate_keys.insert(name, Arc::new(key));
            }
            Some(wire::RecordKind::Unspecified | wire::RecordKind::Settings) | None => {
                return Err(RecordError::UnknownKind);
            }
        }
        Ok(())
    }
}

fn connector(record: &wire::Record) -> Result<Decoded<Connector>, RecordError> {
    let message: wire::ConnectorRecord = body(record)?;
    check_id(record, &message.id)?;
    let (connector, times) = read_connector_record(&message)?;
    Ok(Decoded { value: Arc::new(connector), version: record.version, times })
}

fn credential(record: &wire::Record) -> Result<(ConnectorId, Credential), RecordError> {
    let message: wire::CredentialRecord = body(record)?;
    check_id(record, &message.connector_id)?;
    Ok(read_credential(message)?)
}

fn certificate_key(record: &wire::Record) -> Result<(ResourceName, CertificateKey), RecordError> {
    let message: wire::CertificateKeyRecord = body(record)?;
    check_id(record, &message.certificate)?;
    Ok(read_certificate_key(message)?)
}

fn surrounding<R: SurroundingRecord>(record: &wire::Record) -> Result<Decoded<R::Value>, RecordError> {
    let message: R = body(record)?;
    let times = message.times();
    let (value, id) = message.read()?;
    check_id(record, &id)?;
    Ok(Decoded { value: Arc::new(value), version: record.version, times })
}

fn check_id(record: &wire::Record, id: &str) -> Result<(), RecordError> {
    if record.key.as_ref().is_some_and(|key| key.id == id) { Ok(()) } else { Err(RecordError::WrongId) }
}

fn body<M: prost::Message + Default>(record: &wire::Record) -> Result<M, RecordError> {
    if record.body.len() > limits::RECORD_BYTES {
        return Err(RecordError::TooLarge { size: record.body.len() });
    }
    // The decoder's own text could quote what it read.
    M::decode(record.body.clone()).map_err(|_malformed| RecordError::Malformed)
}
