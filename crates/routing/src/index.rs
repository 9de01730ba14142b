//! Address spaces by the domain that they name.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use postroad_connector_model::{AddressSpace, SpacePattern};

use crate::RoutedConnector;

/// Finds the address spaces that cover a domain with one look-up for each of its labels.
#[derive(Default)]
pub(crate) struct Index {
    exact: HashMap<Box<str>, Vec<Candidate>>,
    suffix: HashMap<Box<str>, Vec<Candidate>>,
    any: Vec<Candidate>,
}

/// One address space of one connector. Lists of candidates are in order of choice: enabled ones, cheaper ones, lower
/// names first.
#[derive(Clone, Copy)]
pub(crate) struct Candidate {
    /// Position of the connector in the table.
    pub(crate) connector: usize,
    /// Position of the space in the connector.
    pub(crate) space: usize,
    cost: u8,
    enabled: bool,
}

impl Index {
    /// The connectors come in order of folded name.
    pub(crate) fn new(connectors: &[Arc<RoutedConnector>]) -> Self {
        let mut index = Self::default();
        for (at, routed) in connectors.iter().enumerate() {
            for (space_at, space) in routed.connector.address_spaces.iter().enumerate() {
                let candidate =
                    Candidate { connector: at, space: space_at, cost: space.cost, enabled: routed.connector.enabled };
                index.add(space, candidate);
            }
        }
        let lists = index.exact.values_mut().chain(index.suffix.values_mut());
        for list in lists.chain([&mut index.any]) {
            list.sort_by_key(|c| (Reverse(c.enabled), c.cost, c.connector, c.space));
            list.shrink_to_fit();
        }
        index
    }

    fn add(&mut self, space: &AddressSpace, candidate: Candidate) {
        let list = match &space.pattern {
            SpacePattern::Any => &mut self.any,
            SpacePattern::Exact(domain) => self.exact.entry(domain.as_str().into()).or_default(),
            SpacePattern::Suffix(domain) => self.suffix.entry(domain.as_str().into()).or_default(),
            SpacePattern::Foreign { .. } => return,
        };
        list.push(candidate);
    }

    /// The lists of spaces that cover a domain, the most specific first: the domain itself, the longest suffix, shorter
    /// ones, `*`. Without a domain only `*` covers.
    pub(crate) fn covering<'a>(&'a self, domain: Option<&'a str>) -> impl Iterator<Item = &'a [Candidate]> {
        let exact = domain.and_then(|domain| self.exact.get(domain));
        let suffixes = std::iter::successors(domain, |rest| rest.split_once('.').map(|(_, r)| r))
            .filter_map(|suffix| self.suffix.get(suffix));
        exact.into_iter().chain(suffixes).chain([&self.any]).map(Vec::as_slice)
    }
}
