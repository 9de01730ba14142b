//! Version 1: a line of text.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{ProxyAddresses, ProxyFault, ProxyHeader, ProxyScan};

pub(super) const START: &[u8] = b"PROXY ";

/// Octets of the line, CRLF included.
const LONGEST: usize = 107;

pub(super) fn scan(buffer: &[u8]) -> ProxyScan {
    let window = buffer.get(..LONGEST).unwrap_or(buffer);
    let Some(end) = memchr::memmem::find(window, b"\r\n") else {
        return if window.len() == LONGEST { ProxyScan::Malformed(ProxyFault::TooLong) } else { ProxyScan::NeedMore };
    };
    match window.get(START.len()..end).and_then(read) {
        Some(addresses) => ProxyScan::Header(ProxyHeader { addresses, consumed: end + 2 }),
        None => ProxyScan::Malformed(ProxyFault::Text),
    }
}

/// What follows the first word.
fn read(line: &[u8]) -> Option<Option<ProxyAddresses>> {
    let line = std::str::from_utf8(line).ok()?;
    let (family, rest) = line.split_once(' ').unwrap_or((line, ""));
    if family == "UNKNOWN" {
        return Some(None);
    }
    let mut words = rest.split(' ');
    let mut ip = || address(family, words.next()?);
    let (from, to) = (ip()?, ip()?);
    let (source, destination) =
        (SocketAddr::new(from, port(words.next()?)?), SocketAddr::new(to, port(words.next()?)?));
    words.next().is_none().then_some(Some(ProxyAddresses { source, destination }))
}

fn address(family: &str, text: &str) -> Option<IpAddr> {
    match family {
        "TCP4" => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        "TCP6" => text.parse::<Ipv6Addr>().ok().map(|address| IpAddr::V6(address).to_canonical()),
        _ => None,
    }
}

/// Digits without leading zeros.
fn port(text: &str) -> Option<u16> {
    let plain = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    plain.then(|| text.parse().ok()).flatten()
}
