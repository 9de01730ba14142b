//! The Received field that we put on top (RFC 5321 §4.4).

mod protocol;

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use postroad_mail_types::{HostName, Mailbox, TraceId};

use crate::command::is_letter;
use crate::{ClientName, Date};

pub use protocol::Protocol;

/// One Received field, printed with its CRLF. Foreign text in it is printed harmless.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The name the client gave; hostile text, made harmless when it was parsed.
    pub client: &'a ClientName,
    /// The name that the client's address resolves to, where a trusted proxy said one (PROXY, XCLIENT): hostile text.
    /// We look up none ourselves.
    pub reverse_name: Option<&'a str>,
    /// The address of the client.
    pub address: IpAddr,
    /// Our name.
    pub by: &'a HostName,
    /// How the message came.
    pub protocol: Protocol,
    /// The id people see.
    pub id: TraceId,
    /// Only when there is exactly one recipient, else it would reveal blind copies (RFC 5321 §7.2).
    pub recipient: Option<&'a Mailbox>,
    /// The cipher suite, for the `tls` clause of a submission under TLS (RFC 8314 §4.3).
    pub tls: Option<&'a str>,
    /// When.
    pub date: Date,
}

impl fmt::Display for Received<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Received: from {} (", self.client.as_str())?;
        if let Some(name) = self.reverse_name.filter(|name| !name.is_empty()) {
            write!(f, "{} ", Harmless(name))?;
        }
        match self.address.to_canonical() {
            IpAddr::V4(address) => write!(f, "[{address}]")?,
            IpAddr::V6(address) => write!(f, "[IPv6:{address}]")?,
        }
        write!(f, ")\r\n\tby {} with {} id {}", self.by, self.protocol, self.id)?;
        if let Some(recipient) = self.recipient {
            write!(f, "\r\n\tfor <{recipient}>")?;
        }
        if let Some(cipher) = self.tls {
            write!(f, "\r\n\ttls {}", Harmless(cipher))?;
        }
        write!(f, ";\r\n\t{}\r\n", self.date)
    }
}

/// A word of somebody else in a header: at most 255 characters; all but letters, digits, dots, hyphens, underscores and
/// colons become `?`.
struct Harmless<'a>(&'a str);

impl fmt::Display for Harmless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let harmless = |c: char| if u8::try_from(c).is_ok_and(is_letter) { c } else { '?' };
        self.0.chars().take(255).try_for_each(|c| f.write_char(harmless(c)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;

    #[test]
    fn t1b_shape() {
        let Command::Ehlo(client) = Command::parse(b"EHLO app.example").unwrap() else { panic!("not EHLO") };
        let received = Received {
            client: &client,
            reverse_name: None,
            tls: None,
            address: "::ffff:192.0.2.7".parse().unwrap(),
            by: &HostName::parse("relay.example").unwrap(),
            protocol: Protocol::ESMTP,
            id: TraceId::from_random([0xab; 16]),
            recipient: Some(&Mailbox::parse("u@b.example").unwrap()),
            date: Date(0),
        };
        assert_eq!(
            received.to_string(),
            "Received: from app.example ([192.0.2.7])\r\n\tby relay.example with ESMTP id abababababababababababababababab\
             \r\n\tfor <u@b.example>;\r\n\tThu, 1 Jan 1970 00:00:00 +0000\r\n"
        );
    }
}
