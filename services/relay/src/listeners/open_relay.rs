//! Who would relay for everyone is told so, and refused unless it is said in so many words.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::networks::Networks;
use super::report::Report;
use super::settings::ListenerSettings;

/// What must be written to get a listener that everyone can relay through.
pub const OPEN_RELAY_WORDS: &str = "i-accept-that-anyone-can-relay";

/// Where the settings of a listener stand, as its writer knows them.
pub(super) struct Places<'p> {
    pub(super) networks: &'p str,
    pub(super) proxies: &'p str,
    pub(super) xclient: &'p str,
    /// What the words are written behind, …
    pub(super) words: &'p str,
    /// … and where it stands.
    pub(super) words_path: &'p str,
}

/// Refuses a listener that relays for so many addresses that it may as well be everyone's. Who may name the address of
/// a client (PROXY, XCLIENT) may name one that relays, and, by XCLIENT, one that has logged in.
pub(super) fn check(listener: &ListenerSettings, accepted: bool, places: &Places<'_>, report: &Report) {
    let required = listener.auth.as_ref().is_some_and(|auth| auth.required);
    let by_address = if required { None } else { width(&listener.allow_networks) };
    let opened = [
        (by_address, places.networks, "everyone in it could relay, without logging in"),
        (width(&listener.proxies), places.proxies, "everyone in it could claim an address that may relay"),
        (width(&listener.xclient), places.xclient, "everyone in it could claim to be a client that may relay"),
    ];
    let mut is_open = false;
    for (wide, place, consequence) in opened {
        let Some(wide) = wide else { continue };
        is_open = true;
        if accepted {
            report.warn(place, format_args!("{wide}: {consequence}; {} accepts that", places.words));
        } else {
            report.problem(
                place,
                format_args!(
                    "{wide}: {consequence}; list the networks of your own clients, \
                     or write {}: {OPEN_RELAY_WORDS}",
                    places.words
                ),
            );
        }
    }
    if accepted && !is_open {
        report.warn(places.words_path, "nothing else here makes this listener an open relay; remove these words");
    }
}

/// Why networks are too wide to be anybody's own, if they are.
pub(super) fn width(networks: &Networks) -> Option<String> {
    let wide = networks.as_slice().iter().find(|network| is_wide(network));
    if let Some(network) = wide {
        return Some(format!("{network} is a large part of the Internet"));
    }
    let four: Vec<Ipv4Net> =
        networks.as_slice().iter().filter_map(|n| if let IpNet::V4(n) = n { Some(*n) } else { None }).collect();
    let six: Vec<Ipv6Net> =
        networks.as_slice().iter().filter_map(|n| if let IpNet::V6(n) = n { Some(*n) } else { None }).collect();
    let four: u64 = Ipv4Net::aggregate(&four).iter().map(|network| 1 << (32 - network.prefix_len())).sum();
    let six = Ipv6Net::aggregate(&six)
        .iter()
        .map(|network| 1_u128.checked_shl(128 - u32::from(network.prefix_len())).unwrap_or(u128::MAX))
        .fold(0, u128::saturating_add);
    (four >= 1 << 31)
        .then_some("IPv4")
        .or_else(|| (six >= 1 << 127).then_some("IPv6"))
        .map(|family| format!("these networks together are half of {family} or more"))
}

/// Shorter than /8 or /16. Unique local (RFC 4193) and link-local addresses are not of the Internet.
fn is_wide(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < 8,
        IpNet::V6(network) => {
            let first = network.addr().segments().first().copied().unwrap_or_default();
            let is_local = first & 0xfe00 == 0xfc00 && network.prefix_len() >= 7
                || first & 0xffc0 == 0xfe80 && network.prefix_len() >= 10;
            network.prefix_len() < 16 && !is_local
        }
    }
}
