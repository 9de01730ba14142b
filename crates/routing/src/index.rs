//! Address spaces by the domain that they name.

use std::sync::Arc;

use postroad_connector_model::SpacePattern;
use rpds::HashTrieMapSync;

use crate::held::Held;
use crate::space::{Candidate, Space};

/// Finds the address spaces that cover a domain with one look-up for each of its labels.
#[derive(Clone, Default)]
pub(crate) struct Index {
    exact: HashTrieMapSync<Arc<str>, Space>,
    suffix: HashTrieMapSync<Arc<str>, Space>,
    any: Space,
}

impl Index {
    pub(crate) fn insert(&mut self, held: &Arc<Held>) {
        for (space, candidate) in candidates(held) {
            self.edit(space, |known| known.insert(candidate));
        }
    }

    pub(crate) fn remove(&mut self, held: &Arc<Held>) {
        for (space, candidate) in candidates(held) {
            self.edit(space, |known| known.remove(&candidate));
        }
    }

    fn edit(&mut self, pattern: &SpacePattern, change: impl FnOnce(&mut Space)) {
        let (map, domain) = match pattern {
            SpacePattern::Any => return change(&mut self.any),
            SpacePattern::Exact(domain) => (&mut self.exact, domain.as_str()),
            SpacePattern::Suffix(domain) => (&mut self.suffix, domain.as_str()),
            SpacePattern::Foreign { .. } => return,
        };
        if let Some(known) = map.get_mut(domain) {
            change(known);
            if known.is_empty() {
                map.remove_mut(domain);
            }
        } else {
            let mut fresh = Space::default();
            change(&mut fresh);
            if !fresh.is_empty() {
                map.insert_mut(domain.into(), fresh);
            }
        }
    }

    /// The spaces that cover a domain, the most specific first: the domain itself, the longest suffix, shorter ones, `*`.
    /// Without a domain only `*` covers.
    pub(crate) fn covering<'a>(&'a self, domain: Option<&'a str>) -> impl Iterator<Item = &'a Space> {
        let exact = domain.and_then(|domain| self.exact.get(domain));
        let suffixes = std::iter::successors(domain, |rest| rest.split_once('.').map(|(_, r)| r))
            .filter_map(|suffix| self.suffix.get(suffix));
        exact.into_iter().chain(suffixes).chain([&self.any])
    }

    /// The candidates with this pattern.
    pub(crate) fn with_pattern(&self, pattern: &SpacePattern) -> Option<&Space> {
        match pattern {
            SpacePattern::Any => Some(&self.any),
            SpacePattern::Exact(domain) => self.exact.get(domain.as_str()),
            SpacePattern::Suffix(domain) => self.suffix.get(domain.as_str()),
            SpacePattern::Foreign { .. } => None,
        }
    }
}

fn candidates(held: &Arc<Held>) -> impl Iterator<Item = (&SpacePattern, Candidate)> {
    let spaces = held.connector().address_spaces.iter().enumerate();
    spaces.map(|(at, space)| (&space.pattern, Candidate { held: Arc::clone(held), space: at }))
}
