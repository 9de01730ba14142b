//! What a session is held to.

use postroad_mail_types::HostName;

/// The rules of a listener, as far as the dialogue is concerned.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// Our name in the greeting, in EHLO and in 421.
    pub server_name: HostName,
    /// Largest message in octets, offered as SIZE; `None`: unlimited.
    pub max_message_size: Option<u64>,
    /// Recipients of one transaction; at least 100 (RFC 5321 §4.5.3.1.8).
    pub max_recipients: u32,
    /// Received fields above which the mail is taken to run in a circle; at least 100 (RFC 5321 §6.3).
    pub max_hops: u32,
    /// Commands in error after which the session is closed with 421.
    pub max_errors: u32,
}

impl SessionSettings {
    /// Octets of a command line, CRLF included. RFC 5321 §4.5.3.1.4 asks for 512, extensions for a little more.
    pub const LINE_LIMIT: usize = 2048;

    /// The defaults under a name.
    #[must_use]
    pub const fn new(server_name: HostName) -> Self {
        Self { server_name, max_message_size: Some(36_700_160), max_recipients: 1000, max_hops: 100, max_errors: 20 }
    }
}
