//! Where relays stand.

use std::collections::BTreeMap;

use crate::{ResourceName, Violations, limits};

/// A place where relays stand: reaching a smart host from here may cost more than from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Unique; never changes.
    pub name: ResourceName,
    /// Free text, at most 1024 characters.
    pub comment: String,
}

/// A link between two sites, in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SiteLink {
    /// The site whose name comes first.
    pub from: ResourceName,
    /// The other one.
    pub to: ResourceName,
    /// 1 to 99999.
    pub cost: u32,
}

/// Lasting facts of a relay, as an operator gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayRecord {
    /// Its name; never changes.
    pub name: ResourceName,
    /// The site it stands in.
    pub site: Option<ResourceName>,
    /// What `group:` in a connector's source relays looks at.
    pub labels: BTreeMap<String, String>,
}

impl Site {
    /// Checks a site as somebody wrote it.
    ///
    /// # Errors
    /// Every problem: `name`, `comment`.
    pub fn new(name: &str, comment: String) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let name = ResourceName::parse(name).map_err(|error| violations.add("name", error.to_string())).ok();
        if comment.chars().nth(limits::COMMENT_CHARS).is_some() {
            violations.add("comment", "Too long.");
        }
        name.filter(|_| violations.is_empty()).map(|name| Self { name, comment }).ok_or(violations)
    }
}

impl SiteLink {
    /// The cost where none is written.
    const DEFAULT_COST: u32 = 100;

    /// Checks a link as somebody wrote it; the order of the sites does not matter.
    ///
    /// # Errors
    /// Every problem: `from_site`, `to_site`, `cost`.
    pub fn new(from: &str, to: &str, cost: Option<u32>) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let mut site = |field: &str, text: &str| {
            ResourceName::parse(text).map_err(|error| violations.add(field, error.to_string())).ok()
        };
        let (from, to) = (site("from_site", from), site("to_site", to));
        let cost = cost.unwrap_or(Self::DEFAULT_COST);
        if !(1..=limits::LINK_COST).contains(&cost) {
            violations.add("cost", "Cost must be a whole number from 1 to 99999.");
        }
        let (Some(from), Some(to)) = (from, to) else { return Err(violations) };
        if from == to {
            violations.add("to_site", "A link leads to another site.");
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        let (from, to) = if from <= to { (from, to) } else { (to, from) };
        Ok(Self { from, to, cost })
    }
}

impl RelayRecord {
    /// Checks the facts of a relay as somebody wrote them; an empty site is none.
    ///
    /// # Errors
    /// Every problem: `name`, `site`, `labels`.
    pub fn new(name: &str, site: &str, labels: BTreeMap<String, String>) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let name = ResourceName::parse(name).map_err(|error| violations.add("name", error.to_string())).ok();
        let site = match site {
            "" => None,
            site => ResourceName::parse(site).map_err(|error| violations.add("site", error.to_string())).ok(),
        };
        crate::labels::check(&labels, &mut violations);
        name.filter(|_| violations.is_empty()).map(|name| Self { name, site, labels }).ok_or(violations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_no_direction_and_a_cost_of_100() {
        let link = SiteLink::new("Vienna", "brno", None).unwrap();
        assert_eq!((link.from.as_str(), link.to.as_str(), link.cost), ("brno", "Vienna", 100));
        assert_eq!(SiteLink::new("brno", "Vienna", Some(100)), Ok(link));
        for (from, to, cost, field) in [
            ("a", "A", None, "to_site"),
            ("a", "b", Some(0), "cost"),
            ("a", "b", Some(100_000), "cost"),
            ("", "b", None, "from_site"),
        ] {
            let violations = SiteLink::new(from, to, cost).unwrap_err();
            assert_eq!(violations.0.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), [field]);
        }
    }
}
