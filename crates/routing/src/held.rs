//! A connector as a table holds it.

use std::sync::Arc;

use postroad_connector_model::{Connector, Credential};

use crate::distance::{Distance, Reach, Standing};
use crate::senders::FilterId;

/// A connector with what is needed to use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutedConnector {
    /// The connector.
    pub connector: Arc<Connector>,
    /// Its secrets, where this process was given them.
    pub credential: Option<Arc<Credential>>,
    /// The relay of this table is one of its source relays: it may open the outside connection.
    pub is_source: bool,
}

/// A connector with what selection knows of it.
pub(crate) struct Held {
    pub(crate) routed: Arc<RoutedConnector>,
    /// The name in the form that it is compared in.
    pub(crate) folded: Arc<str>,
    pub(crate) standing: Standing,
    pub(crate) filter: FilterId,
}

impl Held {
    pub(crate) fn connector(&self) -> &Connector {
        &self.routed.connector
    }

    /// Cost of the way to its nearest source relay, and where that stands.
    pub(crate) const fn way(&self) -> (u32, Distance) {
        match self.standing {
            Standing::Reached(Reach { cost, distance }) => (cost, distance),
            Standing::OutOfScope | Standing::Unreachable => (0, Distance::RemoteSite),
        }
    }
}
