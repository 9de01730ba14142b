//! How a transaction ended, as its record tells it.

use postroad_delivery::{Fault, FaultKind};
use postroad_mail_types::Reply;
use postroad_telemetry::{ErrorType, Outcome, Phase, ReplyCodes, ResponseFlag, TransactionRecord};

/// Why the client got a refusal.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    /// The next hop said so.
    Host(Phase),
    /// A rule of ours.
    Policy(Phase),
    /// No connector for the recipient.
    NoRoute,
    /// A fault on the way to the next hop.
    Fault(ErrorType, Phase, FaultKind),
    /// Nobody knows whether the host has the message.
    InDoubt(ErrorType),
}

impl Cause {
    pub(crate) const fn of(fault: &Fault) -> Self {
        Self::Fault(fault.error, fault.phase, fault.kind)
    }
}

/// Notes a reply as the last word so far.
pub(crate) fn note(record: &mut TransactionRecord, reply: &Reply, cause: &Cause) {
    let temporary = reply.class() == 4;
    record.reply = Some(ReplyCodes { code: reply.code(), enhanced: reply.enhanced() });
    record.flag = None;
    (record.outcome, record.phase, record.error) = match *cause {
        Cause::Host(phase) if temporary => (Outcome::Tempfail, Some(phase), Some(ErrorType::Reply(reply.code()))),
        Cause::Host(phase) => (Outcome::Rejected, Some(phase), None),
        Cause::Policy(phase) if reply.enhanced().is_some_and(|e| e.to_string() == "5.4.6") => {
            (Outcome::Policy, Some(phase), Some(ErrorType::LoopDetected))
        }
        Cause::Policy(phase) if temporary => (Outcome::Tempfail, Some(phase), Some(ErrorType::LimitExceeded)),
        Cause::Policy(phase) => (Outcome::Policy, Some(phase), None),
        Cause::NoRoute => {
            record.flag = Some(ResponseFlag::NoRoute);
            let error = temporary.then_some(ErrorType::NoHealthyUpstream);
            (if temporary { Outcome::Tempfail } else { Outcome::Rejected }, Some(Phase::Rcpt), error)
        }
        Cause::Fault(error, phase, kind) => {
            record.flag = Some(match kind {
                FaultKind::Name | FaultKind::Connect => ResponseFlag::UpstreamFailed,
                _ => ResponseFlag::AttemptsUsedUp,
            });
            (Outcome::Tempfail, Some(phase), Some(error))
        }
        Cause::InDoubt(error) => {
            record.flag = Some(ResponseFlag::InDoubt);
            (Outcome::InDoubt, Some(Phase::Dot), Some(error))
        }
    };
}

/// Notes that the host has the message and the client is told so.
pub(crate) fn note_accepted(record: &mut TransactionRecord, reply: &Reply) {
    record.reply = Some(ReplyCodes { code: reply.code(), enhanced: reply.enhanced() });
    (record.outcome, record.phase, record.error, record.flag) = (Outcome::Accepted, None, None, None);
}

/// Notes that the client went away, or gave the transaction up, before a final reply.
pub(crate) fn note_aborted(record: &mut TransactionRecord) {
    (record.outcome, record.reply, record.error) = (Outcome::Aborted, None, None);
    record.flag = Some(ResponseFlag::ClientAborted);
}
