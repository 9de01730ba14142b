//! The write of one object, decided and encoded, not yet made.

use std::sync::Arc;

use bytes::Bytes;
use postroad_api::config::v1::{Record, RecordKey, RecordKind};
use postroad_api::{
    RecordTimes, SALT_LEN, certificate_key_record, certificate_record, connector_record, credential_record,
    encode_secret, link_id, relay_record, site_link_record, site_record,
};
use postroad_connector_model::{
    CertificateKey, Connector, ConnectorId, Credential, RelayRecord, ResourceName, Site, SiteLink, StoredCertificate,
};
use prost::Message;

use crate::objects::{LinkName, Objects};

/// An object with its times.
pub(crate) type Shown<T> = (Arc<T>, RecordTimes);

/// What becomes of one object; `None`: it is removed.
#[derive(Debug)]
pub(crate) enum ObjectWrite {
    Connector(ConnectorId, Option<Shown<Connector>>, SecretEdit<Credential>),
    Certificate(ResourceName, Option<Shown<StoredCertificate>>, SecretEdit<CertificateKey>),
    Site(ResourceName, Option<Shown<Site>>),
    SiteLink(LinkName, Option<Shown<SiteLink>>),
    Relay(ResourceName, Option<Shown<RelayRecord>>),
    /// A secret is sealed anew, and stays what it is.
    SealedAnew,
}

/// What becomes of the secrets of an object.
#[derive(Debug)]
pub(crate) enum SecretEdit<T> {
    /// They stay as they are.
    Keep,
    /// They are replaced.
    Set(Arc<T>),
    /// There are none afterwards.
    Remove,
}

/// The write of an object with its records.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) object: ObjectWrite,
    pub(crate) records: Vec<RecordWrite>,
}

/// What becomes of one record.
#[derive(Debug)]
pub(crate) struct RecordWrite {
    pub(crate) kind: RecordKind,
    pub(crate) id: String,
    /// `None`: it is removed.
    pub(crate) body: Option<Bytes>,
    /// False: it stays in the control plane.
    pub(crate) for_relays: bool,
    /// The version that it must have, where the object's own record does not tell.
    pub(crate) expect: Option<u64>,
}

/// Encoded once: the octets that are hashed are the octets that are sent.
fn encoded<T, R: Message>(after: Option<&Shown<T>>, record: fn(&T, RecordTimes) -> R) -> Option<Bytes> {
    after.map(|(value, times)| Bytes::from(record(value, *times).encode_to_vec()))
}

/// Whether relays get these secrets: those that only buy access tokens stay here.
pub(crate) const fn is_for_relays(credential: &Credential) -> bool {
    !matches!(credential, Credential::OAuth(_))
}

impl Write {
    /// Writes a connector.
    pub(crate) fn connector(connector: Arc<Connector>, times: RecordTimes, secret: SecretEdit<Credential>) -> Self {
        let id = connector.id.clone();
        let salt = postroad_seal::random_bytes::<SALT_LEN>;
        let mut records = Vec::new();
        match &secret {
            SecretEdit::Keep => {}
            SecretEdit::Set(credential) => {
                let body = encode_secret(&credential_record(&id, credential, salt()));
                records.push(RecordWrite::new(RecordKind::Credential, id.as_str(), Some(body)));
                if let Some(record) = records.last_mut() {
                    record.for_relays = is_for_relays(credential);
                }
            }
            SecretEdit::Remove => records.push(RecordWrite::new(RecordKind::Credential, id.as_str(), None)),
        }
        let after = Some((connector, times));
        let body = encoded(after.as_ref(), connector_record);
        records.push(RecordWrite::new(RecordKind::Connector, id.as_str(), body));
        Self { object: ObjectWrite::Connector(id, after, secret), records }
    }

    /// Removes a connector with its secrets.
    pub(crate) fn no_connector(id: ConnectorId) -> Self {
        let records = vec![
            RecordWrite::new(RecordKind::Connector, id.as_str(), None),
            RecordWrite::new(RecordKind::Credential, id.as_str(), None),
        ];
        Self { object: ObjectWrite::Connector(id, None, SecretEdit::Remove), records }
    }

    /// Writes a certificate; or removes it, and its key.
    pub(crate) fn certificate(
        name: ResourceName,
        after: Option<Shown<StoredCertificate>>,
        key: SecretEdit<CertificateKey>,
    ) -> Self {
        let body = encoded(after.as_ref(), certificate_record);
        let mut records = vec![RecordWrite::new(RecordKind::Certificate, name.folded(), body)];
        let key_body = match &key {
            SecretEdit::Keep => None,
            SecretEdit::Set(key) => {
                let salt = postroad_seal::random_bytes::<SALT_LEN>();
                Some(Some(encode_secret(&certificate_key_record(&name, key, salt))))
            }
            SecretEdit::Remove => Some(None),
        };
        records.extend(key_body.map(|body| RecordWrite::new(RecordKind::CertificateKey, name.folded(), body)));
        Self { object: ObjectWrite::Certificate(name, after, key), records }
    }

    /// Writes or removes a site.
    pub(crate) fn site(name: ResourceName, after: Option<Shown<Site>>) -> Self {
        let records = vec![RecordWrite::new(RecordKind::Site, name.folded(), encoded(after.as_ref(), site_record))];
        Self { object: ObjectWrite::Site(name, after), records }
    }

    /// Writes or removes a link between sites.
    pub(crate) fn site_link(link: &Arc<SiteLink>, times: Option<RecordTimes>) -> Self {
        let after = times.map(|times| (Arc::clone(link), times));
        let body = encoded(after.as_ref(), site_link_record);
        let records = vec![RecordWrite::new(RecordKind::SiteLink, &link_id(link), body)];
        Self { object: ObjectWrite::SiteLink((link.from.clone(), link.to.clone()), after), records }
    }

    /// Writes or removes the record of a relay.
    pub(crate) fn relay(name: ResourceName, after: Option<Shown<RelayRecord>>) -> Self {
        let records = vec![RecordWrite::new(RecordKind::Relay, name.folded(), encoded(after.as_ref(), relay_record))];
        Self { object: ObjectWrite::Relay(name, after), records }
    }

    /// Seals a secret anew, unless it has changed since it was read.
    pub(crate) fn sealed_anew(opened: &Record, for_relays: bool) -> Option<Self> {
        let key = opened.key.as_ref()?;
        let body = Some(opened.body.clone());
        let record =
            RecordWrite { for_relays, expect: Some(opened.version), ..RecordWrite::new(key.kind(), &key.id, body) };
        Some(Self { object: ObjectWrite::SealedAnew, records: vec![record] })
    }

    /// The version of the object that a state holds.
    pub(crate) fn version_in(&self, objects: &Objects) -> Option<u64> {
        match &self.object {
            ObjectWrite::Connector(id, ..) => objects.connectors.get(id).map(|kept| kept.version),
            ObjectWrite::Certificate(name, ..) => objects.certificates.get(name).map(|kept| kept.version),
            ObjectWrite::Site(name, _) => objects.sites.get(name).map(|kept| kept.version),
            ObjectWrite::SiteLink(name, _) => objects.site_links.get(name).map(|kept| kept.version),
            ObjectWrite::Relay(name, _) => objects.relays.get(name).map(|kept| kept.version),
            ObjectWrite::SealedAnew => None,
        }
    }

    /// The kind and the id of the object's own record.
    pub(crate) fn main_record(&self) -> Option<&RecordWrite> {
        let is_secret = |kind| matches!(kind, RecordKind::Credential | RecordKind::CertificateKey);
        self.records.iter().find(|record| !is_secret(record.kind))
    }

    /// Whether it only seals a secret anew.
    pub(crate) const fn is_sealed_anew(&self) -> bool {
        matches!(self.object, ObjectWrite::SealedAnew)
    }

    /// Whether its secrets are replaced or removed.
    pub(crate) const fn changes_secret(&self) -> bool {
        match &self.object {
            ObjectWrite::Connector(_, _, secret) => !matches!(secret, SecretEdit::Keep),
            ObjectWrite::Certificate(_, _, key) => !matches!(key, SecretEdit::Keep),
            _ => false,
        }
    }
}

impl RecordWrite {
    fn new(kind: RecordKind, id: &str, body: Option<Bytes>) -> Self {
        Self { kind, id: id.to_owned(), body, for_relays: true, expect: None }
    }

    /// The record as it is written at a revision; `None` for a removal.
    pub(crate) fn record(&self, revision: u64) -> Option<Record> {
        let key = RecordKey { kind: self.kind.into(), id: self.id.clone() };
        self.body.as_ref().map(|body| Record { key: Some(key), version: revision, body: body.clone() })
    }
}
