//! The closed lists of values. No free text reaches a span, a metric or a record through them.

/// Where a transaction or an attempt stands, or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Name resolution and TCP.
    Connect,
    /// TLS handshake, STARTTLS included.
    Tls,
    /// Greeting, EHLO or HELO.
    Ehlo,
    /// Login.
    Auth,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA and the body.
    Data,
    /// From the end of the data to its reply.
    Dot,
    /// After the final reply.
    Quit,
}

impl Phase {
    /// Value of `smtp.phase`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Ehlo => "ehlo",
            Self::Auth => "auth",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Dot => "dot",
            Self::Quit => "quit",
        }
    }
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The client has 250.
    Accepted,
    /// 5yz about a recipient or from the next hop.
    Rejected,
    /// 5yz by our own rules.
    Policy,
    /// 4yz.
    Tempfail,
    /// The host's reply to the dot was lost; the client has 451.
    InDoubt,
    /// The connection was lost, or the client gave up, before the final reply.
    Aborted,
    /// The client was silent for too long.
    Timeout,
}

impl Outcome {
    /// Value of `smtp.outcome`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Policy => "policy",
            Self::Tempfail => "tempfail",
            Self::InDoubt => "in_doubt",
            Self::Aborted => "aborted",
            Self::Timeout => "timeout",
        }
    }
}

/// Who ended a transaction, in one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseFlag {
    /// UF: connecting to the next hop failed.
    UpstreamFailed,
    /// UO: a limit was reached.
    LimitReached,
    /// URX: every attempt was used up.
    AttemptsUsedUp,
    /// NR: no connector matched.
    NoRoute,
    /// CA: the client went away.
    ClientAborted,
    /// ID: the outcome is in doubt.
    InDoubt,
    /// RL: the host's 250 was read, the client was gone.
    ReplyLost,
}

impl ResponseFlag {
    /// Value of `smtp.response_flag`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UpstreamFailed => "UF",
            Self::LimitReached => "UO",
            Self::AttemptsUsedUp => "URX",
            Self::NoRoute => "NR",
            Self::ClientAborted => "CA",
            Self::InDoubt => "ID",
            Self::ReplyLost => "RL",
        }
    }
}

/// Why something failed: the closed list of `error.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorType {
    /// The name did not resolve.
    Dns,
    /// TCP was refused.
    ConnectRefused,
    /// TCP did not come about in time.
    ConnectTimeout,
    /// No way to the network.
    NetworkUnreachable,
    /// The TLS handshake failed.
    TlsHandshake,
    /// TLS was demanded and not offered, or is not allowed.
    TlsPolicy,
    /// The certificate was not good enough.
    CertInvalid,
    /// STARTTLS was offered and refused.
    StarttlsUnavailable,
    /// The login was refused or could not be tried.
    AuthFailed,
    /// No greeting in time.
    BannerTimeout,
    /// No reply to a command in time.
    CommandTimeout,
    /// The connection was lost.
    ConnectionReset,
    /// The peer broke the protocol.
    ProtocolError,
    /// The client went away.
    ClientAborted,
    /// A limit was reached.
    LimitExceeded,
    /// No next hop could be used.
    NoHealthyUpstream,
    /// The mail runs in a circle.
    LoopDetected,
    /// The relay shuts down.
    Shutdown,
    /// The reply code itself.
    Reply(u16),
}

impl ErrorType {
    /// Value of `error.type`. A code that SMTP does not know is told by its first digit, so that a strange peer cannot
    /// widen the list.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::ConnectRefused => "connect_refused",
            Self::ConnectTimeout => "connect_timeout",
            Self::NetworkUnreachable => "network_unreachable",
            Self::TlsHandshake => "tls_handshake",
            Self::TlsPolicy => "tls_policy",
            Self::CertInvalid => "cert_invalid",
            Self::StarttlsUnavailable => "starttls_unavailable",
            Self::AuthFailed => "auth_failed",
            Self::BannerTimeout => "banner_timeout",
            Self::CommandTimeout => "command_timeout",
            Self::ConnectionReset => "connection_reset",
            Self::ProtocolError => "protocol_error",
            Self::ClientAborted => "client_aborted",
            Self::LimitExceeded => "limit_exceeded",
            Self::NoHealthyUpstream => "no_healthy_upstream",
            Self::LoopDetected => "loop_detected",
            Self::Shutdown => "shutdown",
            Self::Reply(code) => reply_code(code),
        }
    }
}

const fn reply_code(code: u16) -> &'static str {
    match code {
        421 => "421",
        450 => "450",
        451 => "451",
        452 => "452",
        454 => "454",
        455 => "455",
        500 => "500",
        501 => "501",
        502 => "502",
        503 => "503",
        504 => "504",
        521 => "521",
        523 => "523",
        530 => "530",
        534 => "534",
        535 => "535",
        550 => "550",
        551 => "551",
        552 => "552",
        553 => "553",
        554 => "554",
        555 => "555",
        556 => "556",
        400..=499 => "4yz",
        _ => "5yz",
    }
}
