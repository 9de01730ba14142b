//! Whose turn it is: host after host of a connector, and connector after connector.

use std::sync::Arc;

use postroad_delivery::{Courier, Fault, FaultKind, Order, Shortcoming};
use postroad_mail_types::Mailbox;
use postroad_routing::{Query, Route, RouteTable, may_stand_in, next_fallback, route};
use postroad_telemetry::{ErrorType, Phase};
use tracing::info;

use crate::Transaction;
use crate::leg::{Need, NoHost};
use crate::pin::{Pin, Useless, Why};

impl<C: Courier> Transaction<C> {
    /// What is asked of the table about a recipient of this transaction.
    pub(crate) fn query<'a>(&'a self, recipient: &'a Mailbox) -> Query<'a> {
        Query {
            recipient,
            sender: &self.mail.reverse_path,
            size: self.mail.parameters.size,
            listener: Some(&self.record.session.listener),
        }
    }

    /// Binds the transaction to the connector that was chosen for a recipient.
    pub(crate) fn bind(&mut self, chosen: Route, recipient: Mailbox, need: &mut Need) -> Result<(), NoHost> {
        self.pin = Some(Pin::new(chosen, recipient));
        self.take_up(need)
    }

    /// The next host to try; `None` when no connector has one left, or no time is left.
    pub(crate) fn next_order(&mut self, need: &mut Need) -> Result<Option<Order>, NoHost> {
        loop {
            if need.is_over() {
                return Ok(None);
            }
            let Some(pin) = &mut self.pin else { return Ok(None) };
            if let Some(host) = pin.next_host() {
                self.attempts += 1;
                let routed = pin.connector();
                let settings = &self.shared.settings;
                return Ok(Some(Order {
                    connector: Arc::clone(&routed.connector),
                    credential: routed.credential.clone(),
                    host,
                    helo: routed.connector.helo_name.clone().unwrap_or_else(|| settings.host_name.clone()),
                    span_id: postroad_telemetry::fresh_span_id(),
                    number: self.attempts,
                    deadline: need.deadline,
                    final_reply_timeout: routed.connector.final_reply_timeout.or(Some(settings.final_reply)),
                }));
            }
            if !self.fall_back(need)? {
                return Ok(None);
            }
        }
    }

    /// Another connector takes the place of the one whose hosts have all failed. False: there is none.
    fn fall_back(&mut self, need: &mut Need) -> Result<bool, NoHost> {
        self.note_useless();
        let (Some(table), Some(pin)) = (self.table.clone(), &self.pin) else { return Ok(false) };
        let (mut passed_by, mut last) = (false, pin.in_use().clone());
        let next = loop {
            let query = self.query(&pin.recipient);
            let Some(next) = next_fallback(&table, &query, &pin.chosen, &last) else { break None };
            if self.all_accepted_may_use(&table, &next) {
                break Some(next);
            }
            passed_by = true;
            last = next;
        };
        let Some(next) = next else { return if passed_by { Err(NoHost::RecipientsLost) } else { Ok(false) } };
        info!(
            trace_id = %self.record.trace_id,
            connector = pin.name(),
            next = next.connector().connector.name.as_str(),
            "the next connector of the same address space takes over"
        );
        if let Some(pin) = &mut self.pin {
            pin.replace(next, need.fault.as_ref());
        }
        self.take_up(need)?;
        Ok(true)
    }

    /// Begins with the hosts of the connector that is bound now, unless it is known already that it cannot carry this
    /// transaction.
    fn take_up(&mut self, need: &mut Need) -> Result<(), NoHost> {
        let Some(pin) = &mut self.pin else { return Ok(()) };
        let routed = pin.connector();
        if let Some(known) = self.useless.iter().find(|useless| useless.connector == routed.connector.id) {
            return match known.why.clone() {
                Why::Verdict(reply, cause) => Err(NoHost::Verdict(reply, cause)),
                Why::Failed(fault) => {
                    pin.failed(&fault);
                    need.fault.get_or_insert(fault);
                    Ok(())
                }
            };
        }
        let shortcomings = self.shared.courier.shortcomings(&routed.connector, routed.is_source);
        if shortcomings.is_empty() {
            pin.begin();
        } else {
            self.failed(unusable(&shortcomings), need);
        }
        Ok(())
    }

    /// Keeps in mind that the hosts of the connector in use have failed.
    pub(crate) fn note_useless(&mut self) {
        let Some(pin) = &self.pin else { return };
        let id = &pin.connector().connector.id;
        if let Some(fault) = pin.fault().cloned()
            && self.useless.iter().all(|useless| useless.connector != *id)
        {
            self.useless.push(Useless { connector: id.clone(), why: Why::Failed(fault) });
        }
    }

    /// Each recipient that was accepted is the client's with 250: whoever takes over must be allowed to carry it.
    fn all_accepted_may_use(&self, table: &RouteTable, next: &Route) -> bool {
        self.accepted.iter().all(|rcpt| self.may_use(table, &rcpt.mailbox, next))
    }

    fn may_use(&self, table: &RouteTable, recipient: &Mailbox, next: &Route) -> bool {
        let query = self.query(recipient);
        let id = &next.connector().connector.id;
        route(table, &query).is_ok_and(|chosen| may_stand_in(table, &query, &chosen, id))
    }
}

fn unusable(shortcomings: &[Shortcoming]) -> Fault {
    let reasons: Vec<_> = shortcomings.iter().map(ToString::to_string).collect();
    let detail = format!("this relay cannot use the connector: {}", reasons.join("; "));
    Fault::new(FaultKind::Unusable, Phase::Connect, ErrorType::NoHealthyUpstream, detail)
}
