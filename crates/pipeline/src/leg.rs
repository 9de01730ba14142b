//! The leg to the smart host: opening it, and going on to the next host when one fails.

use std::sync::Arc;
use std::time::Instant;

use postroad_delivery::{Courier, Delivery, Fault, Order};
use postroad_mail_types::{Mailbox, Reply};
use postroad_routing::RoutedConnector;
use postroad_smtp_codec::Body;
use tracing::warn;

use crate::outcome::Cause;
use crate::{Transaction, text};

/// The connector that a transaction is bound to, and how far its hosts were tried.
#[derive(Debug)]
pub(crate) struct Pin {
    pub(crate) connector: Arc<RoutedConnector>,
    /// Place in the list of smart hosts of the next one to try.
    next: usize,
    /// The host refused MAIL: its answer stands for every recipient.
    pub(crate) refusal: Option<(Reply, Cause)>,
}

/// Where the message goes.
#[derive(Debug)]
pub(crate) enum Leg<D> {
    /// Nowhere yet.
    Unopened,
    /// MAIL, and every accepted recipient, were accepted by this host.
    Open(D),
    /// Nowhere any more: this is the reply to DATA, or to the end of the data.
    Dead(Reply, Cause),
}

impl Pin {
    pub(crate) const fn new(connector: Arc<RoutedConnector>) -> Self {
        Self { connector, next: 0, refusal: None }
    }
}

/// Why no further host took over.
pub(crate) enum NoHost {
    /// A host gave its verdict on MAIL, or cannot take such a message.
    Verdict(Reply, Cause),
    /// Every host failed.
    Failed,
    /// A host took over, but not all recipients that were accepted before.
    RecipientsLost,
}

impl<C: Courier> Transaction<C> {
    /// Opens the next host that stands and accepts MAIL and every recipient accepted so far. `first_fault` keeps the
    /// first fault of the transaction's present need, for it is the one that the client is told.
    pub(crate) async fn open_next(
        &mut self,
        mailbox: &Mailbox,
        first_fault: &mut Option<Fault>,
    ) -> Result<C::Delivery, NoHost> {
        let deadline = Instant::now() + self.shared.settings.open;
        while let Some(order) = self.next_order(deadline) {
            let mut delivery = match self.shared.courier.open(order).await {
                Ok(delivery) => delivery,
                Err((fault, attempt)) => {
                    self.failed(&fault);
                    self.record.attempts.push(attempt);
                    first_fault.get_or_insert(fault);
                    continue;
                }
            };
            if let Some(reply) = self.mismatch(&delivery) {
                self.record.attempts.push(delivery.close(true).await);
                return Err(NoHost::Verdict(reply, Cause::Policy(postroad_telemetry::Phase::Rcpt)));
            }
            match self.introduce(&mut delivery, mailbox).await {
                Ok(()) => return Ok(delivery),
                Err(Introduction::Fault(fault)) => {
                    self.failed(&fault);
                    self.record.attempts.push(delivery.close(false).await);
                    first_fault.get_or_insert(fault);
                }
                Err(Introduction::Refused(reply)) => {
                    self.record.attempts.push(delivery.close(true).await);
                    return Err(NoHost::Verdict(reply, Cause::Host(postroad_telemetry::Phase::Mail)));
                }
                Err(Introduction::RecipientsLost) => {
                    self.record.attempts.push(delivery.close(true).await);
                    return Err(NoHost::RecipientsLost);
                }
            }
        }
        Err(NoHost::Failed)
    }

    fn next_order(&mut self, deadline: Instant) -> Option<Order> {
        let pin = self.pin.as_mut()?;
        let routed = &pin.connector;
        let host = routed.connector.smart_hosts.get(pin.next)?.clone();
        pin.next += 1;
        self.attempts += 1;
        Some(Order {
            connector: Arc::clone(&routed.connector),
            credential: routed.credential.clone(),
            host,
            helo: routed.connector.helo_name.clone().unwrap_or_else(|| self.shared.settings.host_name.clone()),
            span_id: postroad_telemetry::fresh_span_id(),
            number: self.attempts,
            deadline,
            final_reply_timeout: routed.connector.final_reply_timeout,
        })
    }

    /// What was declared at MAIL and this host cannot take.
    fn mismatch(&self, delivery: &C::Delivery) -> Option<Reply> {
        let host = delivery.capabilities();
        let parameters = self.mail.parameters;
        if parameters.body == Some(Body::EightBitMime) && !host.eight_bit_mime {
            return Some(text::eight_bit_refused());
        }
        match (parameters.size, host.max_size) {
            (Some(size), Some(limit)) if size > limit => Some(text::too_large_for_host()),
            _ => None,
        }
    }

    /// MAIL, and the recipients accepted before.
    async fn introduce(&self, delivery: &mut C::Delivery, mailbox: &Mailbox) -> Result<(), Introduction> {
        let header = self.received(Some(mailbox)).len() as u64;
        let reply =
            delivery.mail(&self.mail.reverse_path, self.mail.parameters, header).await.map_err(Introduction::Fault)?;
        if !reply.is_positive() {
            return Err(if self.accepted.is_empty() {
                Introduction::Refused(reply)
            } else {
                Introduction::RecipientsLost
            });
        }
        for recipient in &self.accepted {
            let reply = delivery.rcpt(recipient).await.map_err(Introduction::Fault)?;
            if !reply.is_positive() {
                return Err(Introduction::RecipientsLost);
            }
        }
        Ok(())
    }

    /// A fault is logged where it is handled, with all that an operator needs to find it.
    pub(crate) fn failed(&self, fault: &Fault) {
        let connector = self.pin.as_ref().map(|pin| pin.connector.connector.name.as_str());
        warn!(
            trace_id = %self.record.trace_id,
            connector,
            phase = fault.phase.as_str(),
            error = fault.error.as_str(),
            detail = fault.detail,
            "attempt at a smart host failed"
        );
    }
}

enum Introduction {
    Fault(Fault),
    Refused(Reply),
    RecipientsLost,
}
