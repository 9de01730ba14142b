use std::net::SocketAddr;
use std::path::Path;

/// How a client reaches the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// In clear, without a login.
    Clear,
    /// STARTTLS, without a login.
    StartTls,
    /// STARTTLS and a login (RFC 6409).
    Submission,
    /// TLS from the first octet and a login (RFC 8314 §3.3).
    ImplicitTls,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Clear, Self::StartTls, Self::Submission, Self::ImplicitTls];

    /// Whether clients log in.
    #[must_use]
    pub const fn has_login(self) -> bool {
        matches!(self, Self::Submission | Self::ImplicitTls)
    }
}

/// A SASL mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// The old one without an RFC.
    Login,
    /// RFC 7677.
    ScramSha256,
}

impl Mechanism {
    /// As it is registered.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
        }
    }
}

/// How a client logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Login {
    /// Name of the account.
    pub user: &'static str,
    /// Its password.
    pub password: &'static str,
    /// How it is proved.
    pub mechanism: Mechanism,
}

/// What a client or a test may do beyond plain mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Addresses outside ASCII (RFC 6531).
    Utf8,
    /// RET, ENVID, NOTIFY and ORCPT (RFC 3461), all or some.
    Dsn,
}

/// From whom, to whom, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Reverse-path.
    pub from: &'static str,
    /// The only recipient.
    pub to: &'static str,
    /// What is to be used.
    pub feature: Option<Feature>,
}

impl Envelope {
    /// Plain mail.
    pub const PLAIN: Self = Self { from: "a@sender.example", to: "b@rcpt.example", feature: None };
    /// Plain addresses with DSN parameters.
    pub const DSN: Self = Self { feature: Some(Feature::Dsn), ..Self::PLAIN };
    /// Local-parts outside ASCII.
    pub const UTF8: Self =
        Self { from: "grüße@sender.example", to: "кот@rcpt.example", feature: Some(Feature::Utf8) };
}

/// One message to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Errand<'a> {
    /// Where to.
    pub to: SocketAddr,
    /// How.
    pub mode: Mode,
    /// The login, where the mode has one.
    pub login: Option<Login>,
    /// The authority that must have signed the peer's certificate, a PEM file; it is for `localhost` and 127.0.0.1.
    pub ca: &'a Path,
    /// Sender, recipient.
    pub envelope: Envelope,
    /// File with the message, CRLF at every line's end.
    pub message: &'a Path,
}

/// What a client said when it had sent a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said(pub String);
