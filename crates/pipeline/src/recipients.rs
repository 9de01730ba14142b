//! Recipients: each gets the smart host's own answer.

use std::sync::Arc;

use postroad_delivery::{Courier, Delivery, Fault};
use postroad_mail_types::{MailDomain, Mailbox, Reply};
use postroad_routing::{Query, RoutedConnector, route};
use postroad_telemetry::Phase;

use crate::leg::{Leg, NoHost, Pin};
use crate::outcome::{Cause, note};
use crate::{Transaction, text};

impl<C: Courier> Transaction<C> {
    /// Offers a recipient and returns its answer.
    pub async fn rcpt(&mut self, mailbox: Mailbox) -> Reply {
        self.count(&mailbox);
        let (reply, cause) = match self.chosen(&mailbox) {
            Ok(connector) => {
                if self.pin.is_none() {
                    self.pin = Some(Pin::new(connector));
                }
                Box::pin(self.offer(&mailbox)).await
            }
            Err(refusal) => refusal,
        };
        if reply.is_positive() {
            self.record.accepted += 1;
            self.accepted.push(mailbox);
            return reply;
        }
        self.record.rejected += 1;
        note(&mut self.record, &reply, &cause);
        // Nothing was accepted and no host stands: the next recipient may still go another way.
        if self.accepted.is_empty()
            && matches!(self.leg, Leg::Unopened)
            && self.pin.as_ref().is_some_and(|pin| pin.refusal.is_none())
        {
            self.pin = None;
        }
        reply
    }

    /// The connector of this recipient, or why it gets none in this transaction.
    fn chosen(&self, mailbox: &Mailbox) -> Result<Arc<RoutedConnector>, (Reply, Cause)> {
        let table = self.table.as_ref().ok_or_else(|| (text::no_configuration(), Cause::NoRoute))?;
        let query = Query { recipient: mailbox, sender: &self.mail.reverse_path, size: self.mail.parameters.size };
        let chosen = route(table, &query).map_err(|none| (none.reply(), Cause::NoRoute))?.connector;
        match &self.pin {
            Some(pin) if pin.connector.connector.id != chosen.connector.id => {
                Err((text::other_connector(), Cause::Policy(Phase::Rcpt)))
            }
            _ => Ok(chosen),
        }
    }

    async fn offer(&mut self, mailbox: &Mailbox) -> (Reply, Cause) {
        let mut first_fault: Option<Fault> = None;
        if let Some((reply, cause)) = self.pin.as_ref().and_then(|pin| pin.refusal.clone()) {
            return (reply, cause);
        }
        loop {
            let mut delivery = match std::mem::replace(&mut self.leg, Leg::Unopened) {
                Leg::Open(delivery) => delivery,
                Leg::Dead(reply, cause) => {
                    self.leg = Leg::Dead(reply.clone(), cause.clone());
                    return (reply, cause);
                }
                Leg::Unopened => match self.open_next(mailbox, &mut first_fault).await {
                    Ok(delivery) => delivery,
                    Err(none) => return self.no_host(none, first_fault),
                },
            };
            match delivery.rcpt(mailbox).await {
                Ok(reply) => {
                    self.leg = Leg::Open(delivery);
                    return (reply, Cause::Host(Phase::Rcpt));
                }
                Err(fault) => {
                    self.failed(&fault);
                    self.record.attempts.push(delivery.close(false).await);
                    first_fault.get_or_insert(fault);
                }
            }
        }
    }

    /// No further host took over: what the client is told now, and what becomes of recipients accepted before.
    pub(crate) fn no_host(&mut self, none: NoHost, first_fault: Option<Fault>) -> (Reply, Cause) {
        let (reply, cause) = match none {
            NoHost::Verdict(reply, cause) => {
                if let Some(pin) = self.pin.as_mut() {
                    pin.refusal = Some((reply.clone(), cause.clone()));
                }
                (reply, cause)
            }
            NoHost::RecipientsLost => match &first_fault {
                Some(fault) => (text::recipients_lost(), Cause::of(fault)),
                None => (text::recipients_lost(), Cause::Policy(Phase::Rcpt)),
            },
            NoHost::Failed => match &first_fault {
                Some(fault) => (fault.to_reply(), Cause::of(fault)),
                None => (text::no_recipient_left(), Cause::NoRoute),
            },
        };
        if !self.accepted.is_empty() {
            self.leg = Leg::Dead(text::no_recipient_left(), cause.clone());
        }
        (reply, cause)
    }

    fn count(&mut self, mailbox: &Mailbox) {
        let domain = match mailbox.domain() {
            Some(MailDomain::Name(name)) => Some(name.as_str()),
            _ => None,
        };
        if self.record.recipients == 0 {
            self.record.recipient_domain = domain.map(str::to_owned);
        } else if self.record.recipient_domain.as_deref() != domain {
            self.record.recipient_domain = None;
        }
        self.record.recipients += 1;
    }
}
