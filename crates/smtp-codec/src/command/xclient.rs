//! XCLIENT (Postfix XCLIENT_README): a proxy says whom it speaks for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::client_name::{ClientName, is_letter};
use super::{CommandError, parameter};
use crate::xtext;

/// What XCLIENT says of a client. `None`: the attribute was not said and stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientAttributes {
    /// NAME: the name that the client's address resolves to; letters that mean nothing in a header.
    pub name: Option<Given<Box<str>>>,
    /// ADDR: the client's address.
    pub address: Option<Given<IpAddr>>,
    /// PORT: the client's port.
    pub port: Option<Given<u16>>,
    /// PROTO: true for ESMTP, false for SMTP.
    pub extended: Option<Given<bool>>,
    /// HELO: the name the client gave itself.
    pub helo: Option<Given<ClientName>>,
    /// DESTADDR: the address the client connected to.
    pub destination_address: Option<Given<IpAddr>>,
    /// DESTPORT: the port the client connected to.
    pub destination_port: Option<Given<u16>>,
    /// LOGIN: the user the client has logged in as; printable ASCII.
    pub login: Option<Given<Box<str>>>,
}

/// The value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given<T> {
    /// This.
    Value(T),
    /// `[UNAVAILABLE]`: there is none.
    Unavailable,
    /// `[TEMPUNAVAIL]`: it could not be found out now.
    TemporarilyUnavailable,
}

impl<T> Given<T> {
    /// The value, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unavailable | Self::TemporarilyUnavailable => None,
        }
    }
}

impl ClientAttributes {
    /// Reads `NAME=VALUE` words.
    pub(super) fn parse(argument: &str) -> Result<Self, CommandError> {
        let mut seen = Self::default();
        let words = parameter::words(argument);
        let mut any = false;
        for word in words {
            any = true;
            let value = word.value.ok_or(CommandError::Attribute)?;
            match word.keyword.as_str() {
                "NAME" => set(&mut seen.name, value, name),
                "ADDR" => set(&mut seen.address, value, address),
                "PORT" => set(&mut seen.port, value, port),
                "PROTO" => set(&mut seen.extended, value, protocol),
                "HELO" => set(&mut seen.helo, value, |text| ClientName::parse(Some(text)).ok()),
                "DESTADDR" => set(&mut seen.destination_address, value, address),
                "DESTPORT" => set(&mut seen.destination_port, value, port),
                "LOGIN" => set(&mut seen.login, value, login),
                _ => None,
            }
            .ok_or(CommandError::Attribute)?;
        }
        if any { Ok(seen) } else { Err(CommandError::Attribute) }
    }
}

/// Reads a value into its slot; `None` when it is malformed or came before.
fn set<T>(slot: &mut Option<Given<T>>, value: &str, read: impl Fn(&str) -> Option<T>) -> Option<()> {
    let given = match value.to_ascii_uppercase().as_str() {
        "[UNAVAILABLE]" => Given::Unavailable,
        "[TEMPUNAVAIL]" => Given::TemporarilyUnavailable,
        _ => {
            let text = String::from_utf8(xtext::decode(value)?).ok()?;
            let printable = (1..=255).contains(&text.len()) && text.bytes().all(|b| (b' '..=b'~').contains(&b));
            Given::Value(printable.then(|| read(&text)).flatten()?)
        }
    };
    slot.replace(given).is_none().then_some(())
}

fn name(text: &str) -> Option<Box<str>> {
    text.bytes().all(is_letter).then(|| text.into())
}

fn address(text: &str) -> Option<IpAddr> {
    match text.get(..5) {
        Some(tag) if tag.eq_ignore_ascii_case("IPV6:") => {
            text.get(5..)?.parse::<Ipv6Addr>().ok().map(|address| IpAddr::V6(address).to_canonical())
        }
        _ => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

fn port(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn protocol(text: &str) -> Option<bool> {
    match text.to_ascii_uppercase().as_str() {
        "SMTP" => Some(false),
        "ESMTP" => Some(true),
        _ => None,
    }
}

#[allow(clippy::unnecessary_wraps, reason = "it has the shape of its neighbours")]
fn login(text: &str) -> Option<Box<str>> {
    Some(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;

    fn read(attributes: &str) -> Result<ClientAttributes, CommandError> {
        match Command::parse(format!("XCLIENT {attributes}").as_bytes())? {
            Command::Xclient(attributes) => Ok(attributes),
            other => panic!("not XCLIENT: {other:?}"),
        }
    }

    #[test]
    fn e16b_all_attributes_are_read() {
        let seen = read(
            "NAME=spike.porcupine.org ADDR=168.100.189.2 port=2525 Proto=ESMTP HELO=spike.example \
             DESTADDR=IPV6:2001:db8::1 DESTPORT=25 LOGIN=us+20er",
        )
        .unwrap();
        assert_eq!(seen.name, Some(Given::Value("spike.porcupine.org".into())));
        assert_eq!(seen.address, Some(Given::Value("168.100.189.2".parse().unwrap())));
        assert_eq!((seen.port, seen.extended), (Some(Given::Value(2525)), Some(Given::Value(true))));
        assert_eq!(seen.helo.as_ref().and_then(Given::value).map(ClientName::as_str), Some("spike.example"));
        assert_eq!(seen.destination_address, Some(Given::Value("2001:db8::1".parse().unwrap())));
        assert_eq!(seen.destination_port, Some(Given::Value(25)));
        assert_eq!(seen.login, Some(Given::Value("us er".into())));
    }

    #[test]
    fn e16a_what_is_not_known_is_told_from_what_was_not_said() {
        let seen = read("NAME=[UNAVAILABLE] HELO=[tempunavail]").unwrap();
        assert_eq!((seen.name, seen.address), (Some(Given::Unavailable), None));
        assert_eq!(seen.helo, Some(Given::TemporarilyUnavailable));
        assert_eq!(
            read("ADDR=IPv6:::ffff:192.0.2.1").unwrap().address.unwrap().value(),
            Some(&"192.0.2.1".parse().unwrap())
        );
    }

    #[test]
    fn e16b_malformed_attributes_are_refused() {
        for attributes in [
            "",
            "NAME",
            "NAME=",
            "FOO=x",
            "NAME=a NAME=b",
            "NAME=a+0D+0Ab",
            "NAME=a+28b+29",
            "NAME=a+C3+A9",
            "NAME=a+2",
            "ADDR=1.2.3",
            "ADDR=2001:db8::1",
            "ADDR=IPV6:x",
            "ADDR=IPV6:1.2.3.4",
            "PORT=65536",
            "PORT=-1",
            "PROTO=LMTP",
            "HELO=a+20b",
            "LOGIN=a+00",
            "LOGIN=a=b",
            "DESTPORT=",
        ] {
            assert_eq!(read(attributes), Err(CommandError::Attribute), "{attributes}");
        }
        assert_eq!(Command::parse("XCLIENT NAME=\u{e9}".as_bytes()), Err(CommandError::NotAscii));
    }
}
