//! What is chosen.

use std::fmt;
use std::sync::Arc;

use postroad_connector_model::AddressSpace;

use crate::Distance;
use crate::held::{Held, RoutedConnector};
use crate::space::{Candidate, Rank};

/// The connector that carries a recipient, and the address space by which it does.
#[derive(Clone)]
pub struct Route {
    pub(crate) held: Arc<Held>,
    /// Position of the space in the connector.
    space: Option<usize>,
}

impl Route {
    pub(crate) const fn linked(held: Arc<Held>) -> Self {
        Self { held, space: None }
    }

    pub(crate) fn by_space(candidate: &Candidate) -> Self {
        Self { held: Arc::clone(&candidate.held), space: Some(candidate.space) }
    }

    /// The connector.
    #[must_use]
    pub fn connector(&self) -> &Arc<RoutedConnector> {
        &self.held.routed
    }

    /// Its most specific address space that covers the recipient; `None` when it is linked to the listener.
    #[must_use]
    pub fn space(&self) -> Option<&AddressSpace> {
        self.held.connector().address_spaces.get(self.space?)
    }

    /// What the way over site links to its nearest source relay costs.
    #[must_use]
    pub fn site_cost(&self) -> u32 {
        self.held.way().0
    }

    /// Where its nearest source relay stands.
    #[must_use]
    pub fn distance(&self) -> Distance {
        self.held.way().1
    }

    pub(crate) fn rank(&self) -> Option<Rank> {
        Some(Rank::of(&self.held, self.space?))
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.held.routed == other.held.routed && self.space == other.space && self.held.way() == other.held.way()
    }
}

impl Eq for Route {}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("connector", &self.held.connector().name)
            .field("space", &self.space())
            .field("site_cost", &self.site_cost())
            .field("distance", &self.distance())
            .finish_non_exhaustive()
    }
}
