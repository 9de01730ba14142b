//! Everything that is configured, by id and by name. A copy costs nothing: it shares whatever is the same.

use std::sync::Arc;

use postroad_api::{Decoded, DecodedRecords};
use postroad_connector_model::{
    CertificateKey, Connector, ConnectorId, Credential, RelayRecord, ResourceName, Site, SiteLink, StoredCertificate,
    Surroundings,
};
use rpds::RedBlackTreeMapSync as Map;

use crate::error::ApiError;
use crate::object::ObjectKind;
use crate::write::{ObjectWrite, SecretEdit, Shown};

/// The two sites of a link, in their order.
pub(crate) type LinkName = (ResourceName, ResourceName);

/// The objects of one state, with indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Objects {
    /// In order of id.
    pub(crate) connectors: Map<ConnectorId, Decoded<Connector>>,
    /// Secrets of connectors.
    pub(crate) credentials: Map<ConnectorId, Arc<Credential>>,
    /// By folded name, in its order.
    pub(crate) names: Map<String, ConnectorId>,
    /// Which connector is linked to a listener.
    listeners: Map<ResourceName, ConnectorId>,
    pub(crate) sites: Map<ResourceName, Decoded<Site>>,
    pub(crate) site_links: Map<LinkName, Decoded<SiteLink>>,
    pub(crate) relays: Map<ResourceName, Decoded<RelayRecord>>,
    pub(crate) certificates: Map<ResourceName, Decoded<StoredCertificate>>,
    pub(crate) certificate_keys: Map<ResourceName, Arc<CertificateKey>>,
}

impl Objects {
    /// What was read from the store.
    pub(crate) fn load(decoded: DecodedRecords) -> Self {
        let mut objects = Self::default();
        for kept in decoded.connectors {
            objects.put_connector(kept);
        }
        objects.credentials = decoded.credentials.into_iter().collect();
        objects.sites = by_name(decoded.sites, |site| site.name.clone());
        objects.site_links = by_name(decoded.site_links, |link| (link.from.clone(), link.to.clone()));
        objects.relays = by_name(decoded.relays, |relay| relay.name.clone());
        objects.certificates = by_name(decoded.certificates, |certificate| certificate.name.clone());
        objects.certificate_keys = decoded.certificate_keys.into_iter().collect();
        objects
    }

    /// Puts a write on them, as of this revision.
    pub(crate) fn apply(&mut self, write: &ObjectWrite, revision: u64) {
        match write {
            ObjectWrite::Connector(id, after, secret) => {
                self.remove_connector(id);
                if let Some((value, times)) = after {
                    self.put_connector(Decoded { value: Arc::clone(value), version: revision, times: *times });
                }
                edit(&mut self.credentials, id, secret);
            }
            ObjectWrite::Certificate(name, after, key) => {
                set(&mut self.certificates, name, after.as_ref(), revision);
                edit(&mut self.certificate_keys, name, key);
            }
            ObjectWrite::Site(name, after) => set(&mut self.sites, name, after.as_ref(), revision),
            ObjectWrite::SiteLink(name, after) => set(&mut self.site_links, name, after.as_ref(), revision),
            ObjectWrite::Relay(name, after) => set(&mut self.relays, name, after.as_ref(), revision),
            ObjectWrite::SealedAnew => {}
        }
    }

    /// The connector with this id, or else with this name, case ignored.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn find(&self, asked: &str) -> Result<&Decoded<Connector>, ApiError> {
        self.connectors
            .get(&ConnectorId::new(asked))
            .or_else(|| self.names.get(&asked.to_lowercase()).and_then(|id| self.connectors.get(id)))
            .ok_or_else(|| ApiError::unknown(ObjectKind::Connector, asked))
    }

    /// Whether this name, case ignored, belongs to another connector than this one.
    pub(crate) fn name_is_taken(&self, folded: &str, but_by: &ConnectorId) -> bool {
        self.names.get(folded).is_some_and(|id| id != but_by)
    }

    /// Whether another connector than this one is linked to the listener.
    pub(crate) fn listener_is_linked(&self, listener: &ResourceName, but_by: &ConnectorId) -> bool {
        self.listeners.get(listener).is_some_and(|id| id != but_by)
    }

    /// Names of the connectors that use a certificate. It looks at every connector.
    pub(crate) fn users_of(&self, certificate: &ResourceName) -> Vec<String> {
        let used = |named: &Option<ResourceName>| named.as_ref() == Some(certificate);
        (self.names.values())
            .filter_map(|id| self.connectors.get(id))
            .filter(|kept| used(&kept.value.client_certificate) || used(&kept.value.trusted_roots))
            .map(|kept| kept.value.name.to_string())
            .collect()
    }

    /// The certificate with this name.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn certificate(&self, asked: &str) -> Result<&Decoded<StoredCertificate>, ApiError> {
        let name = ResourceName::parse(asked).ok();
        name.and_then(|name| self.certificates.get(&name))
            .ok_or_else(|| ApiError::unknown(ObjectKind::Certificate, asked))
    }

    /// What connectors refer to, for the table.
    pub(crate) fn surroundings(&self) -> Surroundings {
        Surroundings {
            sites: self.sites.iter().map(|(name, kept)| (name.clone(), Arc::clone(&kept.value))).collect(),
            site_links: self.site_links.iter().map(|(name, kept)| (name.clone(), Arc::clone(&kept.value))).collect(),
            relays: self.relays.iter().map(|(name, kept)| (name.clone(), Arc::clone(&kept.value))).collect(),
            certificates: (self.certificates.iter())
                .map(|(name, kept)| (name.clone(), Arc::clone(&kept.value)))
                .collect(),
            certificate_keys: (self.certificate_keys.iter())
                .map(|(name, key)| (name.clone(), Arc::clone(key)))
                .collect(),
        }
    }

    fn put_connector(&mut self, kept: Decoded<Connector>) {
        let id = kept.value.id.clone();
        self.names.insert_mut(kept.value.name.folded(), id.clone());
        if let Some(listener) = &kept.value.linked_listener {
            self.listeners.insert_mut(listener.clone(), id.clone());
        }
        self.connectors.insert_mut(id, kept);
    }

    fn remove_connector(&mut self, id: &ConnectorId) {
        let Some(before) = self.connectors.get(id).map(|kept| Arc::clone(&kept.value)) else { return };
        self.connectors.remove_mut(id);
        // In one change a name can have gone to another connector already.
        if self.names.get(&before.name.folded()) == Some(id) {
            self.names.remove_mut(&before.name.folded());
        }
        if let Some(listener) = &before.linked_listener
            && self.listeners.get(listener) == Some(id)
        {
            self.listeners.remove_mut(listener);
        }
    }
}

fn by_name<K: Ord, T>(all: Vec<Decoded<T>>, name: impl Fn(&T) -> K) -> Map<K, Decoded<T>> {
    all.into_iter().map(|kept| (name(&kept.value), kept)).collect()
}

fn set<K: Ord + Clone, T>(map: &mut Map<K, Decoded<T>>, name: &K, after: Option<&Shown<T>>, revision: u64) {
    // The name shows as it was written last, so the key is written anew.
    map.remove_mut(name);
    if let Some((value, times)) = after {
        map.insert_mut(name.clone(), Decoded { value: Arc::clone(value), version: revision, times: *times });
    }
}

fn edit<K: Ord + Clone, T>(map: &mut Map<K, Arc<T>>, name: &K, secret: &SecretEdit<T>) {
    match secret {
        SecretEdit::Keep => {}
        SecretEdit::Set(value) => map.insert_mut(name.clone(), Arc::clone(value)),
        SecretEdit::Remove => {
            map.remove_mut(name);
        }
    }
}
