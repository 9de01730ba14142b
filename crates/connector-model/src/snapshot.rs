//! A numbered state of the whole configuration.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{
    CertificateKey, Connector, ConnectorId, Credential, RelayRecord, ResourceName, Site, SiteLink, StoredCertificate,
};

/// Number of the last change of the whole keyspace. It rises, with holes; 0 is "nothing yet".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// Random id of one history of revisions. Revisions of different epochs are never compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub [u8; 16]);

/// Everything a relay needs, at one revision.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Which history.
    pub epoch: Epoch,
    /// Which state of it.
    pub revision: Revision,
    /// Every connector.
    pub connectors: Vec<Arc<Connector>>,
    /// The secrets of those that this relay may use.
    pub credentials: BTreeMap<ConnectorId, Arc<Credential>>,
    /// Where relays stand, what connectors refer to.
    pub surroundings: Surroundings,
}

/// What connectors refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Every site.
    pub sites: BTreeMap<ResourceName, Arc<Site>>,
    /// Every link between sites, by its two sites.
    pub site_links: BTreeMap<(ResourceName, ResourceName), Arc<SiteLink>>,
    /// Lasting facts of relays.
    pub relays: BTreeMap<ResourceName, Arc<RelayRecord>>,
    /// Stored certificates and sets of roots.
    pub certificates: BTreeMap<ResourceName, Arc<StoredCertificate>>,
    /// The private keys of those that this process was given.
    pub certificate_keys: BTreeMap<ResourceName, Arc<CertificateKey>>,
}

/// The relay for which a table is compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayIdentity {
    /// Its name, compared without regard to case.
    pub name: String,
    /// The site it says it stands in; may be empty. The site of its record, if there is one, takes its place.
    pub site: String,
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
