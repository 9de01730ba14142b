//! Sender filters by what they name.

use std::sync::Arc;

use postroad_connector_model::SenderPattern;
use postroad_mail_types::{MailDomain, ReversePath};
use rpds::{HashTrieMapSync, RedBlackTreeSetSync};

/// Stands for one list of sender patterns, however many connectors have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FilterId(u32);

impl FilterId {
    /// Before every filter.
    pub(crate) const FIRST: Self = Self(0);
    /// No filter: behind all of them.
    pub(crate) const NONE: Self = Self(u32::MAX);

    /// The next one in order.
    pub(crate) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

type Ids = RedBlackTreeSetSync<FilterId>;

/// Finds the filters that cover a sender with one look-up for each label of its domain.
#[derive(Clone, Default)]
pub(crate) struct Senders {
    known: HashTrieMapSync<Arc<[SenderPattern]>, Use>,
    null: Ids,
    mailboxes: HashTrieMapSync<Arc<str>, Ids>,
    domains: HashTrieMapSync<Arc<str>, Ids>,
    below: HashTrieMapSync<Arc<str>, Ids>,
    last: u32,
}

#[derive(Clone, Copy)]
struct Use {
    id: FilterId,
    connectors: usize,
}

/// The filters that cover one sender.
pub(crate) struct Matching<'a>(Vec<&'a Ids>);

impl Senders {
    /// The id of a connector's filter; to be given back by [`Self::release`].
    pub(crate) fn take(&mut self, patterns: &[SenderPattern]) -> FilterId {
        if patterns.is_empty() {
            return FilterId::NONE;
        }
        if let Some(known) = self.known.get_mut(patterns) {
            known.connectors += 1;
            return known.id;
        }
        self.last += 1;
        let id = FilterId(self.last);
        self.known.insert_mut(patterns.into(), Use { id, connectors: 1 });
        for pattern in patterns {
            self.change(pattern, |ids| ids.insert_mut(id));
        }
        id
    }

    pub(crate) fn release(&mut self, patterns: &[SenderPattern]) {
        let Some(known) = self.known.get_mut(patterns) else { return };
        known.connectors -= 1;
        if known.connectors > 0 {
            return;
        }
        let id = known.id;
        self.known.remove_mut(patterns);
        for pattern in patterns {
            self.change(pattern, |ids| {
                ids.remove_mut(&id);
            });
        }
    }

    fn change(&mut self, pattern: &SenderPattern, change: impl FnOnce(&mut Ids)) {
        let (map, key) = match pattern {
            SenderPattern::Null => return change(&mut self.null),
            SenderPattern::Mailbox(mailbox) => (&mut self.mailboxes, &**mailbox),
            SenderPattern::Domain(domain) => (&mut self.domains, domain.as_str()),
            SenderPattern::Below(domain) => (&mut self.below, domain.as_str()),
        };
        if let Some(ids) = map.get_mut(key) {
            change(ids);
            if ids.is_empty() {
                map.remove_mut(key);
            }
        } else {
            let mut ids = Ids::default();
            change(&mut ids);
            map.insert_mut(key.into(), ids);
        }
    }

    pub(crate) fn matching(&self, sender: &ReversePath) -> Matching<'_> {
        let ReversePath::Mailbox(mailbox) = sender else { return Matching(vec![&self.null]) };
        let mut found = Vec::new();
        if !self.mailboxes.is_empty() {
            found.extend(self.mailboxes.get(&*mailbox.as_str().to_lowercase()));
        }
        if let Some(MailDomain::Name(name)) = mailbox.domain() {
            found.extend(self.domains.get(name.as_str()));
            let suffixes = std::iter::successors(Some(name.as_str()), |rest| rest.split_once('.').map(|(_, r)| r));
            found.extend(suffixes.filter_map(|suffix| self.below.get(suffix)));
        }
        Matching(found)
    }
}

impl Matching<'_> {
    pub(crate) fn contains(&self, id: FilterId) -> bool {
        self.0.iter().any(|ids| ids.contains(&id))
    }

    /// How many there are, those named by several patterns counted as often.
    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|ids| ids.size()).sum()
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = FilterId> {
        self.0.iter().flat_map(|ids| ids.iter().copied())
    }
}
