//! The connector that a transaction is bound to.

use postroad_connector_model::{ConnectorId, SmartHost};
use postroad_delivery::Fault;
use postroad_mail_types::{Mailbox, Reply};
use postroad_routing::{Route, RoutedConnector};

use crate::outcome::Cause;

/// The connector that was chosen, the one that carries the mail in its place, and how far its hosts were tried.
#[derive(Debug)]
pub(crate) struct Pin {
    /// What selection says for every recipient of the transaction.
    pub(crate) chosen: Route,
    /// The recipient that it was chosen for: by it the fallbacks are found.
    pub(crate) recipient: Mailbox,
    in_use: Route,
    /// Priority and place of the host that was tried last; `None` before the first.
    last: Option<(u16, usize)>,
    /// Its hosts may be tried.
    begun: bool,
    /// What is wrong with the one in use, since a host of it stood last.
    fault: Option<Fault>,
    /// What was wrong with the chosen one, once another took its place.
    own_fault: Option<Fault>,
}

/// A connector that cannot carry this transaction: its hosts are not tried again for the next recipient, so that a
/// transaction of many recipients is not as many rounds through dead hosts.
#[derive(Debug)]
pub(crate) struct Useless {
    pub(crate) connector: ConnectorId,
    pub(crate) why: Why,
}

/// Why it cannot.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// Its hosts have failed, the first like this.
    Failed(Fault),
    /// A host gave its verdict on MAIL, or cannot take such a message.
    Verdict(Reply, Cause),
}

impl Pin {
    pub(crate) fn new(chosen: Route, recipient: Mailbox) -> Self {
        let in_use = chosen.clone();
        Self { chosen, recipient, in_use, last: None, begun: false, fault: None, own_fault: None }
    }

    /// The one in use.
    pub(crate) fn connector(&self) -> &RoutedConnector {
        self.in_use.connector()
    }

    pub(crate) const fn in_use(&self) -> &Route {
        &self.in_use
    }

    pub(crate) fn name(&self) -> &str {
        self.connector().connector.name.as_str()
    }

    /// True while no other connector has taken the place of the chosen one.
    fn is_chosen(&self) -> bool {
        self.connector().connector.id == self.chosen.connector().connector.id
    }

    /// Begins with the hosts of the one in use.
    pub(crate) const fn begin(&mut self) {
        (self.begun, self.last) = (true, None);
    }

    /// The lowest priority first, inside it in the order of the list.
    pub(crate) fn next_host(&mut self) -> Option<SmartHost> {
        if !self.begun {
            return None;
        }
        let hosts = self.in_use.connector().connector.smart_hosts.iter().enumerate();
        let waiting = hosts.map(|(place, host)| ((host.priority, place), host));
        let next = waiting.filter(|(turn, _)| self.last.is_none_or(|last| *turn > last)).min_by_key(|(turn, _)| *turn);
        let (turn, host) = next?;
        self.last = Some(turn);
        Some(host.clone())
    }

    /// A host of the one in use has failed.
    pub(crate) fn failed(&mut self, fault: &Fault) {
        self.fault.get_or_insert_with(|| fault.clone());
    }

    /// A host of it stands.
    pub(crate) fn stands(&mut self) {
        self.fault = None;
    }

    /// Another one takes its place, because of this fault.
    pub(crate) fn replace(&mut self, next: Route, fault: Option<&Fault>) {
        if self.is_chosen() {
            self.own_fault = fault.cloned();
        }
        self.in_use = next;
        self.fault = None;
        self.begun = false;
    }

    pub(crate) const fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// What was wrong with the chosen connector, if another has taken its place: the client is told that when nobody
    /// carries the mail.
    pub(crate) const fn own_fault(&self) -> Option<&Fault> {
        self.own_fault.as_ref()
    }
}
