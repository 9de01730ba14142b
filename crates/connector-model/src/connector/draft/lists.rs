//! The lists of a draft.

use std::collections::HashSet;

use super::super::{ErrorPolicy, ReplyPattern};
use super::values::read_port;
use crate::{
    AddressSpace, AuthMechanism, ConnectorDraft, HostAddress, SenderPattern, SmartHost, SmartHostDraft, SpacePattern,
    Violations, limits,
};

pub(super) const TWICE: &str = "This entry is already in the list.";

/// Those that are sound, in their order.
pub(super) fn read_address_spaces(draft: &ConnectorDraft, violations: &mut Violations) -> Vec<AddressSpace> {
    let drafts = &draft.address_spaces;
    match (drafts.is_empty(), draft.linked_listener.is_empty()) {
        (true, true) => violations.add("address_spaces", "Say which domains the connector serves, for example *."),
        (false, false) => violations.add("address_spaces", "A connector linked to a listener takes no address spaces."),
        (true, false) | (false, true) => {}
    }
    let by_mx = draft.dns_routing.unwrap_or(draft.smart_hosts.is_empty());
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
                if by_mx && matches!(space.pattern, SpacePattern::Foreign { .. }) {
                    violations.add(
                        format!("address_spaces[{at}].type"),
                        "Only SMTP address spaces can be routed by MX; give smart hosts.",
                    );
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
pub(super) fn read_smart_hosts(
    draft: &ConnectorDraft,
    dns_routing: bool,
    violations: &mut Violations,
) -> Vec<SmartHost> {
    match (draft.smart_hosts.is_empty(), dns_routing) {
        (true, false) => violations.add("smart_hosts", "Add at least one smart host, or set dns_routing to true."),
        (false, true) => violations.add("dns_routing", "Smart hosts are given, so dns_routing must be false."),
        (true, true) | (false, false) => {}
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
        if matches!(read.host, HostAddress::Ip(_)) && needs_host_name(draft) {
            violations.add(
                format!("smart_hosts[{at}].host"),
                "The certificate must name the host, so write a host name, not an IP address.",
            );
        }
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
    let priority = read_port(draft.priority, || format!("smart_hosts[{at}].priority"), violations);
    let weight = read_port(draft.weight.unwrap_or(1), || format!("smart_hosts[{at}].weight"), violations);
    Some(SmartHost {
        host: host?,
        port: port.map(Into::into),
        implicit_tls: draft.implicit_tls,
        priority: priority.map_or(0, Into::into),
        weight: weight.map_or(0, Into::into),
    })
}

/// Where a password or a token is sent only to a host whose certificate names it.
fn needs_host_name(draft: &ConnectorDraft) -> bool {
    match draft.auth_mechanism {
        AuthMechanism::BasicRequireTls => true,
        AuthMechanism::XOAuth2 | AuthMechanism::OAuthBearer => draft.tls_domain.is_empty(),
        _ => false,
    }
}

/// Those that are sound, in their order.
pub(super) fn read_sender_filter(texts: &[String], violations: &mut Violations) -> Vec<SenderPattern> {
    if texts.len() > limits::SENDER_PATTERNS {
        violations.add("sender_filter", format!("At most {} entries.", limits::SENDER_PATTERNS));
    }
    let mut patterns = Vec::new();
    for (at, text) in texts.iter().enumerate().take(limits::SENDER_PATTERNS) {
        match SenderPattern::parse(text) {
            Some(pattern) => patterns.push(pattern),
            None => violations.add(format!("sender_filter[{at}]"), "Write an address, a domain, *.domain or <>."),
        }
    }
    distinct(patterns)
}

/// Those that are sound, in their order. Each custom policy needs at least one of its class.
pub(super) fn read_custom_failures(draft: &ConnectorDraft, violations: &mut Violations) -> Vec<ReplyPattern> {
    let texts = &draft.custom_failures;
    if texts.len() > limits::CUSTOM_FAILURES {
        violations.add("custom_failures", format!("At most {} entries.", limits::CUSTOM_FAILURES));
    }
    let mut patterns = Vec::new();
    for (at, text) in texts.iter().enumerate().take(limits::CUSTOM_FAILURES) {
        match ReplyPattern::parse(text) {
            Some(pattern) => patterns.push(pattern),
            None => violations.add(format!("custom_failures[{at}]"), "Write a reply code, for example 550 or 5.7.1."),
        }
    }
    let classes = [(ErrorPolicy::DowngradeCustomFailures, 5), (ErrorPolicy::UpgradeCustomFailures, 4)];
    let lacks = |(policy, class): &(ErrorPolicy, u8)| {
        draft.error_policies.contains(policy) && patterns.iter().all(|pattern| pattern.class() != *class)
    };
    if classes.iter().any(lacks) {
        violations.add("custom_failures", "List the replies that the policy applies to.");
    }
    distinct(patterns)
}

/// The same without what occurs again.
pub(super) fn distinct<T: Eq + std::hash::Hash + Clone>(list: Vec<T>) -> Vec<T> {
    let mut seen = HashSet::new();
    list.into_iter().filter(|entry| seen.insert(entry.clone())).collect()
}
