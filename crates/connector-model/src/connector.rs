//! The Send connector.

mod authentication;
mod draft;
mod error_policy;
mod name;
mod reply_pattern;
mod size_limit;
mod tls;
mod usage;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use postroad_mail_types::HostName;

pub use authentication::{Authentication, OAuthAccount, TokenClient, TokenSource};
pub use error_policy::ErrorPolicy;
pub use name::{ConnectorId, ConnectorName, InvalidName};
pub use reply_pattern::ReplyPattern;
pub use size_limit::{InvalidSize, SizeLimit};
pub use tls::{TlsAuthLevel, TlsDomain, TlsRank};
pub use usage::Usage;

use crate::{AddressFamily, AddressSpace, ResourceName, SenderPattern, SmartHost, SourceRelay};

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
    /// What it is for; never changes.
    pub usage: Usage,
    /// Recipients it serves; at least one, or a linked listener.
    pub address_spaces: Vec<AddressSpace>,
    /// All mail of this listener leaves here, and nothing else does.
    pub linked_listener: Option<ResourceName>,
    /// Whose mail it carries; empty: everybody's.
    pub sender_filter: Vec<SenderPattern>,
    /// Only relays in the sites of its source relays see it.
    pub scoped: bool,
    /// Which relays open the outside connection; empty: every relay.
    pub source_relays: Vec<SourceRelay>,
    /// Largest message.
    pub max_message_size: SizeLimit,
    /// Mail goes to the MX hosts of the recipient's domain; then there are no smart hosts.
    pub dns_routing: bool,
    /// Where its mail goes otherwise; at least one.
    pub smart_hosts: Vec<SmartHost>,
    /// Port of hosts without their own.
    pub port: u16,
    /// How to log in.
    pub authentication: Authentication,
    /// No TLS, no mail.
    pub require_tls: bool,
    /// Never STARTTLS.
    pub ignore_starttls: bool,
    /// What the smart host's certificate must show.
    pub tls_auth_level: Option<TlsAuthLevel>,
    /// The domain that it must show.
    pub tls_domain: Option<TlsDomain>,
    /// The stored certificate that is shown to smart hosts.
    pub client_certificate: Option<ResourceName>,
    /// The stored roots of the smart hosts' certificates; `None`: the relay's.
    pub trusted_roots: Option<ResourceName>,
    /// Name for EHLO; `None`: the relay's own.
    pub helo_name: Option<HostName>,
    /// HELO instead of EHLO.
    pub force_helo: bool,
    /// The relay's address that connections come from; `None`: any.
    pub source_ip: Option<IpAddr>,
    /// Which addresses of a host may be used.
    pub address_family: AddressFamily,
    /// An idle connection to a smart host is closed after it; 1 second to 1 day.
    pub connection_inactivity_timeout: Duration,
    /// After so many messages a connection to a smart host is closed; 1 to 2147483647.
    pub max_messages_per_connection: u32,
    /// Open connections to each smart host at most, over all relays.
    pub max_connections: Option<NonZeroU16>,
    /// Messages per minute at most, over all relays; at most 2147483647.
    pub max_messages_per_minute: Option<NonZeroU32>,
    /// Wait for the reply to the end of the message, 1 second to 10 minutes; `None`: the listener's.
    pub final_reply_timeout: Option<Duration>,
    /// What is done to the class of refusals; empty: nothing.
    pub error_policies: Vec<ErrorPolicy>,
    /// The replies that custom policies apply to.
    pub custom_failures: Vec<ReplyPattern>,
    /// The conversation with smart hosts is logged.
    pub verbose_protocol_log: bool,
    /// Send XCLIENT with the original client, where it is offered.
    pub xclient: bool,
    /// Put a `traceparent` field on top of the message's header.
    pub inject_trace_context: bool,
    /// A relay is ready only while one of its hosts is healthy.
    pub mandatory: bool,
    /// For lists and filters.
    pub labels: BTreeMap<String, String>,
}

impl Connector {
    /// The port at which a smart host of this connector is reached.
    #[must_use]
    pub fn smart_host_port(&self, host: &SmartHost) -> u16 {
        host.port.unwrap_or(self.port)
    }
}
