//! The compiled table.

use std::fmt;
use std::sync::Arc;

use postroad_connector_model::{Connector, Credential, Epoch, Revision};

use crate::index::Index;

/// A connector with what is needed to use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutedConnector {
    /// The connector.
    pub connector: Arc<Connector>,
    /// Its secrets, where this process was given them.
    pub credential: Option<Arc<Credential>>,
}

/// A whole configuration, ready to be asked. It never changes; a new configuration is a new table.
pub struct RouteTable {
    pub(crate) epoch: Epoch,
    pub(crate) revision: Revision,
    /// In order of folded name: the position is the last tie-break.
    pub(crate) connectors: Vec<Arc<RoutedConnector>>,
    pub(crate) index: Index,
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
    pub const fn len(&self) -> usize {
        self.connectors.len()
    }

    /// True when it holds no connector.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.connectors.is_empty()
    }

    /// Every connector, disabled ones included, in order of name, case ignored.
    pub fn connectors(&self) -> impl ExactSizeIterator<Item = &Arc<RoutedConnector>> {
        self.connectors.iter()
    }
}

/// Which configuration, not what is in it: that may be a hundred thousand connectors.
impl fmt::Debug for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteTable")
            .field("epoch", &self.epoch)
            .field("revision", &self.revision)
            .field("connectors", &self.connectors.len())
            .finish_non_exhaustive()
    }
}
