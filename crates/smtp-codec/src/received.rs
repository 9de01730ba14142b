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

    fn print(helo: &str, shown: impl FnOnce(Received<'_>) -> String) -> String {
        let Command::Ehlo(client) = Command::parse(format!("EHLO {helo}").as_bytes()).unwrap() else {
            panic!("not EHLO")
        };
        let received = Received {
            client: &client,
            reverse_name: None,
            address: "::ffff:192.0.2.7".parse().unwrap(),
            by: &HostName::parse("relay.example").unwrap(),
            protocol: Protocol::ESMTP,
            id: TraceId::from_random([0xab; 16]),
            recipient: None,
            tls: None,
            date: Date(0),
        };
        shown(received)
    }

    #[test]
    fn t1b_shape() {
        let mailbox = Mailbox::parse("u@b.example").unwrap();
        assert_eq!(
            print("app.example", |r| Received { recipient: Some(&mailbox), ..r }.to_string()),
            "Received: from app.example ([192.0.2.7])\r\n\tby relay.example with ESMTP id abababababababababababababababab\
             \r\n\tfor <u@b.example>;\r\n\tThu, 1 Jan 1970 00:00:00 +0000\r\n"
        );
    }

    #[test]
    fn t1a_the_field_tells_the_given_name_and_the_true_address() {
        let printed = print("[10.0.0.1]", |r| Received { address: "2001:db8::7".parse().unwrap(), ..r }.to_string());
        assert!(printed.starts_with("Received: from [10.0.0.1] ([IPv6:2001:db8::7])\r\n\tby "), "{printed}");
        assert!(printed.ends_with("Thu, 1 Jan 1970 00:00:00 +0000\r\n"), "{printed}");
    }

    #[test]
    fn t02_with_names_the_protocol() {
        let names = ["ESMTP", "ESMTPS", "ESMTPA", "ESMTPSA", "UTF8SMTP", "UTF8SMTPS", "UTF8SMTPA", "UTF8SMTPSA"];
        for (bits, name) in names.into_iter().enumerate() {
            let protocol =
                Protocol { extended: true, tls: bits & 1 != 0, authenticated: bits & 2 != 0, utf8: bits & 4 != 0 };
            assert_eq!(protocol.to_string(), name);
            assert_eq!(Protocol { extended: false, ..protocol }.to_string(), "SMTP");
            let printed = print("c.example", |r| Received { protocol, ..r }.to_string());
            assert!(printed.contains(&format!(" with {name} id ")), "{printed}");
        }
    }

    #[test]
    fn t02_a_submission_under_tls_tells_its_cipher_suite_last() {
        let mailbox = Mailbox::parse("u@b.example").unwrap();
        let printed = print("c.example", |r| {
            Received { recipient: Some(&mailbox), tls: Some("TLS_AES_256_GCM_SHA384"), ..r }.to_string()
        });
        assert!(printed.contains("\r\n\tfor <u@b.example>\r\n\ttls TLS_AES_256_GCM_SHA384;\r\n\tThu"), "{printed}");
    }

    #[test]
    fn t03_hostile_names_stay_one_word_of_the_field() {
        for hostile in ["a\r\nBcc: x", "a) (b", "a\0\u{1b}[31m", "\u{fc}ber.example", "a;b \"c\\", "\u{2028}"] {
            let printed =
                print("c.example", |r| Received { reverse_name: Some(hostile), tls: Some(hostile), ..r }.to_string());
            assert!(printed.is_ascii() && !printed.contains(['\0', '\u{1b}', '"', '\\']), "{printed:?}");
            assert_eq!(printed.matches("\r\n").count(), 4, "{printed:?}");
            assert_eq!((printed.matches('(').count(), printed.matches(')').count()), (1, 1), "{printed:?}");
            assert_eq!(printed.matches(';').count(), 1, "{printed:?}");
        }
        let long = "x".repeat(10_000);
        assert!(print("c.example", |r| Received { reverse_name: Some(&long), ..r }.to_string()).len() < 500);
        let printed = print("c.example", |r| Received { reverse_name: Some("mail.example"), ..r }.to_string());
        assert!(printed.starts_with("Received: from c.example (mail.example [192.0.2.7])\r\n"), "{printed}");
        assert_eq!(
            print("c.example", |r| Received { reverse_name: Some(""), ..r }.to_string()),
            print("c.example", |r| r.to_string())
        );
    }
}
