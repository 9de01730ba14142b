//! Recipients: each gets the smart host's own answer.

use std::sync::Arc;

use postroad_delivery::{Courier, Delivery};
use postroad_mail_types::{MailDomain, Mailbox, Reply};
use postroad_routing::{NoRoute, Query, RoutedConnector, route};
use postroad_smtp_session::RcptRequest;
use postroad_telemetry::Phase;

use crate::leg::{Leg, Need, NoHost, Pin, Useless};
use crate::outcome::Cause;
use crate::rule::Rule;
use crate::{Transaction, mismatch, text};

impl<C: Courier> Transaction<C> {
    /// Offers a recipient and returns its answer.
    pub async fn rcpt(&mut self, rcpt: RcptRequest) -> Reply {
        self.count(&rcpt.mailbox);
        let (reply, cause) = match self.chosen(&rcpt.mailbox) {
            Ok(connector) => Box::pin(self.offer(&rcpt, connector)).await,
            Err(refusal) => refusal,
        };
        if reply.is_positive() {
            self.record.accepted += 1;
            self.accepted.push(rcpt);
            return reply;
        }
        self.record.rejected += 1;
        self.refused(&reply, &cause);
        reply
    }

    /// The connector of this recipient, or why it gets none in this transaction.
    fn chosen(&self, mailbox: &Mailbox) -> Result<Arc<RoutedConnector>, (Reply, Cause)> {
        let table = self.table.as_ref().ok_or_else(|| (text::no_configuration(), Cause::NoRoute))?;
        let query = Query {
            recipient: mailbox,
            sender: &self.mail.reverse_path,
            size: self.mail.parameters.size,
            listener: Some(&self.record.session.listener),
        };
        let chosen = route(table, &query).map_err(|none| (none.reply(), no_route(none)))?.connector().clone();
        let id = &chosen.connector.id;
        match &self.pin {
            Some(pin) if pin.connector.connector.id != *id => {
                return Err((text::other_connector(), Cause::Policy(Phase::Rcpt, Rule::OtherConnector)));
            }
            _ => {}
        }
        match self.useless.iter().find(|useless| useless.connector == *id) {
            Some(useless) => Err((useless.reply.clone(), useless.cause.clone())),
            None => Ok(chosen),
        }
    }

    async fn offer(&mut self, rcpt: &RcptRequest, connector: Arc<RoutedConnector>) -> (Reply, Cause) {
        self.pin.get_or_insert_with(|| Pin::new(connector));
        let mut need = Need::new(rcpt.mailbox.clone(), self.shared.settings.open);
        loop {
            let delivery = match self.standing(&mut need).await {
                Ok(delivery) => delivery,
                Err(refusal) => return refusal,
            };
            if let Some((reply, rule)) = mismatch::at_rcpt(&rcpt.parameters, delivery.capabilities()) {
                return (reply, Cause::Policy(Phase::Rcpt, rule));
            }
            match delivery.rcpt(&rcpt.mailbox, &rcpt.parameters).await {
                Ok(reply) => return (reply, Cause::Host(Phase::Rcpt)),
                Err(fault) => {
                    self.hang_up(false).await;
                    self.failed(fault, &mut need);
                }
            }
        }
    }

    /// The host that takes the next command; opens the next one where none stands.
    pub(crate) async fn standing(&mut self, need: &mut Need) -> Result<&mut C::Delivery, (Reply, Cause)> {
        if matches!(self.leg, Leg::Unopened)
            && let Err(none) = self.open_next(need).await
        {
            return Err(self.no_host(none, need));
        }
        match &mut self.leg {
            Leg::Open(delivery) => Ok(delivery),
            Leg::Dead(reply, cause) => Err((reply.clone(), cause.clone())),
            Leg::Unopened => Err((text::no_recipient_left(), Cause::NoRoute)),
        }
    }

    /// No further host took over: what the client is told now, and what becomes of the transaction.
    fn no_host(&mut self, none: NoHost, need: &Need) -> (Reply, Cause) {
        let (reply, cause) = match (none, &need.fault) {
            (NoHost::Verdict(reply, cause), _) => (reply, cause),
            (NoHost::RecipientsLost, Some(fault)) => (text::recipients_lost(), Cause::of(fault)),
            (NoHost::RecipientsLost, None) => {
                (text::recipients_lost(), Cause::Policy(Phase::Rcpt, Rule::RecipientsLost))
            }
            (NoHost::Failed, Some(fault)) => (fault.to_reply(), Cause::of(fault)),
            (NoHost::Failed, None) => (text::no_recipient_left(), Cause::NoRoute),
        };
        if !self.accepted.is_empty() {
            self.leg = Leg::Dead(text::no_recipient_left(), cause.clone());
        } else if let Some(pin) = self.pin.take() {
            // Nothing was accepted and no host stands: the next recipient may still go another way.
            let connector = pin.connector.connector.id.clone();
            self.useless.push(Useless { connector, reply: reply.clone(), cause: cause.clone() });
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

/// A size limit is a rule of ours; the rest is about the recipient.
const fn no_route(none: NoRoute) -> Cause {
    match none {
        NoRoute::TooLarge => Cause::Policy(Phase::Rcpt, Rule::ConnectorSize),
        NoRoute::Disabled | NoRoute::Unreachable | NoRoute::NoMatch => Cause::NoRoute,
    }
}
