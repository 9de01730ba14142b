//! Smart hosts.

use std::fmt;
use std::net::IpAddr;

use postroad_mail_types::Domain;

use crate::SmartHostDraft;

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
    /// Lowest first; the next one when no host of it is usable.
    pub priority: u16,
    /// Share of the mail inside one priority; 0: only when no other there is usable.
    pub weight: u16,
}

/// Which addresses of a host may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AddressFamily {
    /// Both.
    #[default]
    Any,
    /// IPv4 only.
    Ipv4Only,
    /// IPv6 only.
    Ipv6Only,
}

impl AddressFamily {
    /// True when this address may be used.
    #[must_use]
    pub const fn covers(self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Ipv4Only => address.is_ipv4(),
            Self::Ipv6Only => address.is_ipv6(),
        }
    }
}

/// Address or name of a smart host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HostAddress {
    /// An address, used as it is.
    Ip(IpAddr),
    /// A name, resolved by the relay.
    Name(Domain),
}

impl HostAddress {
    /// Reads an IPv4 address, an IPv6 address, either of them in brackets, or a host name. `None` for anything else: a
    /// URL, a name with a port, a wildcard.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix('[') {
            return rest.strip_suffix(']')?.parse().ok().map(Self::Ip);
        }
        match text.parse() {
            Ok(address) => Some(Self::Ip(address)),
            Err(_) => Domain::parse(text).ok().map(Self::Name),
        }
    }
}

/// The stored form: an address without brackets, or a name.
impl fmt::Display for HostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl SmartHost {
    /// The same host as a draft, in stored form.
    #[must_use]
    pub fn to_draft(&self) -> SmartHostDraft {
        SmartHostDraft {
            host: self.host.to_string(),
            port: self.port.map_or(0, u32::from),
            implicit_tls: self.implicit_tls,
            priority: self.priority.into(),
            weight: Some(self.weight.into()),
        }
    }
}
