//! The rules as the handbook tells them, one after the other over the whole set, without any index.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use postroad_connector_model::{
    Authentication, Connector, ResourceName, SenderPattern, SourceRelay, SpacePattern, Surroundings,
};
use postroad_mail_types::{Mailbox, ReversePath};
use postroad_routing::NoRoute;

use crate::notation::Ask;

/// The winner and its fallbacks, each with the space that matched.
pub(crate) type Verdict = Result<Vec<(String, Option<String>)>, NoRoute>;

/// Names of sites; `None` is the place of relays without one.
type SiteName = Option<String>;

struct Seen<'a> {
    surroundings: &'a Surroundings,
    relay: &'a str,
    site: SiteName,
    costs: BTreeMap<String, u32>,
}

impl<'a> Seen<'a> {
    fn from(surroundings: &'a Surroundings, relay: &'a str) -> Self {
        let site = Self::site_of(surroundings, relay).flatten();
        // Bellman-Ford: as many rounds as there may be sites.
        let mut costs: BTreeMap<String, u32> = site.iter().map(|site| (site.clone(), 0)).collect();
        for _ in 0..10 {
            for link in surroundings.site_links.values() {
                let (a, b) = (link.from.folded().to_owned(), link.to.folded().to_owned());
                for (from, to) in [(&a, &b), (&b, &a)] {
                    let Some(cost) = costs.get(from).map(|cost| cost + link.cost) else { continue };
                    let known = costs.entry(to.clone()).or_insert(cost);
                    *known = cost.min(*known);
                }
            }
        }
        Self { surroundings, relay, site, costs }
    }

    /// `None`: nobody knows where it stands.
    fn site_of(surroundings: &Surroundings, relay: &str) -> Option<SiteName> {
        let record = surroundings.relays.get(&ResourceName::parse(relay).unwrap())?;
        Some(record.site.as_ref().map(|site| site.folded().to_owned()))
    }

    /// Cost and 0, 1, 2 for this relay, this site, elsewhere, of each source relay that can be reached.
    fn ways(&self, connector: &Connector) -> Vec<(u32, u8)> {
        if connector.source_relays.is_empty() {
            return vec![(0, 0)];
        }
        let named = |entry: &SourceRelay| match entry {
            SourceRelay::Relay(name) => vec![name.folded().to_owned()],
            SourceRelay::Group(_) => {
                let relays = self.surroundings.relays.values();
                relays.filter(|r| entry.covers(&r.name, &r.labels)).map(|r| r.name.folded().to_owned()).collect()
            }
        };
        let way = |relay: String| {
            if relay == self.relay {
                return Some((0, 0));
            }
            match Self::site_of(self.surroundings, &relay)? {
                site if site == self.site => Some((0, 1)),
                site => self.costs.get(&site?).map(|cost| (*cost, 2)),
            }
        };
        connector.source_relays.iter().flat_map(named).filter_map(way).collect()
    }
}

/// How closely a pattern fits: `None` not at all, else more for more labels. `domain` is `None` for literals and Postmaster.
fn closeness(pattern: &SpacePattern, domain: Option<&str>) -> Option<usize> {
    match pattern {
        SpacePattern::Any => Some(0),
        SpacePattern::Exact(exact) => (domain? == exact.as_str()).then_some(1000),
        SpacePattern::Suffix(suffix) => {
            let domain = domain?;
            let fits = domain == suffix.as_str() || domain.ends_with(&format!(".{suffix}"));
            fits.then(|| suffix.as_str().split('.').count())
        }
        SpacePattern::Foreign { .. } => None,
    }
}

pub(crate) fn by_the_book(set: &[Arc<Connector>], fleet: &Surroundings, relay: &str, ask: &Ask<'_>) -> Verdict {
    // 0: the linked listener.
    let is_linked = |c: &&Arc<Connector>| match (&c.linked_listener, ask.listener) {
        (Some(own), Some(asked)) => own.as_str().eq_ignore_ascii_case(asked),
        _ => false,
    };
    if let Some(linked) = set.iter().find(is_linked) {
        return if linked.enabled { Ok(vec![(linked.name.to_string(), None)]) } else { Err(NoRoute::Disabled) };
    }
    let seen = Seen::from(fleet, relay);
    let sender = match ask.from {
        "<>" => ReversePath::Null,
        from => ReversePath::Mailbox(Mailbox::parse(from).unwrap()),
    };
    let lower = ask.to.to_lowercase();
    let domain = lower.split_once('@').map(|(_, domain)| domain).filter(|domain| !domain.starts_with('['));
    let fits = |c: &Connector| c.max_message_size.bytes().is_none_or(|limit| ask.size.unwrap_or(0) <= limit);
    let sends = |f: &[SenderPattern]| f.is_empty() || f.iter().any(|pattern| pattern.covers(&sender));
    let visible = |c: &Connector| !c.scoped || seen.ways(c).iter().any(|(_, distance)| *distance < 2);
    let reachable = |c: &Connector| !seen.ways(c).is_empty();
    let best = |c: &Connector| {
        let matching = c.address_spaces.iter().filter_map(|s| Some((closeness(&s.pattern, domain)?, s.clone())));
        matching.max_by_key(|(closeness, _)| *closeness)
    };
    // What 1 and 2 ask of a connector besides its switch, its reach and its size.
    let matching: Vec<_> = (set.iter())
        .filter(|c| c.linked_listener.is_none() && visible(c) && sends(&c.sender_filter))
        .filter_map(|c| Some((c, best(c)?)))
        .collect();
    let mut left: Vec<_> = matching.iter().filter(|(c, _)| c.enabled && fits(c) && reachable(c)).collect();
    if left.is_empty() {
        return Err(if matching.iter().any(|(c, _)| !c.enabled && fits(c) && reachable(c)) {
            NoRoute::Disabled
        } else if matching.iter().any(|(c, _)| c.enabled && fits(c) && !reachable(c)) {
            NoRoute::Unreachable
        } else if matching.iter().any(|(c, _)| c.enabled && !fits(c) && reachable(c)) {
            NoRoute::TooLarge
        } else {
            NoRoute::NoMatch
        });
    }
    // 3 to 6.
    left.sort_by_key(|(c, (closeness, space))| {
        let ways = seen.ways(c);
        let way = ways.iter().filter(|(_, distance)| !c.scoped || *distance < 2).min().unwrap();
        let name = c.name.as_str().to_lowercase();
        (Reverse(*closeness), c.sender_filter.is_empty(), u32::from(space.cost) + way.0, way.1, name)
    });
    let (winner, (_, space)) = left[0];
    let trusted = |c: &Connector| c.authentication == Authentication::ExternallySecured;
    let line = left.iter().filter(|(c, (_, other))| {
        c.id == winner.id
            || (other.pattern == space.pattern
                && c.tls_rank() >= winner.tls_rank()
                && (winner.sender_filter.is_empty() || !c.sender_filter.is_empty())
                && (!trusted(winner) || trusted(c)))
    });
    Ok(line.map(|(c, (_, space))| (c.name.to_string(), Some(space.to_string()))).collect())
}
