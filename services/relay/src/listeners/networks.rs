//! Networks of clients.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

use super::fields::Field;

/// Networks, in the form in which addresses are compared with them: no bits behind the prefix, and IPv4 in IPv6 clothes
/// (`::ffff:0:0/96`) as IPv4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Of these.
    #[must_use]
    pub fn new(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self(networks.into_iter().map(plain).collect())
    }

    /// This machine only.
    #[must_use]
    pub fn loopback() -> Self {
        let four = Ipv4Net::new_assert(std::net::Ipv4Addr::new(127, 0, 0, 0), 8);
        Self(vec![four.into(), IpAddr::from(Ipv6Addr::LOCALHOST).into()])
    }

    /// Whether an address lies in one of them, an IPv4 address in IPv6 clothes included.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    #[must_use]
    pub fn as_slice(&self) -> &[IpNet] {
        &self.0
    }

    pub(super) fn read(field: Field<'_>) -> Self {
        Self(field.list().iter().filter_map(|element| element.parse(parse)).collect())
    }
}

/// A network, or an address alone. Bits behind the prefix are a slip of the pen: who writes `10.1.2.3/8` may mean another
/// network than we would take.
fn parse(text: &str) -> Result<IpNet, String> {
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse::<IpNet>().map_err(|_not_shown| {
            format!("{text:?} is no network; write one such as 192.0.2.0/24 or 2001:db8::/48, or an address")
        })?,
    };
    if network != network.trunc() {
        return Err(format!(
            "{text:?} has bits behind its prefix; write {} for the network, or {} for the address alone",
            network.trunc(),
            network.addr()
        ));
    }
    Ok(plain(network))
}

fn plain(network: IpNet) -> IpNet {
    let network = network.trunc();
    if let IpNet::V6(six) = network
        && let (Some(four), Some(length)) = (six.addr().to_ipv4_mapped(), six.prefix_len().checked_sub(96))
        && let Ok(four) = Ipv4Net::new(four, length)
    {
        return four.into();
    }
    network
}
