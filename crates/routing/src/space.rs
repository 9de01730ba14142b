//! The connectors that have one address space, in order of choice.

use std::cmp::Reverse;
use std::ops::Bound;
use std::sync::Arc;

use postroad_connector_model::{Connector, SizeLimit};
use rpds::RedBlackTreeMapSync;

use crate::distance::{Distance, Standing};
use crate::held::Held;
use crate::senders::{FilterId, Matching, Senders};

/// What a connector counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// It can be chosen.
    Usable,
    /// It could, if it were enabled.
    Disabled,
    /// It could, if any of its source relays could be reached.
    Unreachable,
}

/// The order of steps 4 to 6.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// Cost of the address space and of the way to the nearest source relay.
    cost: u32,
    distance: Distance,
    /// `None` stands before every name, in bounds only.
    name: Option<Arc<str>>,
}

/// Connectors of one tier, one sender filter and one size limit stand together, the larger limit first, so that those
/// that cannot carry a message are passed over group by group and not one by one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    tier: Tier,
    filter: FilterId,
    size: Reverse<u64>,
    rank: Rank,
}

/// One address space of one connector.
#[derive(Clone)]
pub(crate) struct Candidate {
    pub(crate) held: Arc<Held>,
    /// Position of the space in the connector.
    pub(crate) space: usize,
}

/// The candidates with one pattern.
#[derive(Clone, Default)]
pub(crate) struct Space(RedBlackTreeMapSync<Key, Candidate>);

/// Whose connectors are looked at.
#[derive(Clone, Copy)]
pub(crate) enum Filtered<'a> {
    /// Those with a filter that covers the sender.
    By(&'a Matching<'a>),
    /// Those without a filter.
    Not,
}

impl Rank {
    const FIRST: Self = Self { cost: 0, distance: Distance::ThisRelay, name: None };
    /// Behind every name: no cost is so large.
    const LAST: Self = Self { cost: u32::MAX, distance: Distance::RemoteSite, name: None };

    pub(crate) fn of(held: &Held, space: usize) -> Self {
        let cost = held.connector().address_spaces.get(space).map_or(0, |space| u32::from(space.cost));
        let (site_cost, distance) = held.way();
        Self { cost: cost.saturating_add(site_cost), distance, name: Some(Arc::clone(&held.folded)) }
    }
}

impl Candidate {
    /// `None` for a connector that no relay standing here would choose whatever else changed.
    fn key(&self) -> Option<Key> {
        let connector = self.held.connector();
        let tier = match (connector.enabled, self.held.standing) {
            (true, Standing::Reached(_)) => Tier::Usable,
            (false, Standing::Reached(_)) => Tier::Disabled,
            (true, Standing::Unreachable) => Tier::Unreachable,
            (false, Standing::Unreachable) | (_, Standing::OutOfScope) => return None,
        };
        let rank = Rank::of(&self.held, self.space);
        Some(Key { tier, filter: self.held.filter, size: limit(connector), rank })
    }
}

const fn limit(connector: &Connector) -> Reverse<u64> {
    match connector.max_message_size {
        SizeLimit::Unlimited => Reverse(u64::MAX),
        SizeLimit::Bytes(limit) => Reverse(limit.get()),
    }
}

impl Space {
    pub(crate) fn insert(&mut self, candidate: Candidate) {
        if let Some(key) = candidate.key() {
            self.0.insert_mut(key, candidate);
        }
    }

    pub(crate) fn remove(&mut self, candidate: &Candidate) {
        if let Some(key) = candidate.key() {
            self.0.remove_mut(&key);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True when a connector of this tier has a sender filter, of whatever kind.
    pub(crate) fn filters(&self, tier: Tier) -> bool {
        self.group_from(tier, FilterId::FIRST).is_some_and(|id| id != FilterId::NONE)
    }

    /// The first in order of choice, behind `after`, that takes a message of this size.
    pub(crate) fn first(
        &self,
        tier: Tier,
        filtered: Filtered<'_>,
        size: u64,
        after: Option<&Rank>,
    ) -> Option<&Candidate> {
        let in_group = |filter| self.first_of_filter(tier, filter, size, after);
        let found = match filtered {
            Filtered::Not => in_group(FilterId::NONE),
            // Whichever are fewer: the filters that cover the sender, or those that there are here.
            Filtered::By(matching) if matching.count() <= self.0.size() => {
                matching.ids().filter_map(in_group).min_by(by_rank)
            }
            Filtered::By(matching) => {
                let here = std::iter::successors(self.group_from(tier, FilterId::FIRST), |id| {
                    self.group_from(tier, id.next())
                });
                let here = here.take_while(|id| *id != FilterId::NONE);
                here.filter(|id| matching.contains(*id)).filter_map(in_group).min_by(by_rank)
            }
        };
        found.map(|(_, candidate)| candidate)
    }

    /// The first filter of a tier that is not before this one.
    fn group_from(&self, tier: Tier, filter: FilterId) -> Option<FilterId> {
        // The very first is found without comparing.
        let first = self.0.first().filter(|(key, _)| key.tier == tier && key.filter >= filter);
        let from = Key { tier, filter, size: Reverse(u64::MAX), rank: Rank::FIRST };
        let found = first.or_else(|| self.behind(from).next());
        found.filter(|(key, _)| key.tier == tier).map(|(key, _)| key.filter)
    }

    fn first_of_filter(
        &self,
        tier: Tier,
        filter: FilterId,
        size: u64,
        after: Option<&Rank>,
    ) -> Option<(&Rank, &Candidate)> {
        let mut best: Option<(&Rank, &Candidate)> = None;
        let rank = after.cloned().unwrap_or(Rank::FIRST);
        let mut entries = self.behind(Key { tier, filter, size: Reverse(u64::MAX), rank });
        while let Some((key, candidate)) = entries.next() {
            if key.tier != tier || key.filter != filter || key.size.0 < size {
                break;
            }
            // The first of the next smaller limit may have been passed by already.
            let is_new = after.is_none_or(|after| key.rank > *after);
            if is_new && best.is_none_or(|(best, _)| key.rank < *best) {
                best = Some((&key.rank, candidate));
            }
            // Most filters have one connector: a look at the neighbour saves the way down to the next limit.
            if entries.next().is_none_or(|(next, _)| next.tier != tier || next.filter != filter) {
                break;
            }
            let rank = if is_new { Rank::LAST } else { after.cloned().unwrap_or(Rank::LAST) };
            entries = self.behind(Key { tier, filter, size: key.size, rank });
        }
        best
    }

    /// The entries behind this key, which no entry equals.
    fn behind(&self, key: Key) -> impl Iterator<Item = (&Key, &Candidate)> {
        self.0.range((Bound::Excluded(key), Bound::Unbounded))
    }
}

fn by_rank(a: &(&Rank, &Candidate), b: &(&Rank, &Candidate)) -> std::cmp::Ordering {
    a.0.cmp(b.0)
}

/// The senders of a question, looked up when a space first needs them.
pub(crate) struct Asked<'a> {
    senders: &'a Senders,
    sender: &'a postroad_mail_types::ReversePath,
    matching: std::cell::OnceCell<Matching<'a>>,
}

impl<'a> Asked<'a> {
    pub(crate) const fn new(senders: &'a Senders, sender: &'a postroad_mail_types::ReversePath) -> Self {
        Self { senders, sender, matching: std::cell::OnceCell::new() }
    }

    pub(crate) fn matching(&self) -> &Matching<'a> {
        self.matching.get_or_init(|| self.senders.matching(self.sender))
    }
}
