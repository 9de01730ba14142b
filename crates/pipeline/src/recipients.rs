//! Recipients: each gets the smart host's own answer.

use postroad_delivery::{Courier, Delivery};
use postroad_mail_types::{MailDomain, Mailbox, Reply};
use postroad_routing::{NoRoute, Route, may_stand_in, route};
use postroad_smtp_session::RcptRequest;
use postroad_telemetry::Phase;

use crate::leg::{Leg, Need, NoHost};
use crate::outcome::Cause;
use crate::pin::{Pin, Useless, Why};
use crate::rule::Rule;
use crate::{Transaction, mismatch, text};

impl<C: Courier> Transaction<C> {
    /// Offers a recipient and returns its answer.
    pub async fn rcpt(&mut self, rcpt: RcptRequest) -> Reply {
        self.count(&rcpt.mailbox);
        let (reply, cause) = match self.chosen(&rcpt.mailbox) {
            Ok(chosen) => Box::pin(self.offer(&rcpt, chosen)).await,
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
    fn chosen(&self, mailbox: &Mailbox) -> Result<Route, (Reply, Cause)> {
        let table = self.table.as_ref().ok_or_else(|| (text::no_configuration(), Cause::NoRoute))?;
        let query = self.query(mailbox);
        let chosen = route(table, &query).map_err(|none| (none.reply(), no_route(none)))?;
        let Some(pin) = &self.pin else { return Ok(chosen) };
        let same = chosen.connector().connector.id == pin.chosen.connector().connector.id;
        // The same choice for another reason has other fallbacks.
        if same && may_stand_in(table, &query, &chosen, &pin.connector().connector.id) {
            return Ok(chosen);
        }
        Err((text::other_connector(), Cause::Policy(Phase::Rcpt, Rule::OtherConnector)))
    }

    async fn offer(&mut self, rcpt: &RcptRequest, chosen: Route) -> (Reply, Cause) {
        let mut need = Need::new(rcpt.mailbox.clone(), self.shared.settings.open);
        if self.pin.is_none()
            && let Err(none) = self.bind(chosen, rcpt.mailbox.clone(), &mut need)
        {
            return self.no_host(none, &need);
        }
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
        if matches!(none, NoHost::Failed) {
            self.note_useless();
        }
        let fault = self.pin.as_ref().and_then(Pin::own_fault).or(need.fault.as_ref());
        let (reply, cause) = match (&none, fault) {
            (NoHost::Verdict(reply, cause), _) => (reply.clone(), cause.clone()),
            (NoHost::RecipientsLost, Some(fault)) => (text::recipients_lost(), Cause::of(fault)),
            (NoHost::RecipientsLost, None) => {
                (text::recipients_lost(), Cause::Policy(Phase::Rcpt, Rule::RecipientsLost))
            }
            (NoHost::Failed, Some(fault)) => (fault.to_reply(), Cause::of(fault)),
            (NoHost::Failed, None) => (text::no_recipient_left(), Cause::NoRoute),
        };
        if !self.accepted.is_empty() {
            self.leg = Leg::Dead(text::no_recipient_left(), cause.clone());
        } else if let Some(pin) = self.pin.take()
            && matches!(none, NoHost::Verdict(..))
        {
            // Nothing was accepted and no host stands: the next recipient may still go another way.
            let connector = pin.connector().connector.id.clone();
            if self.useless.iter().all(|useless| useless.connector != connector) {
                self.useless.push(Useless { connector, why: Why::Verdict(reply.clone(), cause.clone()) });
            }
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
