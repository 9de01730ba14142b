//! What smart hosts were last seen to offer, and what can therefore be offered to clients.

mod extensions;

use std::collections::{HashMap, HashSet};

use postroad_connector_model::{Authentication, Connector, ConnectorId, SmartHost};
use postroad_mail_types::HostName;
use postroad_smtp_codec::Capabilities;

pub use extensions::{HEADER_ROOM, extensions};

/// What the hosts of each connector offered in the last EHLO reply that counted.
///
/// A host is known by its connector and by the fields that a connection to it is made with: when one of them changes,
/// what was seen before says nothing any more.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    known: HashMap<ConnectorId, Vec<Known>>,
}

/// One host of one connector, and what it offered.
#[derive(Clone, Debug)]
struct Known {
    key: ConnectionKey,
    offers: Capabilities,
}

/// The fields of a connector on which it depends what its host says to EHLO: where the host is, under which TLS settings,
/// name and account it is spoken to. All else of a connector may change and what was learned holds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ConnectionKey {
    host: SmartHost,
    port: u16,
    require_tls: bool,
    ignore_starttls: bool,
    authentication: Authentication,
    helo_name: Option<HostName>,
}

impl ConnectionKey {
    fn of(connector: &Connector, host: &SmartHost) -> Self {
        Self {
            host: host.clone(),
            port: connector.smart_host_port(host),
            require_tls: connector.require_tls,
            ignore_starttls: connector.ignore_starttls,
            authentication: connector.authentication.clone(),
            helo_name: connector.helo_name.clone(),
        }
    }

    /// As comparing with [`Self::of`], but nothing is copied.
    fn fits(&self, connector: &Connector, host: &SmartHost) -> bool {
        self.host.host == host.host
            && self.host.implicit_tls == host.implicit_tls
            && self.port == connector.smart_host_port(host)
            && self.require_tls == connector.require_tls
            && self.ignore_starttls == connector.ignore_starttls
            && self.authentication == connector.authentication
            && self.helo_name == connector.helo_name
    }
}

impl Learned {
    /// What this host of the connector offered last; `None`: it has not been asked yet.
    #[must_use]
    pub fn offered(&self, connector: &Connector, host: &SmartHost) -> Option<&Capabilities> {
        let known = self.known.get(&connector.id)?;
        known.iter().find(|known| known.key.fits(connector, host)).map(|known| &known.offers)
    }

    /// Keeps what a host offers. False: it is what it offered before.
    pub fn learn(&mut self, connector: &Connector, host: &SmartHost, offers: &Capabilities) -> bool {
        let hosts = self.known.entry(connector.id.clone()).or_default();
        match hosts.iter_mut().find(|known| known.key.fits(connector, host)) {
            Some(known) if known.offers == *offers => false,
            Some(known) => {
                known.offers.clone_from(offers);
                true
            }
            None => {
                hosts.push(Known { key: ConnectionKey::of(connector, host), offers: offers.clone() });
                true
            }
        }
    }

    /// Forgets the hosts of all connectors but these, and of these what was learned under other settings. True: there
    /// was something to forget.
    pub fn keep_only<'a>(&mut self, connectors: impl IntoIterator<Item = &'a Connector>) -> bool {
        let mut forgotten = false;
        let mut present = HashSet::new();
        for connector in connectors {
            present.insert(&connector.id);
            let Some(hosts) = self.known.get_mut(&connector.id) else { continue };
            let before = hosts.len();
            hosts.retain(|known| connector.smart_hosts.iter().any(|host| known.key.fits(connector, host)));
            forgotten |= hosts.len() < before;
        }
        self.known.retain(|id, hosts| {
            let kept = present.contains(id) && !hosts.is_empty();
            forgotten |= !kept;
            kept
        });
        forgotten
    }

    /// Hosts that are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.values().map(Vec::len).sum()
    }

    /// True when no host has answered yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}
