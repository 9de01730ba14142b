//! The header of the PROXY protocol, versions 1 and 2 (HAProxy, proxy-protocol.txt).

mod binary;
mod text;

use std::net::SocketAddr;

/// What a proxy says of the connection that it passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyHeader {
    /// Whence and whither the client connected, IPv4 in IPv6 clothes undressed. `None`: the proxy speaks for itself
    /// (LOCAL, such as a health check) or does not know (UNKNOWN, UNSPEC); the connection's own addresses hold.
    pub addresses: Option<ProxyAddresses>,
    /// Octets of the header; what is behind them is the client's.
    pub consumed: usize,
}

/// The two ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyAddresses {
    /// The client's end.
    pub source: SocketAddr,
    /// The end that the client connected to.
    pub destination: SocketAddr,
}

/// What was found at the start of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyScan {
    /// It may be a header; read more. This is never said of [`ProxyHeader::LIMIT`] octets.
    NeedMore,
    /// A whole header.
    Header(ProxyHeader),
    /// No header of a kind that is understood: the connection must be dropped, for nobody knows who speaks.
    Malformed(ProxyFault),
}

/// Why a header is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyFault {
    /// The first octets are no header at all.
    #[error("the connection does not begin with a PROXY header")]
    NoHeader,
    /// Version 1: longer than 107 octets. Version 2: longer than [`ProxyHeader::LIMIT`].
    #[error("the PROXY header is too long")]
    TooLong,
    /// Version 1: not the words that belong there.
    #[error("the PROXY header is malformed")]
    Text,
    /// Version 2: a version or command that does not exist.
    #[error("the PROXY header has an unknown version or command")]
    Command,
    /// Version 2: neither TCP over IPv4 nor TCP over IPv6.
    #[error("the PROXY header is about something other than TCP over IPv4 or IPv6")]
    Family,
    /// Version 2: shorter than its addresses.
    #[error("the PROXY header is shorter than its addresses")]
    TooShort,
}

impl ProxyHeader {
    /// Octets of a header at most, those of its TLVs included.
    pub const LIMIT: usize = 4096;

    /// Looks at everything that was received on a connection so far.
    #[must_use]
    pub fn scan(buffer: &[u8]) -> ProxyScan {
        if begins(buffer, text::START) {
            return text::scan(buffer);
        }
        if begins(buffer, binary::SIGNATURE) {
            return binary::scan(buffer);
        }
        ProxyScan::Malformed(ProxyFault::NoHeader)
    }
}

/// True when one of the two is the start of the other.
fn begins(buffer: &[u8], wanted: &[u8]) -> bool {
    buffer.iter().zip(wanted).all(|(seen, wanted)| seen == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows every start of the input; all but the whole of it must need more.
    fn scan(input: &[u8], behind: &[u8]) -> ProxyScan {
        for end in 0..input.len() {
            assert_eq!(ProxyHeader::scan(&input[..end]), ProxyScan::NeedMore, "after {end} octets");
        }
        ProxyHeader::scan(&[input, behind].concat())
    }

    fn header(source: &str, destination: &str, consumed: usize) -> ProxyScan {
        let addresses = ProxyAddresses { source: source.parse().unwrap(), destination: destination.parse().unwrap() };
        ProxyScan::Header(ProxyHeader { addresses: Some(addresses), consumed })
    }

    fn binary(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [binary::SIGNATURE, &[command, family], &length, body].concat()
    }

    #[test]
    fn version_1_names_both_ends() {
        let line = b"PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\r\n";
        assert_eq!(scan(line, b"EHLO x\r\n"), header("192.0.2.7:56324", "198.51.100.1:25", line.len()));
        let line = b"PROXY TCP6 2001:db8::7 ::ffff:198.51.100.1 1 65535\r\n";
        assert_eq!(scan(line, b""), header("[2001:db8::7]:1", "198.51.100.1:65535", line.len()));
        for line in [&b"PROXY UNKNOWN\r\n"[..], b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"] {
            assert_eq!(
                scan(line, b"x"),
                ProxyScan::Header(ProxyHeader { addresses: None, consumed: line.len() }),
                "{line:?}"
            );
        }
    }

    #[test]
    fn version_1_is_strict() {
        for line in [
            "PROXY TCP4 192.0.2.7 198.51.100.1 56324\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 56324 25 9\r\n",
            "PROXY TCP4  192.0.2.7 198.51.100.1 1 2\r\n",
            "PROXY TCP4 2001:db8::7 198.51.100.1 1 2\r\n",
            "PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 65536 2\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 +1 2\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 01 2\r\n",
            "PROXY TCP4 192.0.2.007 198.51.100.1 1 2\r\n",
            "PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n",
            "PROXY UNKNOWNX\r\n",
            "PROXY \r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n\r\n",
        ] {
            assert_eq!(ProxyHeader::scan(line.as_bytes()), ProxyScan::Malformed(ProxyFault::Text), "{line:?}");
        }
        let long = [b"PROXY UNKNOWN ".to_vec(), vec![b'x'; 100]].concat();
        assert_eq!(ProxyHeader::scan(&long[..106]), ProxyScan::NeedMore);
        assert_eq!(ProxyHeader::scan(&long[..107]), ProxyScan::Malformed(ProxyFault::TooLong));
        let longest = [b"PROXY UNKNOWN ".to_vec(), vec![b'x'; 91], b"\r\n".to_vec()].concat();
        assert!(matches!(ProxyHeader::scan(&longest), ProxyScan::Header(ProxyHeader { consumed: 107, .. })));
    }

    #[test]
    fn version_2_names_both_ends() {
        let four = [192, 0, 2, 7, 198, 51, 100, 1, 0xdc, 0x04, 0, 25];
        let wire = binary(0x21, 0x11, &four);
        assert_eq!(scan(&wire, b"EHLO"), header("192.0.2.7:56324", "198.51.100.1:25", 28));
        let tlvs = [&four[..], &[4, 0, 3, 1, 2, 3]].concat();
        assert_eq!(scan(&binary(0x21, 0x11, &tlvs), b"EHLO"), header("192.0.2.7:56324", "198.51.100.1:25", 34));
        let mut six = [0; 36];
        (six[0], six[1], six[15]) = (0x20, 0x01, 7);
        six[26..32].copy_from_slice(&[0xff, 0xff, 198, 51, 100, 1]);
        six[35] = 25;
        assert_eq!(scan(&binary(0x21, 0x21, &six), b""), header("[2001::7]:0", "198.51.100.1:25", 52));
    }

    #[test]
    fn version_2_local_and_unspec_name_nobody() {
        for wire in [binary(0x20, 0x00, b""), binary(0x20, 0x11, &[1; 12]), binary(0x21, 0x00, b"abc")] {
            let nobody = ProxyHeader { addresses: None, consumed: wire.len() };
            assert_eq!(scan(&wire, b"x"), ProxyScan::Header(nobody));
        }
    }

    #[test]
    fn version_2_is_strict_and_bounded() {
        for (wire, fault) in [
            (binary(0x11, 0x11, &[0; 12]), ProxyFault::Command),
            (binary(0x22, 0x11, &[0; 12]), ProxyFault::Command),
            (binary(0x21, 0x12, &[0; 12]), ProxyFault::Family),
            (binary(0x21, 0x31, &[0; 216]), ProxyFault::Family),
            (binary(0x21, 0x11, &[0; 11]), ProxyFault::TooShort),
            (binary(0x21, 0x21, &[0; 35]), ProxyFault::TooShort),
            (binary(0x21, 0x11, &[0; ProxyHeader::LIMIT - 15]), ProxyFault::TooLong),
        ] {
            // It is refused as soon as its first 16 octets are there.
            assert_eq!(ProxyHeader::scan(&wire[..16]), ProxyScan::Malformed(fault), "{:?}", &wire[..16]);
        }
        let most = binary(0x21, 0x11, &[0; ProxyHeader::LIMIT - 16]);
        assert!(matches!(ProxyHeader::scan(&most), ProxyScan::Header(_)));
    }

    #[test]
    fn what_is_no_header_is_refused_at_the_first_octet_that_differs() {
        for input in [&b"EHLO"[..], b"PROXi", b"\r\n\r\n\0\r\nX", b" PROXY", b"\x16\x03\x01"] {
            assert_eq!(ProxyHeader::scan(input), ProxyScan::Malformed(ProxyFault::NoHeader), "{input:?}");
        }
        assert_eq!(ProxyHeader::scan(b""), ProxyScan::NeedMore);
    }
}
