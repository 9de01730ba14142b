//! What is different in a later state of the configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Connector, ConnectorId, Credential, Revision, Surroundings};

/// The way from one state to a later one of the same history. What is not named in it stays.
#[derive(Clone, Debug, Default)]
pub struct Delta {
    /// The state that it leads to.
    pub revision: Revision,
    /// Connectors that are gone, taken out before [`Self::upserts`] are put in. One that was not there is no fault.
    pub removed: Vec<ConnectorId>,
    /// Connectors that are new or different, each once.
    pub upserts: Vec<Arc<Connector>>,
    /// Secrets that are new, different, or gone (`None`). Those of connectors that are not there yet are kept for them.
    pub credentials: BTreeMap<ConnectorId, Option<Arc<Credential>>>,
    /// All that connectors refer to, where any of it is different.
    pub surroundings: Option<Surroundings>,
}
