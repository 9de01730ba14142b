//! From a snapshot to a table, and from a table to the next one.

use std::sync::Arc;

use postroad_connector_model::{Delta, RelayIdentity, Snapshot};

use crate::edit::Edit;
use crate::place::Place;
use crate::{Problems, RouteTable};

/// Makes the table of a relay. The control plane compiles a set before it stores it, so a set that a relay would refuse
/// is never sent.
///
/// A connector that logs in but whose credential is not in the snapshot is no problem here: the control plane and relays
/// that may not use it have none. Nor is a certificate or a relay that nobody knows.
///
/// # Errors
/// Every problem at once: an id or a name (case ignored) that occurs twice, two connectors linked to one listener, more
/// connectors than the limit.
pub fn compile(snapshot: &Snapshot, relay: &RelayIdentity) -> Result<RouteTable, Problems> {
    let credentials = snapshot.credentials.iter().map(|(id, credential)| (id.clone(), Arc::clone(credential)));
    let mut edit = Edit::of(RouteTable {
        epoch: snapshot.epoch,
        revision: snapshot.revision,
        place: Arc::new(Place::new(&snapshot.surroundings, relay)),
        by_id: Default::default(),
        by_name: Default::default(),
        linked: Default::default(),
        index: Default::default(),
        senders: Default::default(),
        credentials: credentials.collect(),
    });
    for connector in &snapshot.connectors {
        edit.insert(connector);
    }
    edit.done()
}

impl RouteTable {
    /// The table of the later state, the same as if it had been compiled from the whole of it. It shares with this one
    /// whatever is the same in both, so that a change costs what it is large, not what the configuration is; other relays,
    /// sites or links cost a look at every connector.
    ///
    /// # Errors
    /// As [`compile`]; this table stays as it is.
    pub fn apply(&self, delta: &Delta) -> Result<Self, Problems> {
        let mut edit = Edit::of(Self { revision: delta.revision, ..self.clone() });
        if let Some(surroundings) = &delta.surroundings {
            edit.set_place(self.place.renewed(surroundings));
        }
        // All of them first: connectors may have swapped names.
        for id in delta.removed.iter().chain(delta.upserts.iter().map(|connector| &connector.id)) {
            edit.remove(id);
        }
        for (id, credential) in &delta.credentials {
            edit.set_credential(id, credential.as_ref());
        }
        for connector in &delta.upserts {
            edit.insert(connector);
        }
        edit.done()
    }

    /// The same configuration as seen from another relay.
    #[must_use]
    pub fn seen_from(&self, relay: &RelayIdentity) -> Self {
        let mut edit = Edit::of(self.clone());
        edit.set_place(self.place.moved(relay));
        edit.into_table()
    }
}
