//! Names of the rules by which the pipeline refuses, for the log.

use postroad_delivery::FaultKind;
use postroad_mail_types::Reply;

use crate::outcome::Cause;

/// A rule of ours. Its name is stable: people filter logs by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// One transaction, one connector.
    OtherConnector,
    /// Larger than the connector allows.
    ConnectorSize,
    /// Larger than the smart host's SIZE.
    HostSize,
    /// 8-bit content for a host without 8BITMIME.
    EightBit,
    /// Binary content for a host without BINARYMIME.
    Binary,
    /// SMTPUTF8 for a host without it.
    SmtpUtf8,
    /// DSN parameters for a host without DSN.
    Dsn,
    /// REQUIRETLS on a way that cannot keep it.
    RequireTls,
    /// The next host does not take what the one before had taken.
    RecipientsLost,
    /// By BDAT, without a CRLF at its end, to a host that takes DATA only.
    NoLineEnd,
    /// A rule of the listener, told by the session.
    Listener,
}

impl Rule {
    const fn name(self) -> &'static str {
        match self {
            Self::OtherConnector => "other-connector",
            Self::ConnectorSize => "connector-size",
            Self::HostSize => "host-size",
            Self::EightBit => "host-without-8bitmime",
            Self::Binary => "host-without-binarymime",
            Self::SmtpUtf8 => "host-without-smtputf8",
            Self::Dsn => "host-without-dsn",
            Self::RequireTls => "requiretls-impossible",
            Self::RecipientsLost => "recipients-lost",
            Self::NoLineEnd => "no-line-end",
            Self::Listener => "listener",
        }
    }
}

impl Cause {
    /// The rule behind a refusal.
    pub(crate) fn rule(&self, reply: &Reply) -> &'static str {
        match self {
            Self::Host(_) => "host-reply",
            Self::Policy(_, rule) => rule.name(),
            Self::NoRoute if reply.class() == 4 => "no-usable-connector",
            Self::NoRoute => "no-route",
            Self::InDoubt(_) => "in-doubt",
            Self::Fault(_, _, kind) => match kind {
                FaultKind::Name => "host-unresolved",
                FaultKind::Connect => "host-unreachable",
                FaultKind::Refused => "host-takes-no-mail",
                FaultKind::TlsMissing => "host-without-tls",
                FaultKind::TlsFailed => "host-tls-failed",
                FaultKind::Login => "host-login-refused",
                FaultKind::Lost => "host-lost",
                FaultKind::Protocol => "host-protocol-error",
                FaultKind::Unusable => "connector-unusable",
            },
        }
    }
}
