//! From a snapshot to a table.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use postroad_connector_model::{Connector, ConnectorId, RelayIdentity, Snapshot, limits};

use crate::index::Index;
use crate::{Problem, Problems, RouteTable, RoutedConnector};

/// Makes the table of a relay. The control plane compiles a set before it stores it, so a set that a relay would refuse
/// is never sent.
///
/// A connector that logs in but whose credential is not in the snapshot is no problem here: the control plane and relays
/// that may not use it have none.
///
/// # Errors
/// Every problem at once: an id or a name (case ignored) that occurs twice, more connectors than the limit.
pub fn compile(snapshot: &Snapshot, _relay: &RelayIdentity) -> Result<RouteTable, Problems> {
    let problems = problems(&snapshot.connectors);
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    let mut connectors: Vec<_> = (snapshot.connectors.iter())
        .map(|connector| {
            Arc::new(RoutedConnector {
                connector: Arc::clone(connector),
                credential: snapshot.credentials.get(&connector.id).map(Arc::clone),
            })
        })
        .collect();
    connectors.sort_by_cached_key(|routed| routed.connector.name.folded());
    let index = Index::new(&connectors);
    Ok(RouteTable { epoch: snapshot.epoch, revision: snapshot.revision, connectors, index })
}

fn problems(connectors: &[Arc<Connector>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(beyond) = connectors.get(limits::CONNECTORS) {
        problems.push(Problem {
            id: beyond.id.clone(),
            field: "id".to_owned(),
            text: format!(
                "At most {} connectors; there are {}, and \"{}\" is the first beyond the limit.",
                limits::CONNECTORS,
                connectors.len(),
                beyond.name
            ),
        });
    }
    let mut ids: HashMap<&ConnectorId, &Connector> = HashMap::new();
    let mut names: HashMap<String, &Connector> = HashMap::new();
    for connector in connectors {
        match ids.entry(&connector.id) {
            Entry::Occupied(first) => problems.push(Problem {
                id: connector.id.clone(),
                field: "id".to_owned(),
                text: format!(
                    "Two connectors have the id {}: \"{}\" and \"{}\".",
                    connector.id,
                    first.get().name,
                    connector.name
                ),
            }),
            Entry::Vacant(free) => {
                free.insert(connector);
            }
        }
        match names.entry(connector.name.folded()) {
            // The same connector twice is one problem, told above.
            Entry::Occupied(first) if first.get().id == connector.id => {}
            Entry::Occupied(first) => problems.push(Problem {
                id: connector.id.clone(),
                field: "name".to_owned(),
                text: format!(
                    "Another connector already has this name: \"{}\" ({}) and \"{}\" ({}).",
                    first.get().name,
                    first.get().id,
                    connector.name,
                    connector.id
                ),
            }),
            Entry::Vacant(free) => {
                free.insert(connector);
            }
        }
    }
    problems
}
