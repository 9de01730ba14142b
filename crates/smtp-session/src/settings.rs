//! What a session is held to.

use postroad_mail_types::HostName;
use postroad_smtp_codec::sasl::Mechanisms;

/// The rules of a listener, as far as the dialogue is concerned.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// Our name in the greeting, in EHLO and in 421.
    pub server_name: HostName,
    /// STARTTLS can be had: the listener has a certificate and does not begin with TLS.
    pub starttls: bool,
    /// Nothing but NOOP, EHLO, STARTTLS and QUIT before TLS (RFC 3207 §4).
    pub require_tls: bool,
    /// MAIL needs AUTH (RFC 6409 §4.3).
    pub require_auth: bool,
    /// A place for message submission (RFC 6409): domains must be fully qualified (§4.2).
    pub submission: bool,
    /// The SASL mechanisms the listener takes; each is offered only where it is usable. Empty: no AUTH.
    pub mechanisms: Mechanisms,
    /// Octets of a command line, CRLF included; at least 512 (RFC 5321 §4.5.3.1.4), and what the extensions add.
    pub max_command_line: usize,
    /// Largest message in octets, offered as SIZE; `None`: unlimited.
    pub max_message_size: Option<u64>,
    /// Octets of a message's header, all fields together.
    pub max_header_size: u64,
    /// Recipients of one transaction; at least 100 (RFC 5321 §4.5.3.1.8).
    pub max_recipients: u32,
    /// MAIL commands of one session, offered as MAILMAX (RFC 9422); `None`: unlimited.
    pub max_messages: Option<u32>,
    /// Received fields above which the mail is taken to run in a circle; at least 100 (RFC 5321 §6.3).
    pub max_hops: u32,
    /// Commands in error after which the session is closed with 421.
    pub max_errors: u32,
    /// Recipients refused for good (5yz) after which the session is closed with 421: somebody is guessing addresses.
    pub max_refused_recipients: u32,
    /// Commands other than RCPT, DATA and BDAT between two accepted messages, after which the session is closed with 421.
    pub max_idle_commands: u32,
    /// Failures of AUTH after which the session is closed with 421; at least 3 (RFC 4954 §4).
    pub max_auth_failures: u32,
    /// Close the session of a client that sends more before the reply to EHLO, HELO, AUTH or DATA has come, though these
    /// end a group (RFC 2920 §3.1). Many scripts do so; behind STARTTLS it is never let pass.
    pub strict_pipelining: bool,
}

impl SessionSettings {
    /// Octets of a command line, CRLF included. RFC 5321 §4.5.3.1.4 asks for 512; extensions add more to MAIL and RCPT
    /// (RFC 4954 §3, RFC 3461 §4.2).
    pub const LINE_LIMIT: usize = 2048;

    /// Octets of a line of an AUTH exchange, CRLF included (RFC 4954 §4).
    pub const AUTH_LINE_LIMIT: usize = 12_288;

    /// The defaults under a name: no TLS, no AUTH.
    #[must_use]
    pub const fn new(server_name: HostName) -> Self {
        Self {
            server_name,
            starttls: false,
            require_tls: false,
            require_auth: false,
            submission: false,
            mechanisms: Mechanisms::NONE,
            max_command_line: Self::LINE_LIMIT,
            max_message_size: Some(36_700_160),
            max_header_size: 1_048_576,
            max_recipients: 1000,
            max_messages: None,
            max_hops: 100,
            max_errors: 20,
            max_refused_recipients: 100,
            max_idle_commands: 200,
            max_auth_failures: 5,
            strict_pipelining: false,
        }
    }
}
