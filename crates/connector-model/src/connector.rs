//! The Send connector.

mod draft;
mod name;
mod size_limit;

use std::collections::BTreeMap;
use std::time::Duration;

use postroad_mail_types::HostName;

pub use name::{ConnectorId, ConnectorName, InvalidName};
pub use size_limit::{InvalidSize, SizeLimit};

use crate::{AddressSpace, SmartHost};

/// A Send connector: which recipients it carries, and through which smart hosts. Secrets are kept apart from it
/// ([`crate::Credential`]).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connector {
    /// Never changes.
    pub id: ConnectorId,
    /// Unique without regard to case; the last tie-break of selection.
    pub name: ConnectorName,
    /// Free text.
    pub comment: String,
    /// False: route selection ignores it.
    pub enabled: bool,
    /// Recipients it serves; at least one.
    pub address_spaces: Vec<AddressSpace>,
    /// Where its mail goes; at least one, tried in this order.
    pub smart_hosts: Vec<SmartHost>,
    /// Port of hosts without their own.
    pub port: u16,
    /// How to log in.
    pub authentication: Authentication,
    /// No TLS, no mail.
    pub require_tls: bool,
    /// Never STARTTLS.
    pub ignore_starttls: bool,
    /// Name for EHLO; `None`: the relay's own.
    pub helo_name: Option<HostName>,
    /// Largest message.
    pub max_message_size: SizeLimit,
    /// Wait for the reply to the end of the message, 1 second to 10 minutes; `None`: the listener's.
    pub final_reply_timeout: Option<Duration>,
    /// For lists and filters.
    pub labels: BTreeMap<String, String>,
}

/// How a relay logs in at the smart hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// No AUTH.
    None,
    /// PLAIN, else LOGIN, as this user; the password is the connector's [`crate::Credential`].
    Basic {
        /// The user name; not empty.
        user: String,
    },
}

impl Connector {
    /// The port at which a smart host of this connector is reached.
    #[must_use]
    pub fn smart_host_port(&self, host: &SmartHost) -> u16 {
        host.port.unwrap_or(self.port)
    }
}
