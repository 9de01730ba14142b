//! A view that would take most of the mail's ways.

use std::collections::HashSet;

use postroad_connector_model::Snapshot;
use postroad_routing::RouteTable;

/// Connectors below which a removal of most of them is nothing strange.
const FEW: usize = 10;

/// Why a view that nobody marked as meant is refused, for what it lacks of the table held (SR13); `None`: it is taken.
/// A table emptied by a fault would answer recipients with a permanent bounce.
pub(crate) fn mass_deletion(held: &RouteTable, view: &Snapshot) -> Option<String> {
    let kept: HashSet<_> = view.connectors.iter().map(|connector| &connector.id).collect();
    let removed = held.connectors().filter(|routed| !kept.contains(&routed.connector.id)).count();
    let count = held.len();
    if removed == 0 {
        None
    } else if view.epoch != held.epoch() {
        Some(format!(
            "it comes from another store than what is held (wiped or replaced?) and lacks {removed} of the {count} \
             connectors held; bring the old store back, or restart this relay to take what there is"
        ))
    } else if view.connectors.is_empty() || (count >= FEW && removed * 2 > count) {
        Some(format!("it removes {removed} of {count} connectors and is not marked as meant"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use postroad_connector_model::{
        AddressSpaceDraft, Connector, ConnectorDraft, Epoch, RelayIdentity, Revision, SmartHostDraft,
    };
    use postroad_routing::compile;

    use super::*;

    fn snapshot(epoch: u8, ids: std::ops::Range<usize>) -> Snapshot {
        let connector = |id| {
            let draft = ConnectorDraft {
                id: format!("c-{id}"),
                name: format!("c {id}"),
                address_spaces: vec![AddressSpaceDraft { space: "*".into(), ..Default::default() }],
                smart_hosts: vec![SmartHostDraft { host: "h.example".into(), ..Default::default() }],
                ..ConnectorDraft::default()
            };
            Arc::new(Connector::from_draft(draft).unwrap().0)
        };
        let (epoch, revision) = (Epoch([epoch; 16]), Revision(1));
        Snapshot {
            epoch,
            revision,
            connectors: ids.map(connector).collect(),
            credentials: Default::default(),
            surroundings: Default::default(),
        }
    }

    #[test]
    fn sr13_what_lacks_too_much_is_refused() {
        for (held, view, refused) in [
            (snapshot(1, 0..3), snapshot(1, 0..1), false),
            (snapshot(1, 0..3), snapshot(1, 0..0), true),
            (snapshot(1, 0..10), snapshot(1, 0..5), false),
            (snapshot(1, 0..10), snapshot(1, 0..4), true),
            (snapshot(1, 0..10), snapshot(1, 10..30), true),
            (snapshot(1, 0..0), snapshot(2, 0..0), false),
            (snapshot(1, 0..3), snapshot(2, 0..4), false),
            (snapshot(1, 0..3), snapshot(2, 1..9), true),
        ] {
            let table = compile(&held, &RelayIdentity::default()).unwrap();
            let said = mass_deletion(&table, &view);
            assert_eq!(said.is_some(), refused, "{} to {}: {said:?}", held.connectors.len(), view.connectors.len());
        }
    }
}
