//! How far away the relays are that open a connector's outside connection.

/// Where the nearest source relay of a connector stands, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distance {
    /// It is the relay that asks.
    ThisRelay,
    /// It stands in the same site.
    ThisSite,
    /// It stands in another site.
    RemoteSite,
}

/// The way to a relay. Inside the site it costs nothing, to any other site at least 1, so the order is that of cost, then
/// that of distance, and the least of several says whether any of them stands in this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reach {
    /// The least-cost path over site links.
    pub(crate) cost: u32,
    pub(crate) distance: Distance,
}

impl Reach {
    pub(crate) const HERE: Self = Self { cost: 0, distance: Distance::ThisRelay };
}

/// How a connector stands to the relay that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A source relay of it can be reached.
    Reached(Reach),
    /// It is scoped, and no source relay of it stands in this site.
    OutOfScope,
    /// No site link leads to any of its source relays.
    Unreachable,
}
