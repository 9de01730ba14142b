//! A numbered state of the whole configuration.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{Connector, ConnectorId, Credential};

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
}

/// The relay for which a table is compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayIdentity {
    /// Its name.
    pub name: String,
    /// Its site; may be empty.
    pub site: String,
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
