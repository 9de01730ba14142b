use std::net::{IpAddr, Ipv6Addr};

use postroad_mail_types::{HostName, Mailbox, TraceId};
use postroad_smtp_codec::{Command, DataScanner, Date, Protocol, Received};

use crate::data::hops;

/// The Received field: whatever a client says of itself, it is one field that no line of it ends early (T3).
///
/// The input is lines: the client's name, the name of its address, the recipient, the cipher suite; and then octets for
/// the address, the date and the protocol.
pub fn received(input: &[u8]) {
    let mut lines = input.splitn(5, |octet| *octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut line = || lines.next().unwrap_or_default();
    let (name, reverse_name, recipient, cipher, rest) = (line(), line(), line(), line(), line());
    let Ok(Command::Ehlo(client)) = Command::parse(&[b"EHLO ", name].concat()) else { return };
    let recipient = std::str::from_utf8(recipient).ok().and_then(|text| Mailbox::parse(text).ok());
    let mut octets = [0; 25];
    octets.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let (address, rest) = octets.split_at(16);
    let (date, bits) = rest.split_at(8);
    let bit = |place: u8| bits[0] >> place & 1 == 1;
    let received = Received {
        client: &client,
        reverse_name: std::str::from_utf8(reverse_name).ok(),
        address: IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(address).unwrap())),
        by: &HostName::parse("relay.example").unwrap(),
        protocol: Protocol { extended: bit(0), tls: bit(1), authenticated: bit(2), utf8: bit(3) },
        id: TraceId::from_random([7; 16]),
        recipient: recipient.as_ref(),
        tls: std::str::from_utf8(cipher).ok().filter(|cipher| !cipher.is_empty()),
        // Seconds up to the year 9999.
        date: Date(u64::from_be_bytes(<[u8; 8]>::try_from(date).unwrap()) % 253_402_300_800),
    };
    let ascii = recipient.as_ref().is_none_or(|mailbox| mailbox.as_str().is_ascii());
    let text = received.to_string();
    assert!(!ascii || text.is_ascii(), "{text:?}");
    one_field(&text);
}

fn one_field(text: &str) {
    let lines: Vec<&str> = text.strip_suffix("\r\n").expect("a field ends with CRLF").split("\r\n").collect();
    assert!(lines[0].starts_with("Received: from "), "{text:?}");
    for line in &lines[1..] {
        assert!(line.starts_with('\t') && !line.trim().is_empty(), "{text:?} is not folded");
    }
    for line in &lines {
        assert!(line.len() <= 998, "a line of {} octets", line.len());
        assert!(!line.chars().any(|c| c.is_control() && c != '\t'), "{text:?} holds a control character");
    }
    assert_eq!(hops(text.as_bytes()), 1, "{text:?}");
    // The date stands behind the last semicolon (RFC 5322 §3.6.7), with a four-digit year and a numeric zone.
    let date = text.rsplit(';').next().unwrap().trim();
    assert!(date.ends_with(" +0000") && date.split(' ').nth(3).is_some_and(|year| year.len() == 4), "{date:?}");
    let mut scanner = DataScanner::default();
    let whole = [text.as_bytes(), b"\r\n.\r\n"].concat();
    let step = scanner.scan(&whole);
    assert!(step.end && step.violation.is_none() && step.hops == 1 && step.chunk.dots.is_empty(), "{text:?}");
}
