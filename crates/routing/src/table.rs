//! The compiled table.

use std::fmt;
use std::sync::Arc;

use postroad_connector_model::{ConnectorId, Credential, Epoch, ResourceName, Revision};
use rpds::{HashTrieMapSync, RedBlackTreeMapSync};

use crate::RoutedConnector;
use crate::held::Held;
use crate::index::Index;
use crate::place::Place;
use crate::senders::Senders;

/// A whole configuration, as seen from one relay, ready to be asked. It never changes; a new configuration is a new table,
/// which shares with the one before whatever is the same in both.
#[derive(Clone)]
pub struct RouteTable {
    pub(crate) epoch: Epoch,
    pub(crate) revision: Revision,
    pub(crate) place: Arc<Place>,
    pub(crate) by_id: HashTrieMapSync<ConnectorId, Arc<Held>>,
    /// By folded name.
    pub(crate) by_name: RedBlackTreeMapSync<Arc<str>, Arc<Held>>,
    /// By folded name of the listener.
    pub(crate) linked: HashTrieMapSync<Box<str>, Arc<Held>>,
    pub(crate) index: Index,
    pub(crate) senders: Senders,
    /// Those of connectors that are not there too: they may come later.
    pub(crate) credentials: HashTrieMapSync<ConnectorId, Arc<Credential>>,
}

impl RouteTable {
    /// The history that [`Self::revision`] belongs to.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The state of the configuration that this table was made from.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// How many connectors it holds, disabled ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.size()
    }

    /// True when it holds no connector.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Every connector, disabled ones included, in order of name, case ignored.
    pub fn connectors(&self) -> impl ExactSizeIterator<Item = &Arc<RoutedConnector>> {
        self.by_name.values().map(|held| &held.routed)
    }

    /// The connector with this id.
    #[must_use]
    pub fn connector(&self, id: &ConnectorId) -> Option<&Arc<RoutedConnector>> {
        self.by_id.get(id).map(|held| &held.routed)
    }

    /// The site that the relay of this table stands in: that of its record, or else the one it says itself.
    #[must_use]
    pub fn site(&self) -> Option<&ResourceName> {
        self.place.site()
    }

    /// The connector that takes all mail of a listener, if one is linked to it.
    pub(crate) fn linked_to(&self, listener: Option<&str>) -> Option<&Arc<Held>> {
        // Most configurations have none.
        let listener = listener.filter(|_| !self.linked.is_empty())?;
        self.linked.get(&*listener.to_ascii_lowercase())
    }
}

/// Which configuration, not what is in it: that may be a hundred thousand connectors.
impl fmt::Debug for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteTable")
            .field("epoch", &self.epoch)
            .field("revision", &self.revision)
            .field("connectors", &self.len())
            .finish_non_exhaustive()
    }
}
