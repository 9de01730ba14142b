//! The Received field that we put on top (RFC 5321 §4.4).

use std::fmt;
use std::net::IpAddr;

use postroad_mail_types::{HostName, Mailbox, TraceId};

use crate::{ClientName, Date};

/// One Received field, printed with its CRLF.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The name the client gave; hostile text, made harmless when it was parsed.
    pub client: &'a ClientName,
    /// The address of the TCP connection.
    pub address: IpAddr,
    /// Our name.
    pub by: &'a HostName,
    /// How the message came.
    pub protocol: Protocol,
    /// The id people see.
    pub id: TraceId,
    /// Only when there is exactly one recipient, else it would reveal blind copies (RFC 5321 §7.2).
    pub recipient: Option<&'a Mailbox>,
    /// When.
    pub date: Date,
}

/// Value of WITH (RFC 3848).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// After HELO.
    Smtp,
    /// After EHLO.
    Esmtp,
}

impl fmt::Display for Received<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Received: from {} (", self.client.as_str())?;
        match self.address.to_canonical() {
            IpAddr::V4(address) => write!(f, "[{address}]")?,
            IpAddr::V6(address) => write!(f, "[IPv6:{address}]")?,
        }
        let with = match self.protocol {
            Protocol::Smtp => "SMTP",
            Protocol::Esmtp => "ESMTP",
        };
        write!(f, ")\r\n\tby {} with {with} id {}", self.by, self.id)?;
        if let Some(recipient) = self.recipient {
            write!(f, "\r\n\tfor <{recipient}>")?;
        }
        write!(f, ";\r\n\t{}\r\n", self.date)
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
            address: "::ffff:192.0.2.7".parse().unwrap(),
            by: &HostName::parse("relay.example").unwrap(),
            protocol: Protocol::Esmtp,
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
