//! What a listener shows and grants to each of its clients.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use postroad_pipeline::Pipeline;
use postroad_smarthost::SmartHostCourier;
use postroad_smtp_session::SessionSettings;

/// The same for all connections of a listener.
#[derive(Debug)]
pub(crate) struct Front {
    /// Name of the listener.
    pub(crate) name: String,
    /// Networks whose clients may relay.
    pub(crate) networks: Vec<IpNet>,
    pub(crate) session: Arc<SessionSettings>,
    pub(crate) timers: ClientTimers,
    pub(crate) pipeline: Arc<Pipeline<SmartHostCourier>>,
}

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientTimers {
    /// Silence between commands, and until it reads a reply.
    pub(crate) command: Duration,
    /// Standstill of message data.
    pub(crate) data: Duration,
}

impl Front {
    /// Whether a client may relay: by its address alone, an IPv4 address in IPv6 clothes included.
    pub(crate) fn may_relay(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }
}
