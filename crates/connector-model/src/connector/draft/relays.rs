//! The source relays of a draft.

use std::collections::HashSet;

use super::lists::TWICE;
use crate::{ConnectorDraft, SourceRelay, Violations, limits};

/// Those that are sound, in their order.
pub(super) fn read_source_relays(draft: &ConnectorDraft, violations: &mut Violations) -> Vec<SourceRelay> {
    if draft.scoped && draft.source_relays.is_empty() {
        violations.add("source_relays", "A scoped connector needs at least one source relay.");
    }
    if draft.source_relays.len() > limits::SOURCE_RELAYS {
        violations.add("source_relays", format!("At most {} source relays.", limits::SOURCE_RELAYS));
    }
    let mut seen = HashSet::new();
    let mut relays = Vec::new();
    for (at, text) in draft.source_relays.iter().enumerate().take(limits::SOURCE_RELAYS) {
        let field = || format!("source_relays[{at}]");
        match SourceRelay::parse(text) {
            None => violations.add(field(), "Write the name of a relay, or group: and a label of relays."),
            Some(relay) => {
                if !seen.insert(relay.clone()) {
                    violations.add(field(), TWICE);
                }
                relays.push(relay);
            }
        }
    }
    relays
}
