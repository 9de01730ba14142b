//! A change of one connector, decided and encoded, not yet made.

use std::sync::Arc;

use bytes::Bytes;
use postroad_api::config::v1::{Record, RecordKey, RecordKind};
use postroad_api::{RecordTimes, SALT_LEN, connector_record, credential_record, encode_secret};
use postroad_connector_model::{Connector, ConnectorId, Credential, Warning};
use prost::Message as _;

/// What becomes of a connector.
#[derive(Debug)]
pub(crate) struct Edit {
    /// Which connector.
    pub(crate) id: ConnectorId,
    /// The version that was looked at; `None`: there was none.
    pub(crate) before: Option<u64>,
    /// The connector afterwards; `None`: it is removed.
    pub(crate) after: Option<(Arc<Connector>, RecordTimes)>,
    /// What becomes of its secrets.
    pub(crate) secret: SecretEdit,
    /// What the writer may not have meant.
    pub(crate) warnings: Vec<Warning>,
    bodies: Vec<(RecordKind, Bytes)>,
}

/// What becomes of the secrets of a connector.
#[derive(Debug)]
pub(crate) enum SecretEdit {
    /// They stay as they are.
    Keep,
    /// They are replaced.
    Set(Arc<Credential>),
    /// There are none afterwards.
    Remove,
}

impl Edit {
    /// Writes a connector. Encoded here once: the octets that are hashed are the octets that are sent.
    pub(crate) fn write(
        before: Option<u64>,
        connector: Arc<Connector>,
        times: RecordTimes,
        secret: SecretEdit,
    ) -> Self {
        let id = connector.id.clone();
        let mut bodies =
            vec![(RecordKind::Connector, Bytes::from(connector_record(&connector, times).encode_to_vec()))];
        if let SecretEdit::Set(credential) = &secret {
            let salt = postroad_seal::random_bytes::<SALT_LEN>();
            bodies.push((RecordKind::Credential, encode_secret(&credential_record(&id, credential, salt))));
        }
        Self { id, before, after: Some((connector, times)), secret, warnings: Vec::new(), bodies }
    }

    /// With what is to be told to the writer.
    pub(crate) fn warned(self, warnings: Vec<Warning>) -> Self {
        Self { warnings, ..self }
    }

    /// Removes a connector.
    pub(crate) const fn remove(id: ConnectorId, before: u64) -> Self {
        Self {
            id,
            before: Some(before),
            after: None,
            secret: SecretEdit::Remove,
            warnings: Vec::new(),
            bodies: Vec::new(),
        }
    }

    /// The records that are written, as relays get them at this revision.
    pub(crate) fn written(&self, revision: u64) -> impl Iterator<Item = Record> + '_ {
        self.bodies.iter().map(move |(kind, body)| Record {
            key: Some(RecordKey { kind: (*kind).into(), id: self.id.to_string() }),
            version: revision,
            body: body.clone(),
        })
    }

    /// The kinds of records that are removed.
    pub(crate) fn removed(&self) -> &'static [RecordKind] {
        match (&self.after, &self.secret) {
            (None, _) => &[RecordKind::Connector, RecordKind::Credential],
            (Some(_), SecretEdit::Remove) => &[RecordKind::Credential],
            (Some(_), SecretEdit::Keep | SecretEdit::Set(_)) => &[],
        }
    }
}
