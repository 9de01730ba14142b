//! The outbound part of a Postfix configuration.

mod leftovers;
mod login;
mod map;
mod nexthop;
mod parameters;
mod tls;

use std::path::Path;

use postroad_api::connector::v1::{AddressSpace, Connector};

use self::map::Map;
use self::nexthop::Nexthop;
use self::parameters::Parameters;
use super::report::{Fate, Report};
use super::result::Imported;
use crate::config::export::Variables;
use crate::connector::account::Account;
use crate::connector::file;
use crate::{Failure, address_space};

/// What Postfix takes where nothing is said.
const SIZE_LIMIT: u64 = 10_240_000;

/// A connector to be, with the destination that its login is looked up by.
#[derive(Debug)]
struct Route {
    connector: Connector,
    nexthop: Option<Nexthop>,
    account: Option<Account>,
}

/// Reads main.cf of a directory, and the maps that it names.
///
/// # Errors
/// [`Failure::Usage`] when main.cf cannot be read.
pub(super) fn read(dir: &Path) -> Result<Imported, Failure> {
    let parameters = Parameters::parse(&file::text(&dir.join("main.cf"))?);
    let mut report = Report::default();
    let mut routes = Vec::new();
    default_route(&parameters, &mut routes, &mut report);
    by_domain(&parameters, dir, &mut routes, &mut report);
    by_sender(&parameters, dir, &mut routes, &mut report);
    for route in &mut routes {
        common(&parameters, route);
        tls::apply(&parameters, route, &mut report);
    }
    login::apply(&parameters, dir, &mut routes, &mut Variables::default(), &mut report);
    common_lines(&parameters, &mut report);
    leftovers::report(&parameters, &mut report);
    let connectors = routes.into_iter().map(|route| (route.connector, route.account)).collect();
    Ok(Imported { connectors, report })
}

fn every_recipient() -> AddressSpace {
    AddressSpace { r#type: "SMTP".to_owned(), space: "*".to_owned(), cost: Some(1) }
}

fn default_route(parameters: &Parameters, routes: &mut Vec<Route>, report: &mut Report) {
    let relayhost = parameters.get("relayhost").unwrap_or_default();
    if relayhost.is_empty() {
        let connector = Connector {
            name: "Internet by MX".to_owned(),
            dns_routing: Some(true),
            address_spaces: vec![every_recipient()],
            ..Connector::default()
        };
        report.add(Fate::Carried, "relayhost", "empty: connector \"Internet by MX\" for * by MX");
        routes.push(Route { connector, nexthop: None, account: None });
        return;
    }
    let nexthop = Nexthop::parse(&relayhost);
    report.add(Fate::Carried, "relayhost", format!("{relayhost}: connector \"{}\" for *", nexthop.name()));
    if nexthop.bracketed {
        report.add(
            Fate::Changed,
            "relayhost",
            "brackets forbid MX look-up; here a host name is looked up by MX first, and without MX by its address",
        );
    }
    routes.push(route_to(&nexthop, vec![every_recipient()]));
}

fn route_to(nexthop: &Nexthop, address_spaces: Vec<AddressSpace>) -> Route {
    let connector = Connector {
        name: nexthop.name(),
        dns_routing: Some(false),
        smart_hosts: vec![nexthop.smart_host()],
        address_spaces,
        ..Connector::default()
    };
    Route { connector, nexthop: Some(nexthop.clone()), account: None }
}

/// `transport_maps`: a domain goes to the connector of its destination.
fn by_domain(parameters: &Parameters, dir: &Path, routes: &mut Vec<Route>, report: &mut Report) {
    for (subject, key, value) in map::entries("transport_maps", parameters, dir, report) {
        let (transport, hop) = value.split_once(':').unwrap_or(("", value.as_str()));
        match transport {
            "" | "smtp" | "relay" => {}
            "error" | "retry" | "discard" | "local" | "virtual" | "lmtp" | "pipe" | "uucp" | "maildrop" => {
                report.add(Fate::Dropped, &subject, format!("{key} {value}: a connector only hands mail to SMTP hosts; these recipients go where the other connectors send them"));
                continue;
            }
            other => report.add(
                Fate::Changed,
                &subject,
                format!("{key} {value}: what master.cf says about \"{other}\" is not read; taken as smtp"),
            ),
        }
        let Some(space) = domain_space(&key, &subject, report) else { continue };
        if value.trim() == ":" {
            report.add(Fate::Dropped, &subject, format!("{key} {value}: means what would happen anyway"));
            continue;
        }
        let shown = address_space::show(&space);
        let by_mx = hop.trim().is_empty();
        let target = if by_mx { None } else { Some(Nexthop::parse(hop)) };
        let known = routes.iter_mut().find(|route| route.nexthop == target && route.connector.sender_filter.is_empty());
        let name = match (known, &target) {
            (Some(route), _) => {
                route.connector.address_spaces.push(space);
                route.connector.name.clone()
            }
            (None, Some(nexthop)) => {
                routes.push(route_to(nexthop, vec![space]));
                nexthop.name()
            }
            (None, None) => {
                let connector = Connector {
                    name: "Domains by MX".to_owned(),
                    dns_routing: Some(true),
                    address_spaces: vec![space],
                    ..Connector::default()
                };
                routes.push(Route { connector, nexthop: None, account: None });
                "Domains by MX".to_owned()
            }
        };
        report.add(Fate::Carried, &subject, format!("{key} {value}: address space {shown} of connector \"{name}\""));
    }
}

fn domain_space(key: &str, subject: &str, report: &mut Report) -> Option<AddressSpace> {
    if key.contains('@') {
        report.add(
            Fate::Dropped,
            subject,
            format!("{key}: connectors are chosen by the recipient's domain, not by the whole address"),
        );
        return None;
    }
    let space = match key.strip_prefix('.') {
        Some(domain) => {
            report.add(
                Fate::Changed,
                subject,
                format!("{key}: here *.{domain} covers {domain} itself too, unless it has a space of its own"),
            );
            format!("*.{domain}")
        }
        None => key.to_owned(),
    };
    address_space::parse(&space).map_err(|problem| report.add(Fate::Dropped, subject, format!("{key}: {problem}"))).ok()
}

/// `sender_dependent_relayhost_maps`: senders go to the connector of their host.
fn by_sender(parameters: &Parameters, dir: &Path, routes: &mut Vec<Route>, report: &mut Report) {
    for (subject, key, value) in map::entries("sender_dependent_relayhost_maps", parameters, dir, report) {
        if value.eq_ignore_ascii_case("DUNNO") {
            report.add(Fate::Dropped, &subject, format!("{key} {value}: means what would happen anyway"));
            continue;
        }
        let pattern = key.strip_prefix('@').unwrap_or(&key).to_owned();
        let nexthop = Nexthop::parse(&value);
        let same =
            |route: &&mut Route| route.nexthop.as_ref() == Some(&nexthop) && !route.connector.sender_filter.is_empty();
        let name = match routes.iter_mut().find(same) {
            Some(route) => {
                route.connector.sender_filter.push(pattern.clone());
                route.connector.name.clone()
            }
            None => {
                let mut route = route_to(&nexthop, vec![every_recipient()]);
                route.connector.name = format!("Senders {}", nexthop.name()).chars().take(64).collect();
                route.connector.sender_filter = vec![pattern.clone()];
                let name = route.connector.name.clone();
                routes.push(route);
                name
            }
        };
        report.add(Fate::Carried, &subject, format!("{key} {value}: sender filter {pattern} of connector \"{name}\""));
    }
}

/// Settings that all connectors share.
fn common(parameters: &Parameters, route: &mut Route) {
    let c = &mut route.connector;
    let limit = parameters.get("message_size_limit").and_then(|text| text.parse().ok()).unwrap_or(SIZE_LIMIT);
    c.max_message_size = Some(limit.next_multiple_of(1024));
    c.helo_name = parameters.get("smtp_helo_name").unwrap_or_default();
    let four = parameters.get("smtp_bind_address").filter(|text| !text.is_empty());
    let six = parameters.get("smtp_bind_address6").filter(|text| !text.is_empty());
    c.source_ip = four.or(six).unwrap_or_default();
    let family = match parameters.get("inet_protocols").as_deref() {
        Some("ipv4") => "IPV4_ONLY",
        Some("ipv6") => "IPV6_ONLY",
        _ => "ANY",
    };
    if let Ok(number) = crate::connector::choice::FAMILIES.parse(family) {
        c.address_family = number;
    }
    if let (Some(fallback), Some(_)) = (parameters.get("smtp_fallback_relay"), &route.nexthop) {
        for host in fallback.split([',', ' ']).filter(|host| !host.is_empty()) {
            let mut host = Nexthop::parse(host).smart_host();
            host.priority = 1;
            c.smart_hosts.push(host);
        }
    }
}

fn common_lines(parameters: &Parameters, report: &mut Report) {
    match parameters.get("message_size_limit") {
        Some(limit) => {
            report.add(Fate::Carried, "message_size_limit", format!("{limit}: max_message_size, in whole KB"))
        }
        None => report.add(
            Fate::Changed,
            "message_size_limit",
            "not set: Postfix takes 10240000 bytes, and so max_message_size is 10000KB",
        ),
    }
    for (name, field) in [
        ("smtp_helo_name", "helo_name"),
        ("smtp_bind_address", "source_ip"),
        ("inet_protocols", "address_family"),
        ("smtp_fallback_relay", "smart hosts of priority 1"),
    ] {
        if let Some(value) = parameters.get(name).filter(|value| !value.is_empty()) {
            report.add(Fate::Carried, name, format!("{value}: {field}"));
        }
    }
}

/// The map of a parameter, for `login`.
fn map_of(name: &str, parameters: &Parameters, dir: &Path, report: &mut Report) -> Map {
    Map { entries: map::entries(name, parameters, dir, report) }
}

#[cfg(test)]
mod tests;
