//! How a transaction ended, as its record tells it.

use postroad_delivery::{Fault, FaultKind};
use postroad_mail_types::{EnhancedCode, Reply};
use postroad_telemetry::{ErrorType, Outcome, Phase, ReplyCodes, ResponseFlag, TransactionRecord};

use crate::Abort;
use crate::rule::Rule;

/// Why the client got a refusal.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    /// The next hop said so.
    Host(Phase),
    /// A rule of ours.
    Policy(Phase, Rule),
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

    /// Where it happened, for the log.
    pub(crate) const fn phase(&self) -> Phase {
        match *self {
            Self::Host(phase) | Self::Policy(phase, _) | Self::Fault(_, phase, _) => phase,
            Self::NoRoute => Phase::Rcpt,
            Self::InDoubt(_) => Phase::Dot,
        }
    }
}

/// Notes a reply as the last word so far.
pub(crate) fn note(record: &mut TransactionRecord, reply: &Reply, cause: &Cause) {
    let temporary = reply.class() == 4;
    record.reply = Some(ReplyCodes { code: reply.code(), enhanced: reply.enhanced() });
    record.flag = matches!(cause, Cause::Policy(..)).then_some(ResponseFlag::LimitReached).filter(|_| temporary);
    (record.outcome, record.phase, record.error) = match *cause {
        Cause::Host(phase) if temporary => (Outcome::Tempfail, Some(phase), Some(ErrorType::Reply(reply.code()))),
        Cause::Host(phase) => (Outcome::Rejected, Some(phase), None),
        Cause::Policy(phase, _) if reply.enhanced() == Some(EnhancedCode::new(5, 4, 6)) => {
            (Outcome::Policy, Some(phase), Some(ErrorType::LoopDetected))
        }
        // It is the host that offers less than it did.
        Cause::Policy(phase, Rule::Dsn) => (Outcome::Tempfail, Some(phase), Some(ErrorType::Reply(reply.code()))),
        Cause::Policy(phase, _) if temporary => (Outcome::Tempfail, Some(phase), Some(ErrorType::LimitExceeded)),
        Cause::Policy(phase, _) => (Outcome::Policy, Some(phase), None),
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

/// Notes that there was no final reply, and why.
pub(crate) fn note_aborted(record: &mut TransactionRecord, why: Abort) {
    let told = |detail| Some(ReplyCodes { code: 421, enhanced: Some(EnhancedCode::new(4, detail, 2)) });
    record.phase = None;
    (record.outcome, record.flag, record.reply, record.error) = match why {
        Abort::Client => (Outcome::Aborted, Some(ResponseFlag::ClientAborted), None, None),
        Abort::Timeout => (Outcome::Timeout, Some(ResponseFlag::ClientAborted), told(4), None),
        Abort::Shutdown => (Outcome::Tempfail, None, told(3), Some(ErrorType::Shutdown)),
    };
}

/// Notes that the session was stopped before a final reply was known.
pub(crate) fn note_cut_off(record: &mut TransactionRecord, in_doubt: bool) {
    (record.reply, record.error) = (None, Some(ErrorType::Shutdown));
    (record.outcome, record.flag, record.phase) = if in_doubt {
        (Outcome::InDoubt, Some(ResponseFlag::InDoubt), Some(Phase::Dot))
    } else {
        (Outcome::Aborted, None, None)
    };
}
