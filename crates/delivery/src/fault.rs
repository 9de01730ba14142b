//! Faults on the way to a next hop, and the one table from them to the client's reply.

use postroad_mail_types::{EnhancedCode, Reply};
use postroad_telemetry::{ErrorType, Phase, ReplyCodes};

/// What went wrong with a connection to a smart host. Never the client's fault, so its reply is always 4xx.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {detail}", .phase.as_str())]
pub struct Fault {
    /// What the client is told.
    pub kind: FaultKind,
    /// Where it happened.
    pub phase: Phase,
    /// For the span.
    pub error: ErrorType,
    /// For the log: what was seen, without any address of a person and without secrets.
    pub detail: String,
    /// The host's reply, where one was the reason.
    pub reply: Option<ReplyCodes>,
}

/// Kinds of faults, by what the client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The host's name does not resolve.
    Name,
    /// No TCP connection came about.
    Connect,
    /// The greeting, or EHLO, was refused.
    Refused,
    /// TLS is demanded and not offered.
    TlsMissing,
    /// TLS did not come about.
    TlsFailed,
    /// Our login, or our right to use the host, was refused.
    Login,
    /// 421, a lost connection, or a timer of ours.
    Lost,
    /// The host broke the protocol.
    Protocol,
    /// The connector cannot be used here.
    Unusable,
}

impl Fault {
    /// A fault without a reply of the host.
    #[must_use]
    pub fn new(kind: FaultKind, phase: Phase, error: ErrorType, detail: impl Into<String>) -> Self {
        Self { kind, phase, error, detail: detail.into(), reply: None }
    }

    /// A fault that a reply of the host is the reason of. Its text goes into the detail only where it cannot be about an
    /// address of the transaction.
    #[must_use]
    pub fn replied(kind: FaultKind, phase: Phase, reply: &Reply) -> Self {
        let detail = match (phase, reply.enhanced()) {
            (Phase::Ehlo | Phase::Tls, _) => format!("the smart host answered {reply}"),
            (_, Some(enhanced)) => format!("the smart host answered {} {enhanced}", reply.code()),
            (_, None) => format!("the smart host answered {}", reply.code()),
        };
        Self {
            kind,
            phase,
            error: match kind {
                FaultKind::Login => ErrorType::AuthFailed,
                // A code that may stand there at another time says nothing of what is wrong with it.
                FaultKind::Protocol => ErrorType::ProtocolError,
                _ => ErrorType::Reply(reply.code()),
            },
            detail,
            reply: Some(ReplyCodes { code: reply.code(), enhanced: reply.enhanced() }),
        }
    }

    /// What the client is told.
    #[must_use]
    pub fn to_reply(&self) -> Reply {
        let (subject, detail, text) = match self.kind {
            FaultKind::Name => (4, 3, "The smart host's name does not resolve, try again later"),
            FaultKind::Connect => (4, 1, "No smart host can be reached, try again later"),
            FaultKind::Refused => (4, 0, "The smart host takes no mail now, try again later"),
            FaultKind::TlsMissing => (7, 4, "The smart host does not offer the TLS that is demanded, try again later"),
            FaultKind::TlsFailed => (7, 5, "TLS with the smart host failed, try again later"),
            FaultKind::Login => (7, 0, "The smart host refused our login, try again later"),
            FaultKind::Lost => (4, 2, "The connection to the smart host was lost, try again later"),
            FaultKind::Protocol => (5, 0, "The smart host broke the protocol, try again later"),
            FaultKind::Unusable => (3, 2, "The connector cannot be used here, try again later"),
        };
        Reply::fixed(451, Some(EnhancedCode::new(4, subject, detail)), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_path_is_never_permanent() {
        for (kind, text) in [
            (FaultKind::Name, "451 4.4.3"),
            (FaultKind::Connect, "451 4.4.1"),
            (FaultKind::Refused, "451 4.4.0"),
            (FaultKind::TlsMissing, "451 4.7.4"),
            (FaultKind::TlsFailed, "451 4.7.5"),
            (FaultKind::Login, "451 4.7.0"),
            (FaultKind::Lost, "451 4.4.2"),
            (FaultKind::Protocol, "451 4.5.0"),
            (FaultKind::Unusable, "451 4.3.2"),
        ] {
            let reply = Fault::new(kind, Phase::Connect, ErrorType::Dns, "x").to_reply().to_string();
            assert!(reply.starts_with(text), "{kind:?}: {reply}");
        }
    }
}
