use postroad_smtp_codec::{ProxyHeader, ProxyScan};

/// The PROXY header: what is decided of a beginning stays so whatever follows, it ends in time, and addresses that are
/// read read back the same.
pub fn proxy_header(input: &[u8]) {
    let whole = ProxyHeader::scan(input);
    // Every beginning, up to where only TLVs can follow.
    for length in 0..input.len().min(300) {
        match ProxyHeader::scan(&input[..length]) {
            ProxyScan::NeedMore => {}
            decided => assert_eq!(decided, whole, "{length} octets said otherwise"),
        }
    }
    match whole {
        ProxyScan::NeedMore => assert!(input.len() < ProxyHeader::LIMIT, "{} octets are not enough", input.len()),
        ProxyScan::Malformed(_) => {}
        ProxyScan::Header(header) => taken(input, &header),
    }
}

fn taken(input: &[u8], header: &ProxyHeader) {
    assert!((1..=input.len().min(ProxyHeader::LIMIT)).contains(&header.consumed), "{header:?}");
    assert_eq!(ProxyHeader::scan(&input[..header.consumed]), ProxyScan::Header(*header), "what follows matters");
    assert_eq!(ProxyHeader::scan(&input[..header.consumed - 1]), ProxyScan::NeedMore, "it was whole before");
    let Some(addresses) = header.addresses else { return };
    let (source, destination) = (addresses.source, addresses.destination);
    assert!(source.ip() == source.ip().to_canonical() && destination.ip() == destination.ip().to_canonical());
    let family = if source.is_ipv4() && destination.is_ipv4() { "TCP4" } else { "TCP6" };
    // A pair of which only one end was IPv4 in IPv6 clothes is dressed again.
    let dressed = |ip: std::net::IpAddr| match ip {
        std::net::IpAddr::V4(v4) if family == "TCP6" => v4.to_ipv6_mapped().to_string(),
        other => other.to_string(),
    };
    let (from, to) = (dressed(source.ip()), dressed(destination.ip()));
    let text = format!("PROXY {family} {from} {to} {} {}\r\n", source.port(), destination.port());
    let ProxyScan::Header(again) = ProxyHeader::scan(text.as_bytes()) else { panic!("{text:?} is no header") };
    assert_eq!(again, ProxyHeader { addresses: Some(addresses), consumed: text.len() });
}
