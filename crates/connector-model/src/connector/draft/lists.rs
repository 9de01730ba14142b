//! The lists of a draft.

use std::collections::HashSet;

use super::values::read_port;
use crate::{
    AddressSpace, AddressSpaceDraft, ConnectorDraft, HostAddress, SmartHost, SmartHostDraft, Violations, limits,
};

const TWICE: &str = "This entry is already in the list.";

/// Those that are sound, in their order.
pub(super) fn read_address_spaces(drafts: &[AddressSpaceDraft], violations: &mut Violations) -> Vec<AddressSpace> {
    if drafts.is_empty() {
        violations.add("address_spaces", "Say which domains the connector serves, for example *.");
    }
    if drafts.len() > limits::ADDRESS_SPACES {
        violations.add("address_spaces", format!("At most {} address spaces.", limits::ADDRESS_SPACES));
    }
    let mut seen = HashSet::new();
    let mut spaces = Vec::new();
    for (at, draft) in drafts.iter().enumerate().take(limits::ADDRESS_SPACES) {
        match AddressSpace::from_draft(draft) {
            Ok(space) => {
                if !seen.insert(space.pattern.clone()) {
                    violations.add(format!("address_spaces[{at}]"), TWICE);
                }
                spaces.push(space);
            }
            Err(faults) => {
                for fault in faults.0 {
                    violations.add(format!("address_spaces[{at}].{}", fault.field), fault.text);
                }
            }
        }
    }
    spaces
}

/// Those that are sound, in their order.
pub(super) fn read_smart_hosts(draft: &ConnectorDraft, violations: &mut Violations) -> Vec<SmartHost> {
    if draft.smart_hosts.is_empty() {
        violations.add("smart_hosts", "Add at least one smart host, or set dns_routing to true.");
    }
    if draft.smart_hosts.len() > limits::SMART_HOSTS {
        violations.add("smart_hosts", format!("At most {} smart hosts.", limits::SMART_HOSTS));
    }
    let mut seen = HashSet::new();
    let mut hosts = Vec::new();
    for (at, host) in draft.smart_hosts.iter().enumerate().take(limits::SMART_HOSTS) {
        let read = read_smart_host(at, host, violations);
        if host.implicit_tls && draft.ignore_starttls {
            violations
                .add(format!("smart_hosts[{at}].implicit_tls"), "implicit_tls means TLS; ignore_starttls means none.");
        }
        let Some(read) = read else { continue };
        // The port that is used counts: a host with port 25 and one that takes the connector's 25 are the same.
        let port = [host.port, draft.port].into_iter().find(|&port| port != 0);
        if !seen.insert((read.host.clone(), port.unwrap_or(25))) {
            violations.add(format!("smart_hosts[{at}]"), TWICE);
        }
        hosts.push(read);
    }
    hosts
}

fn read_smart_host(at: usize, draft: &SmartHostDraft, violations: &mut Violations) -> Option<SmartHost> {
    let host = HostAddress::parse(&draft.host);
    if host.is_none() {
        violations
            .add(format!("smart_hosts[{at}].host"), "Write an IP address or a host name; the port has its own field.");
    }
    let port = read_port(draft.port, || format!("smart_hosts[{at}].port"), violations);
    Some(SmartHost { host: host?, port, implicit_tls: draft.implicit_tls })
}
