//! Connectors into a table and out of it.

use std::sync::Arc;

use postroad_connector_model::{Connector, ConnectorId, Credential, limits};

use crate::distance::{Distance, Standing};
use crate::held::Held;
use crate::place::Place;
use crate::{Problem, Problems, RouteTable, RoutedConnector};

/// A table on its way to the next one.
pub(crate) struct Edit {
    table: RouteTable,
    problems: Vec<Problem>,
    /// There was a connector beyond the limit.
    full: bool,
}

impl Edit {
    pub(crate) const fn of(table: RouteTable) -> Self {
        Self { table, problems: Vec::new(), full: false }
    }

    /// The table, or everything that speaks against it.
    pub(crate) fn done(self) -> Result<RouteTable, Problems> {
        if self.problems.is_empty() { Ok(self.table) } else { Err(Problems(self.problems)) }
    }

    /// The table as far as it came.
    pub(crate) fn into_table(self) -> RouteTable {
        self.table
    }

    pub(crate) fn remove(&mut self, id: &ConnectorId) {
        if let Some(held) = self.table.by_id.get(id).cloned() {
            self.unindex(&held);
            self.table.by_id.remove_mut(id);
            self.table.by_name.remove_mut(&held.folded);
        }
    }

    /// Puts a connector in, unless it clashes with one that is there.
    pub(crate) fn insert(&mut self, connector: &Arc<Connector>) {
        if let Some(first) = self.table.by_id.get(&connector.id) {
            let text = format!(
                "Two connectors have the id {}: \"{}\" and \"{}\".",
                connector.id,
                first.connector().name,
                connector.name
            );
            return self.refuse(connector, "id", text);
        }
        let folded: Arc<str> = connector.name.folded().into();
        if let Some(first) = self.table.by_name.get(&folded) {
            let text = format!("Another connector already has this name: {}.", both(first.connector(), connector));
            return self.refuse(connector, "name", text);
        }
        if let Some(first) = connector.linked_listener.as_ref().and_then(|l| self.table.linked.get(l.folded())) {
            let text = format!("Another connector is linked to this listener: {}.", both(first.connector(), connector));
            return self.refuse(connector, "linked_listener", text);
        }
        if self.table.len() == limits::CONNECTORS {
            // Told once, not for each of them.
            if !std::mem::replace(&mut self.full, true) {
                let most = limits::CONNECTORS;
                let text = format!("At most {most} connectors; \"{}\" is the first beyond the limit.", connector.name);
                self.refuse(connector, "id", text);
            }
            return;
        }
        let credential = self.table.credentials.get(&connector.id).cloned();
        self.put(Arc::clone(connector), credential, folded);
    }

    /// Changes a secret, or takes it away.
    pub(crate) fn set_credential(&mut self, id: &ConnectorId, credential: Option<&Arc<Credential>>) {
        match credential {
            Some(credential) => self.table.credentials.insert_mut(id.clone(), Arc::clone(credential)),
            None => {
                self.table.credentials.remove_mut(id);
            }
        }
        if let Some(held) = self.table.by_id.get(id).cloned() {
            self.unindex(&held);
            self.put(Arc::clone(&held.routed.connector), credential.cloned(), Arc::clone(&held.folded));
        }
    }

    /// Looks at every connector from another place, and moves those that stand differently from there.
    pub(crate) fn set_place(&mut self, place: Place) {
        if place.is_like(&self.table.place) {
            self.table.place = Arc::new(place);
            return;
        }
        let moved: Vec<_> = (self.table.by_id.values())
            .filter(|held| place.standing(held.connector()) != held.standing)
            .map(Arc::clone)
            .collect();
        self.table.place = Arc::new(place);
        for held in moved {
            self.unindex(&held);
            let RoutedConnector { connector, credential, .. } = &*held.routed;
            self.put(Arc::clone(connector), credential.clone(), Arc::clone(&held.folded));
        }
    }

    fn put(&mut self, connector: Arc<Connector>, credential: Option<Arc<Credential>>, folded: Arc<str>) {
        let table = &mut self.table;
        let standing = table.place.standing(&connector);
        let is_source = matches!(standing, Standing::Reached(reach) if reach.distance == Distance::ThisRelay);
        let filter = table.senders.take(&connector.sender_filter);
        let routed = Arc::new(RoutedConnector { connector, credential, is_source });
        let held = Arc::new(Held { routed, folded, standing, filter });
        match &held.connector().linked_listener {
            Some(listener) => table.linked.insert_mut(listener.folded().into(), Arc::clone(&held)),
            None => table.index.insert(&held),
        }
        table.by_name.insert_mut(Arc::clone(&held.folded), Arc::clone(&held));
        table.by_id.insert_mut(held.connector().id.clone(), held);
    }

    /// Takes a connector out of all but the two lists of connectors.
    fn unindex(&mut self, held: &Arc<Held>) {
        match &held.connector().linked_listener {
            Some(listener) => {
                self.table.linked.remove_mut(listener.folded());
            }
            None => self.table.index.remove(held),
        }
        self.table.senders.release(&held.connector().sender_filter);
    }

    fn refuse(&mut self, connector: &Connector, field: &str, text: String) {
        self.problems.push(Problem { id: connector.id.clone(), field: field.to_owned(), text });
    }
}

fn both(first: &Connector, second: &Connector) -> String {
    format!("\"{}\" ({}) and \"{}\" ({})", first.name, first.id, second.name, second.id)
}
