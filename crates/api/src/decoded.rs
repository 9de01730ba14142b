//! All records of a view, read together: a connector's account stands in its CREDENTIAL record.

use std::collections::BTreeMap;
use std::sync::Arc;

use postroad_connector_model::{Connector, ConnectorId, Credential, Violations, limits};

use crate::config::v1 as wire;
use crate::{CredentialError, RecordTimes, read_connector_record, read_credential, violation_problems};

/// The records of a view in the terms of the model.
#[derive(Clone, Debug, Default)]
pub struct DecodedRecords {
    /// Every connector, in the order of the records.
    pub connectors: Vec<DecodedConnector>,
    /// Secrets by connector.
    pub credentials: BTreeMap<ConnectorId, Arc<Credential>>,
}

/// A connector with what is kept about it beside its fields.
#[derive(Clone, Debug)]
pub struct DecodedConnector {
    /// The connector.
    pub connector: Arc<Connector>,
    /// Revision that last changed its record.
    pub version: u64,
    /// When it was created and changed.
    pub times: RecordTimes,
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
    let mut connectors = Vec::new();
    for record in records {
        match record.key.as_ref().map(wire::RecordKey::kind) {
            Some(wire::RecordKind::Connector) => connectors.push(record),
            Some(wire::RecordKind::Credential) => match credential(record) {
                Ok((id, credential)) => {
                    decoded.credentials.insert(id, Arc::new(credential));
                }
                Err(error) => problems.extend(error.problems(record)),
            },
            _ => problems.extend(RecordError::UnknownKind.problems(record)),
        }
    }
    for record in connectors {
        match connector(record, &decoded.credentials) {
            Ok(connector) => decoded.connectors.push(connector),
            Err(error) => problems.extend(error.problems(record)),
        }
    }
    if problems.is_empty() { Ok(decoded) } else { Err(problems) }
}

fn connector(
    record: &wire::Record,
    credentials: &BTreeMap<ConnectorId, Arc<Credential>>,
) -> Result<DecodedConnector, RecordError> {
    let message: wire::ConnectorRecord = body(record)?;
    if record.key.as_ref().is_none_or(|key| key.id != message.id) {
        return Err(RecordError::WrongId);
    }
    let credential = credentials.get(&ConnectorId::new(&message.id));
    let user = credential.map(|credential| match credential.as_ref() {
        Credential::Basic(basic) => basic.user.as_str(),
    });
    let (connector, times) = read_connector_record(&message, user)?;
    Ok(DecodedConnector { connector: Arc::new(connector), version: record.version, times })
}

fn credential(record: &wire::Record) -> Result<(ConnectorId, Credential), RecordError> {
    let message: wire::CredentialRecord = body(record)?;
    if record.key.as_ref().is_none_or(|key| key.id != message.connector_id) {
        return Err(RecordError::WrongId);
    }
    Ok(read_credential(message)?)
}

fn body<M: prost::Message + Default>(record: &wire::Record) -> Result<M, RecordError> {
    if record.body.len() > limits::RECORD_BYTES {
        return Err(RecordError::TooLarge { size: record.body.len() });
    }
    // The decoder's own text could quote what it read.
    M::decode(record.body.clone()).map_err(|_malformed| RecordError::Malformed)
}
