//! `ListRelays`.

use std::collections::BTreeSet;

use postroad_api::fleet::v1 as wire;
use postroad_connector_model::ResourceName;

use super::message;
use crate::clock;
use crate::configuration::Configuration;

/// Every relay that has been seen or has a record, in order of name.
pub(super) fn list(configuration: &Configuration) -> wire::ListRelaysResponse {
    let state = configuration.state();
    let mut relays = configuration.registry.list(clock::now());
    let mut seen = BTreeSet::new();
    for shown in &mut relays {
        let Ok(name) = ResourceName::parse(&shown.name) else { continue };
        if let Some(kept) = state.objects.relays.get(&name) {
            message::grant(shown, &state.epoch, kept);
        }
        seen.insert(name);
    }
    for (name, kept) in state.objects.relays.iter().filter(|(name, _)| !seen.contains(*name)) {
        let mut shown = wire::Relay { name: name.to_string(), target_revision: state.revision, ..Default::default() };
        message::grant(&mut shown, &state.epoch, kept);
        relays.push(shown);
    }
    relays.sort_by_cached_key(|shown| shown.name.to_lowercase());
    wire::ListRelaysResponse { relays, head_revision: state.revision }
}
