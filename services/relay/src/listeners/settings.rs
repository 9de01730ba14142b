//! A listener, checked.

use std::net::{IpAddr, SocketAddr};

use postroad_mail_types::HostName;

use super::auth::AuthSettings;
use super::limits::Limits;
use super::mode::Mode;
use super::networks::Networks;
use super::timeouts::Timeouts;
use super::tls::TlsSettings;

/// The settings of a listener, checked and with all defaults in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerSettings {
    /// What the listener is called in logs, spans and at the control plane; no two have the same.
    pub name: String,
    /// Where clients connect; port 0 is any free one.
    pub listen: SocketAddr,
    /// How clients speak.
    pub mode: Mode,
    /// Our name in the greeting, in EHLO, in 421 and in Received.
    pub host_name: HostName,
    /// There in the modes submission and implicit-tls, and wherever there is `auth`.
    pub tls: Option<TlsSettings>,
    /// Whose clients may relay without a login, unless it is required.
    pub allow_networks: Networks,
    /// `None`: AUTH is not offered.
    pub auth: Option<AuthSettings>,
    /// How much clients may do.
    pub limits: Limits,
    /// How long clients may take.
    pub timeouts: Timeouts,
    /// Whose trace contexts are gone on with; those of others are linked to at most.
    pub trusted_traces: Networks,
    /// Proxies, whose connections begin with a PROXY header. It says who the client is.
    pub proxies: Networks,
    /// Who may say with XCLIENT who the client is.
    pub xclient: Networks,
}

impl ListenerSettings {
    /// Whether clients of an address may relay without a login.
    #[must_use]
    pub fn may_relay(&self, client: IpAddr) -> bool {
        !self.requires_auth() && self.allow_networks.contain(client)
    }

    /// Whether MAIL is refused before a login.
    #[must_use]
    pub fn requires_auth(&self) -> bool {
        self.auth.as_ref().is_some_and(|auth| auth.required)
    }
}
