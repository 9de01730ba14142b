//! Objects as operators see them, for comparing two states of them.

use postroad_api::{ServerFields, admin_connector, connector::v1 as admin, fleet::v1 as fleet};
use postroad_connector_model::{Connector, RelayRecord, Site, SiteLink, StoredCertificate};

use crate::difference::Portrait;
use crate::object::ObjectKind;

/// Where the key of a certificate stands.
pub(crate) const PRIVATE_KEY: &str = "private_key_pem";

pub(crate) fn connector(connector: &Connector) -> Portrait {
    let message = admin_connector(connector, ServerFields::default());
    Portrait::of(ObjectKind::Connector, &connector.name, &message)
}

pub(crate) fn certificate(certificate: &StoredCertificate) -> Portrait {
    let first = certificate.certificates.first().map(|der| postroad_seal::sha256(&[der])).unwrap_or_default();
    let message = admin::Certificate {
        name: certificate.name.to_string(),
        private_key_set: certificate.has_private_key,
        sha256: first.iter().map(|octet| format!("{octet:02x}")).collect(),
        ..Default::default()
    };
    Portrait::of(ObjectKind::Certificate, &certificate.name, &message)
}

pub(crate) fn site(site: &Site) -> Portrait {
    let message = fleet::Site { name: site.name.to_string(), comment: site.comment.clone(), ..Default::default() };
    Portrait::of(ObjectKind::Site, &site.name, &message)
}

pub(crate) fn site_link(link: &SiteLink) -> Portrait {
    let message = fleet::SiteLink {
        from_site: link.from.to_string(),
        to_site: link.to.to_string(),
        cost: Some(link.cost),
        ..Default::default()
    };
    Portrait::of(ObjectKind::SiteLink, format!("{} - {}", link.from, link.to), &message)
}

pub(crate) fn relay(relay: &RelayRecord) -> Portrait {
    let message = fleet::Relay {
        name: relay.name.to_string(),
        granted_site: relay.site.as_ref().map(ToString::to_string).unwrap_or_default(),
        labels: relay.labels.clone(),
        ..Default::default()
    };
    Portrait::of(ObjectKind::Relay, &relay.name, &message)
}
