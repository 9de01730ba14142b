//! Smart hosts.

use std::net::IpAddr;

use postroad_mail_types::Domain;

/// A host that takes a connector's mail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SmartHost {
    /// Where it is.
    pub host: HostAddress,
    /// `None`: the connector's port.
    pub port: Option<u16>,
    /// TLS from the first byte, as on port 465.
    pub implicit_tls: bool,
}

/// Address or name of a smart host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HostAddress {
    /// An address, used as it is.
    Ip(IpAddr),
    /// A name, resolved by the relay.
    Name(Domain),
}
