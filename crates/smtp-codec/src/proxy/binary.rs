//! Version 2: a binary header, with TLVs that are passed over.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{ProxyAddresses, ProxyFault, ProxyHeader, ProxyScan};

pub(super) const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// Octets before the addresses.
const FIXED: usize = 16;

pub(super) fn scan(buffer: &[u8]) -> ProxyScan {
    let Some((&[command, family, high, low], rest)) =
        buffer.get(SIGNATURE.len()..).and_then(|rest| rest.split_first_chunk::<4>())
    else {
        return ProxyScan::NeedMore;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let (shape, shortest) = match kind(command, family) {
        Ok(kind) => kind,
        Err(fault) => return ProxyScan::Malformed(fault),
    };
    if length < shortest {
        return ProxyScan::Malformed(ProxyFault::TooShort);
    }
    if FIXED + length > ProxyHeader::LIMIT {
        return ProxyScan::Malformed(ProxyFault::TooLong);
    }
    match rest.get(..length) {
        Some(body) => ProxyScan::Header(ProxyHeader { addresses: shape(body), consumed: FIXED + length }),
        None => ProxyScan::NeedMore,
    }
}

/// How to read the addresses, and the octets that they take.
type Kind = (fn(&[u8]) -> Option<ProxyAddresses>, usize);

fn kind(command: u8, family: u8) -> Result<Kind, ProxyFault> {
    match (command, family) {
        (0x20, _) | (0x21, 0x00) => Ok((|_body| None, 0)),
        (0x21, 0x11) => Ok((four, 12)),
        (0x21, 0x21) => Ok((six, 36)),
        (0x21, _) => Err(ProxyFault::Family),
        _ => Err(ProxyFault::Command),
    }
}

fn four(body: &[u8]) -> Option<ProxyAddresses> {
    let (source, rest) = body.split_first_chunk::<4>()?;
    let (destination, rest) = rest.split_first_chunk::<4>()?;
    ends(IpAddr::V4(Ipv4Addr::from(*source)), IpAddr::V4(Ipv4Addr::from(*destination)), rest)
}

fn six(body: &[u8]) -> Option<ProxyAddresses> {
    let (source, rest) = body.split_first_chunk::<16>()?;
    let (destination, rest) = rest.split_first_chunk::<16>()?;
    ends(IpAddr::V6(Ipv6Addr::from(*source)), IpAddr::V6(Ipv6Addr::from(*destination)), rest)
}

fn ends(source: IpAddr, destination: IpAddr, ports: &[u8]) -> Option<ProxyAddresses> {
    let (from, rest) = ports.split_first_chunk::<2>()?;
    let (to, _tlvs) = rest.split_first_chunk::<2>()?;
    Some(ProxyAddresses {
        source: SocketAddr::new(source.to_canonical(), u16::from_be_bytes(*from)),
        destination: SocketAddr::new(destination.to_canonical(), u16::from_be_bytes(*to)),
    })
}
