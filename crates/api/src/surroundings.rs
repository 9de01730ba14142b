//! What connectors refer to, as relays get it and as the store keeps it.

use std::sync::Arc;

use postroad_connector_model::{
    CertificateKey, RelayRecord, ResourceName, SecretBytes, Site, SiteLink, StoredCertificate, Violations, limits,
};

use crate::config::v1 as wire;
use crate::{CredentialError, RecordTimes, SALT_LEN};

/// The record of a site.
#[must_use]
pub fn site_record(site: &Site, times: RecordTimes) -> wire::SiteRecord {
    wire::SiteRecord {
        name: site.name.to_string(),
        comment: site.comment.clone(),
        create_time: times.create,
        update_time: times.update,
    }
}

/// The record of a link between sites.
#[must_use]
pub fn site_link_record(link: &SiteLink, times: RecordTimes) -> wire::SiteLinkRecord {
    wire::SiteLinkRecord {
        from_site: link.from.to_string(),
        to_site: link.to.to_string(),
        cost: link.cost,
        create_time: times.create,
        update_time: times.update,
    }
}

/// The id of the record of a link: its sites in their order, lower-cased. No name holds the sign between them.
#[must_use]
pub fn link_id(link: &SiteLink) -> String {
    format!("{}~{}", link.from.folded(), link.to.folded())
}

/// The record of a relay.
#[must_use]
pub fn relay_record(relay: &RelayRecord, times: RecordTimes) -> wire::RelayRecord {
    wire::RelayRecord {
        name: relay.name.to_string(),
        site: relay.site.as_ref().map(ToString::to_string).unwrap_or_default(),
        labels: relay.labels.clone(),
        create_time: times.create,
        update_time: times.update,
    }
}

/// The record of a certificate, without its key.
#[must_use]
pub fn certificate_record(certificate: &StoredCertificate, times: RecordTimes) -> wire::CertificateRecord {
    wire::CertificateRecord {
        name: certificate.name.to_string(),
        certificates: certificate.certificates.iter().map(|der| der.to_vec()).collect(),
        has_private_key: certificate.has_private_key,
        create_time: times.create,
        update_time: times.update,
    }
}

/// The record of a certificate's private key. The salt is random and stays with this key.
#[must_use]
pub fn certificate_key_record(
    certificate: &ResourceName,
    key: &CertificateKey,
    salt: [u8; SALT_LEN],
) -> wire::CertificateKeyRecord {
    wire::CertificateKeyRecord {
        certificate: certificate.folded().to_owned(),
        salt: salt.to_vec(),
        private_key: key.0.expose().to_vec(),
    }
}

/// A record of something that connectors refer to.
pub(crate) trait SurroundingRecord: prost::Message + Default {
    /// What it is in the model.
    type Value;

    /// Reads it, and the id that its key must have.
    fn read(self) -> Result<(Self::Value, String), Violations>;

    /// When it came into being and when it last changed.
    fn times(&self) -> RecordTimes;
}

macro_rules! times {
    () => {
        fn times(&self) -> RecordTimes {
            RecordTimes { create: self.create_time, update: self.update_time }
        }
    };
}

impl SurroundingRecord for wire::SiteRecord {
    type Value = Site;

    fn read(self) -> Result<(Site, String), Violations> {
        let site = Site::new(&self.name, self.comment)?;
        let id = site.name.folded().to_owned();
        Ok((site, id))
    }

    times!();
}

impl SurroundingRecord for wire::SiteLinkRecord {
    type Value = SiteLink;

    fn read(self) -> Result<(SiteLink, String), Violations> {
        let link = SiteLink::new(&self.from_site, &self.to_site, Some(self.cost))?;
        let id = link_id(&link);
        Ok((link, id))
    }

    times!();
}

impl SurroundingRecord for wire::RelayRecord {
    type Value = RelayRecord;

    fn read(self) -> Result<(RelayRecord, String), Violations> {
        let relay = RelayRecord::new(&self.name, &self.site, self.labels)?;
        let id = relay.name.folded().to_owned();
        Ok((relay, id))
    }

    times!();
}

impl SurroundingRecord for wire::CertificateRecord {
    type Value = StoredCertificate;

    fn read(self) -> Result<(StoredCertificate, String), Violations> {
        let mut violations = Violations::default();
        let name = ResourceName::parse(&self.name).map_err(|error| violations.add("name", error.to_string())).ok();
        if self.certificates.is_empty() || self.certificates.len() > limits::CHAIN {
            violations.add("certificates_pem", format!("From 1 to {} certificates.", limits::CHAIN));
        }
        let Some(name) = name.filter(|_| violations.is_empty()) else { return Err(violations) };
        let id = name.folded().to_owned();
        let certificates = self.certificates.into_iter().map(Arc::from).collect();
        Ok((StoredCertificate { name, certificates, has_private_key: self.has_private_key }, id))
    }

    times!();
}

/// Reads the private key of a certificate.
pub(crate) fn read_certificate_key(
    mut record: wire::CertificateKeyRecord,
) -> Result<(ResourceName, CertificateKey), CredentialError> {
    if record.salt.len() != SALT_LEN {
        return Err(CredentialError::Salt);
    }
    let name = ResourceName::parse(&record.certificate).map_err(|_invalid| CredentialError::UnknownKind)?;
    if record.private_key.is_empty() {
        return Err(CredentialError::NoKey);
    }
    Ok((name, CertificateKey(SecretBytes::new(std::mem::take(&mut record.private_key)))))
}
