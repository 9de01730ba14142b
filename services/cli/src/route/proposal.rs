//! Changes that are asked about and not made.

use std::path::Path;

use postroad_api::connector::v1::{ConnectorChange, ConnectorRemoval, ConnectorUpdate, connector_change};
use serde::Deserialize;

use crate::Failure;
use crate::connector::change::Change;
use crate::connector::file::{self, Written};

/// A file of changes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposal {
    #[serde(default)]
    create: Vec<Written>,
    #[serde(default)]
    update: Vec<Written>,
    #[serde(default)]
    delete: Vec<String>,
}

/// Reads the changes of a file. Secrets are not fetched: where one is named there is one, and that is all that counts.
///
/// # Errors
/// What is wrong with the file, with the line.
pub(super) fn read(path: &Path) -> Result<Vec<ConnectorChange>, Failure> {
    parse(&file::text(path)?).map_err(|problem| Failure::usage(format!("{}: {problem}", path.display())))
}

fn parse(text: &str) -> Result<Vec<ConnectorChange>, String> {
    let proposal: Proposal = serde_yaml_ng::from_str(text).map_err(|error| error.to_string())?;
    let mut changes = Vec::new();
    for Written(entry) in proposal.create {
        changes.push(connector_change::Change::Create(filled(entry.change).connector));
    }
    for Written(entry) in proposal.update {
        let (id, name) = (entry.id.clone(), entry.change.connector.name.clone());
        let (_, change) = entry.target()?;
        let change = filled(change);
        let mut connector = change.connector;
        connector.id = id.unwrap_or_default();
        connector.name = name;
        connector.etag = "*".to_owned();
        let update = ConnectorUpdate { connector: Some(connector), update_mask: change.mask };
        changes.push(connector_change::Change::Update(update));
    }
    for connector in proposal.delete {
        changes.push(connector_change::Change::Delete(ConnectorRemoval { connector, etag: "*".to_owned() }));
    }
    Ok(changes.into_iter().map(|change| ConnectorChange { change: Some(change) }).collect())
}

fn filled(mut change: Change) -> Change {
    for (slot, _) in std::mem::take(&mut change.secrets) {
        slot.stand_in(&mut change.connector);
    }
    change
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_kinds_of_change_are_read() {
        let text = "create:\n- {name: a, address_spaces: ['*'], smart_hosts: [h], auth_mechanism: basic,\n   \
                    credential: {basic: {user: u, password: 'env:NOT_SET'}}}\nupdate:\n- {name: b, enabled: false}\n\
                    delete: [c]\n";
        let changes = parse(text).unwrap();
        assert_eq!(changes.len(), 3);
        let Some(connector_change::Change::Update(update)) = &changes[1].change else { panic!("{changes:?}") };
        assert_eq!(update.update_mask, ["enabled"]);
        assert_eq!(update.connector.as_ref().map(|c| (c.name.as_str(), c.etag.as_str())), Some(("b", "*")));
        assert!(parse("make: []").unwrap_err().contains("make"));
        assert!(parse("update: [{enabled: false}]").unwrap_err().contains("neither id nor name"));
    }
}
