//! The Send connector.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use postroad_mail_types::HostName;

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
    /// Wait for the reply to the end of the message; `None`: the listener's.
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

/// UUID of a connector, in lower-case text form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectorId(Arc<str>);

impl ConnectorId {
    /// Takes over an id as the control plane made it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 1 to 64 printable characters, no blank at the ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectorName(pub(crate) Arc<str>);

impl ConnectorName {
    /// As the operator wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lower-cased: the form in which names are compared, for uniqueness and as tie-break.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for ConnectorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Largest message in bytes, whole KB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeLimit {
    /// No limit.
    Unlimited,
    /// At most so many bytes; equal is allowed.
    Bytes(NonZeroU64),
}
