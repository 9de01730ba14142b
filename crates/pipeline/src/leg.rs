//! The leg to the smart host: opening it, and going on to the next host when one fails.

use std::time::{Duration, Instant};

use postroad_delivery::{Courier, Delivery, Fault, FaultKind};
use postroad_mail_types::{Mailbox, Reply};
use postroad_smtp_session::{MailRequest, RcptRequest};
use postroad_telemetry::{ErrorType, Phase};
use tracing::warn;

use crate::outcome::Cause;
use crate::pin::Pin;
use crate::{Transaction, mismatch};

/// Where the message goes.
#[derive(Debug)]
pub(crate) enum Leg<D> {
    /// Nowhere yet.
    Unopened,
    /// This host stands; between commands it has accepted MAIL and every accepted recipient.
    Open(D),
    /// Nowhere any more: this is the reply to DATA, or to the end of the data.
    Dead(Reply, Cause),
}

/// One command of the client that needs a host: all that is tried for it ends by the deadline.
#[derive(Debug)]
pub(crate) struct Need {
    /// The recipient to be named in our Received field, as far as is known.
    mailbox: Mailbox,
    pub(crate) deadline: Instant,
    /// The first fault: the one that the client is told.
    pub(crate) fault: Option<Fault>,
}

impl Need {
    pub(crate) fn new(mailbox: Mailbox, within: Duration) -> Self {
        Self { mailbox, deadline: Instant::now() + within, fault: None }
    }

    /// Nothing more can be tried in time.
    pub(crate) fn is_over(&self) -> bool {
        self.fault.is_some() && Instant::now() >= self.deadline
    }
}

/// Why no further host took over.
pub(crate) enum NoHost {
    /// A host gave its verdict on MAIL, or cannot take such a message. No recipient was accepted yet.
    Verdict(Reply, Cause),
    /// Every host failed.
    Failed,
    /// A host took over, but not MAIL, or not all recipients that were accepted before.
    RecipientsLost,
}

impl<C: Courier> Transaction<C> {
    /// Opens the next host that stands and accepts MAIL and every recipient accepted so far.
    pub(crate) async fn open_next(&mut self, need: &mut Need) -> Result<(), NoHost> {
        while let Some(order) = self.next_order(need)? {
            match self.shared.courier.open(order).await {
                Ok(delivery) => self.leg = Leg::Open(delivery),
                Err((fault, attempt)) => {
                    self.record.attempts.push(attempt);
                    self.failed(fault, need);
                    continue;
                }
            }
            match self.introduced(need).await {
                Ok(()) => {
                    if let Some(pin) = &mut self.pin {
                        pin.stands();
                    }
                    return Ok(());
                }
                Err(Introduction::Fault(fault)) => {
                    self.hang_up(false).await;
                    self.failed(fault, need);
                }
                Err(Introduction::TooSlow) => {
                    let detail = "the smart host did not take MAIL and the recipients before the deadline";
                    if let Leg::Open(delivery) = std::mem::replace(&mut self.leg, Leg::Unopened) {
                        self.record.attempts.push(delivery.abandon(ErrorType::CommandTimeout));
                    }
                    self.failed(Fault::new(FaultKind::Lost, Phase::Rcpt, ErrorType::CommandTimeout, detail), need);
                }
                Err(Introduction::Refused(reply, cause)) => {
                    self.hang_up(true).await;
                    let verdict = self.accepted.is_empty();
                    return Err(if verdict { NoHost::Verdict(reply, cause) } else { NoHost::RecipientsLost });
                }
                Err(Introduction::RecipientsLost) => {
                    self.hang_up(true).await;
                    return Err(NoHost::RecipientsLost);
                }
            }
        }
        Err(NoHost::Failed)
    }

    /// MAIL, and the recipients accepted before, to the host that was opened just now.
    async fn introduced(&mut self, need: &Need) -> Result<(), Introduction> {
        let header = self.received(Some(&need.mailbox)).len() as u64;
        let Leg::Open(delivery) = &mut self.leg else { return Err(Introduction::RecipientsLost) };
        if let Some((reply, rule)) = mismatch::at_mail(&self.mail.parameters, header, delivery.capabilities()) {
            return Err(Introduction::Refused(reply, Cause::Policy(Phase::Rcpt, rule)));
        }
        let introduction = introduce(delivery, &self.mail, &self.accepted, header);
        let within = need.deadline.saturating_duration_since(Instant::now());
        tokio::time::timeout(within, introduction).await.unwrap_or(Err(Introduction::TooSlow))
    }

    /// Closes the connection to the host and keeps the record of the attempt.
    pub(crate) async fn hang_up(&mut self, polite: bool) {
        match std::mem::replace(&mut self.leg, Leg::Unopened) {
            Leg::Open(delivery) => self.record.attempts.push(delivery.close(polite).await),
            other => self.leg = other,
        }
    }

    /// A fault ends an attempt: it is logged, and the first of them is what the client is told.
    pub(crate) fn failed(&mut self, fault: Fault, need: &mut Need) {
        self.log(&fault);
        if let Some(pin) = &mut self.pin {
            pin.failed(&fault);
        }
        need.fault.get_or_insert(fault);
    }

    /// A fault is logged where it is handled, with all that an operator needs to find it.
    pub(crate) fn log(&self, fault: &Fault) {
        warn!(
            trace_id = %self.record.trace_id,
            connector = self.pin.as_ref().map(Pin::name),
            phase = fault.phase.as_str(),
            error = fault.error.as_str(),
            detail = fault.detail,
            "attempt at a smart host failed"
        );
    }
}

enum Introduction {
    Fault(Fault),
    TooSlow,
    Refused(Reply, Cause),
    RecipientsLost,
}

async fn introduce(
    delivery: &mut impl Delivery,
    mail: &MailRequest,
    accepted: &[RcptRequest],
    header: u64,
) -> Result<(), Introduction> {
    let reply = delivery.mail(&mail.reverse_path, &mail.parameters, header).await.map_err(Introduction::Fault)?;
    if !reply.is_positive() {
        return Err(Introduction::Refused(reply, Cause::Host(Phase::Mail)));
    }
    for recipient in accepted {
        if mismatch::at_rcpt(&recipient.parameters, delivery.capabilities()).is_some() {
            return Err(Introduction::RecipientsLost);
        }
        let reply = delivery.rcpt(&recipient.mailbox, &recipient.parameters).await.map_err(Introduction::Fault)?;
        if !reply.is_positive() {
            return Err(Introduction::RecipientsLost);
        }
    }
    Ok(())
}
