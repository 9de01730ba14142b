//! Where the asking relay stands, and what it costs to reach the others: the part of a table that depends on sites.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use postroad_connector_model::{
    Connector, RelayIdentity, RelayRecord, ResourceName, SiteLink, SourceRelay, Surroundings,
};

use crate::distance::{Distance, Reach, Standing};
use crate::paths::costs_from;

/// The sites as seen from one relay. Relays without a site stand together in one without a name.
#[derive(Debug, Default)]
pub(crate) struct Place {
    relay: Option<ResourceName>,
    /// The site that it says it stands in, without regard to its record.
    said: Option<ResourceName>,
    site: Option<ResourceName>,
    /// From this site to each that can be reached, itself included.
    costs: BTreeMap<ResourceName, u32>,
    relays: BTreeMap<ResourceName, Arc<RelayRecord>>,
    links: BTreeMap<(ResourceName, ResourceName), Arc<SiteLink>>,
    labels: OnceLock<HashMap<Box<str>, Label>>,
}

/// The nearest of the relays that have a label.
#[derive(Debug, Default)]
struct Label {
    any_value: Option<Reach>,
    values: HashMap<Box<str>, Reach>,
}

impl Place {
    pub(crate) fn new(surroundings: &Surroundings, identity: &RelayIdentity) -> Self {
        let relay = ResourceName::parse(&identity.name).ok();
        let said = ResourceName::parse(&identity.site).ok();
        Self::seen_from(relay, said, surroundings.relays.clone(), surroundings.site_links.clone())
    }

    /// The same sites, seen from another relay.
    pub(crate) fn moved(&self, identity: &RelayIdentity) -> Self {
        let relay = ResourceName::parse(&identity.name).ok();
        let said = ResourceName::parse(&identity.site).ok();
        Self::seen_from(relay, said, self.relays.clone(), self.links.clone())
    }

    /// The same relay among other surroundings.
    pub(crate) fn renewed(&self, surroundings: &Surroundings) -> Self {
        let (relays, links) = (surroundings.relays.clone(), surroundings.site_links.clone());
        Self::seen_from(self.relay.clone(), self.said.clone(), relays, links)
    }

    fn seen_from(
        relay: Option<ResourceName>,
        said: Option<ResourceName>,
        relays: BTreeMap<ResourceName, Arc<RelayRecord>>,
        links: BTreeMap<(ResourceName, ResourceName), Arc<SiteLink>>,
    ) -> Self {
        let record = relay.as_ref().and_then(|name| relays.get(name));
        let site = record.and_then(|record| record.site.clone()).or_else(|| said.clone());
        let costs = site.as_ref().map(|site| costs_from(site, links.values().map(Arc::as_ref))).unwrap_or_default();
        Self { relay, said, site, costs, relays, links, labels: OnceLock::new() }
    }

    /// True when every connector stands to both in the same way.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.relay == other.relay && self.site == other.site && self.costs == other.costs && self.relays == other.relays
    }

    /// The site that the relay stands in, as people are told.
    pub(crate) fn site(&self) -> Option<&ResourceName> {
        self.site.as_ref()
    }

    pub(crate) fn standing(&self, connector: &Connector) -> Standing {
        if connector.source_relays.is_empty() {
            return Standing::Reached(Reach::HERE);
        }
        match connector.source_relays.iter().filter_map(|entry| self.nearest(entry)).min() {
            // A scoped connector is served by its source relays of this site alone.
            Some(reach) if connector.scoped && reach.distance == Distance::RemoteSite => Standing::OutOfScope,
            Some(reach) => Standing::Reached(reach),
            None if connector.scoped => Standing::OutOfScope,
            None => Standing::Unreachable,
        }
    }

    fn nearest(&self, entry: &SourceRelay) -> Option<Reach> {
        match entry {
            // Whatever is known of it, this relay reaches itself.
            SourceRelay::Relay(name) if self.relay.as_ref() == Some(name) => Some(Reach::HERE),
            SourceRelay::Relay(name) => self.reach(self.relays.get(name)?),
            SourceRelay::Group(label) => {
                let held = self.labels.get_or_init(|| self.by_label()).get(label.key())?;
                label.value().map_or(held.any_value, |value| held.values.get(value).copied())
            }
        }
    }

    fn reach(&self, record: &RelayRecord) -> Option<Reach> {
        if self.relay.as_ref() == Some(&record.name) {
            return Some(Reach::HERE);
        }
        if record.site == self.site {
            return Some(Reach { cost: 0, distance: Distance::ThisSite });
        }
        let cost = *self.costs.get(record.site.as_ref()?)?;
        Some(Reach { cost, distance: Distance::RemoteSite })
    }

    /// Made at the first look at a group: many configurations have none.
    fn by_label(&self) -> HashMap<Box<str>, Label> {
        let mut labels: HashMap<Box<str>, Label> = HashMap::new();
        for record in self.relays.values() {
            let Some(reach) = self.reach(record) else { continue };
            for (key, value) in &record.labels {
                let label = labels.entry(key.as_str().into()).or_default();
                label.any_value = Some(label.any_value.map_or(reach, |known| known.min(reach)));
                let known = label.values.entry(value.as_str().into()).or_insert(reach);
                *known = reach.min(*known);
            }
        }
        labels
    }
}
