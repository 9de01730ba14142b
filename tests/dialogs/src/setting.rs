use std::net::{IpAddr, Ipv4Addr};

use postroad_mail_types::HostName;
use postroad_smtp_codec::Extensions;
use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};
use postroad_smtp_session::SessionSettings;

/// The listener and the client of a dialogue, as its `** listener` and `** offer` lines at the top say.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What the listener is held to. Its name is `relay.example`; messages have at most 1000 octets.
    pub session: SessionSettings,
    /// What the next hops can honour: 8BITMIME, unless it is said.
    pub offer: Extensions,
    /// TLS begins with the first octet.
    pub implicit_tls: bool,
    /// The client's address may relay; so does that of 192.0.2.7, which the client has unless `denied` is said.
    pub may_relay: bool,
    /// The client may say XCLIENT.
    pub may_xclient: bool,
    /// The client speaks before it is greeted.
    pub early: bool,
}

impl Default for Setting {
    fn default() -> Self {
        let name = HostName::parse("relay.example").unwrap();
        Self {
            session: SessionSettings { max_message_size: Some(1000), ..SessionSettings::new(name) },
            offer: Extensions::of_unknown_host(),
            implicit_tls: false,
            may_relay: true,
            may_xclient: false,
            early: false,
        }
    }
}

impl Setting {
    /// The client's address.
    #[must_use]
    pub const fn client(&self) -> IpAddr {
        IpAddr::V4(if self.may_relay { Ipv4Addr::new(192, 0, 2, 7) } else { Ipv4Addr::new(198, 51, 100, 7) })
    }

    /// Takes the words of a `** listener` line.
    pub(crate) fn listener(&mut self, words: &str) -> Result<(), String> {
        for word in words.split_ascii_whitespace() {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            match name {
                "starttls" => self.session.starttls = true,
                "require-tls" => self.session.require_tls = true,
                "require-auth" => self.session.require_auth = true,
                "submission" => self.session.submission = true,
                "strict-pipelining" => self.session.strict_pipelining = true,
                "implicit-tls" => self.implicit_tls = true,
                "denied" => self.may_relay = false,
                "xclient" => self.may_xclient = true,
                "early" => self.early = true,
                "auth" => self.session.mechanisms = mechanisms(value)?,
                "size" => self.session.max_message_size = Some(number(value)?.into()),
                "header" => self.session.max_header_size = number(value)?.into(),
                "recipients" => self.session.max_recipients = number(value)?,
                "messages" => self.session.max_messages = Some(number(value)?),
                "errors" => self.session.max_errors = number(value)?,
                "refused" => self.session.max_refused_recipients = number(value)?,
                "commands" => self.session.max_idle_commands = number(value)?,
                "failures" => self.session.max_auth_failures = number(value)?,
                "hops" => self.session.max_hops = number(value)?,
                _ => return Err(format!("no listener is {word:?}")),
            }
        }
        Ok(())
    }
}

/// The words of an `** offer` line: what the next hops can honour.
///
/// # Errors
/// The first word that is none.
pub fn offer(words: &str) -> Result<Extensions, String> {
    let nothing = Extensions { eight_bit_mime: false, ..Extensions::of_unknown_host() };
    words.split_ascii_whitespace().try_fold(nothing, |offer, word| {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        Ok(match name {
            "all" => Extensions::all(),
            "8bitmime" => Extensions { eight_bit_mime: true, ..offer },
            "smtputf8" => Extensions { smtp_utf8: true, ..offer },
            "dsn" => Extensions { dsn: true, ..offer },
            "binarymime" => Extensions { binary_mime: true, ..offer },
            "requiretls" => Extensions { require_tls: true, ..offer },
            "size" => Extensions { max_size: Some(number(value)?.into()), ..offer },
            "recipients" => Extensions { max_recipients: Some(number(value)?), ..offer },
            _ => return Err(format!("no host offers {word:?}")),
        })
    })
}

fn mechanisms(names: &str) -> Result<Mechanisms, String> {
    names.split(',').map(|name| Mechanism::parse(name).ok_or(format!("no mechanism is {name:?}"))).collect()
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_no_number| format!("{text:?} is no number"))
}
