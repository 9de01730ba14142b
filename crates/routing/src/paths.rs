//! Least-cost paths over site links.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use postroad_connector_model::{ResourceName, SiteLink};

/// What it costs to reach each site from this one (Dijkstra); sites that no path leads to are left out.
pub(crate) fn costs_from<'a>(
    site: &ResourceName,
    links: impl IntoIterator<Item = &'a SiteLink>,
) -> BTreeMap<ResourceName, u32> {
    let mut neighbours: BTreeMap<&ResourceName, Vec<(&ResourceName, u32)>> = BTreeMap::new();
    for link in links {
        neighbours.entry(&link.from).or_default().push((&link.to, link.cost));
        neighbours.entry(&link.to).or_default().push((&link.from, link.cost));
    }
    let mut costs = BTreeMap::new();
    let mut front = BinaryHeap::from([Reverse((0_u32, site))]);
    while let Some(Reverse((cost, site))) = front.pop() {
        if costs.contains_key(site) {
            continue;
        }
        costs.insert(site.clone(), cost);
        for (next, step) in neighbours.get(site).into_iter().flatten() {
            if !costs.contains_key(*next) {
                front.push(Reverse((cost.saturating_add(*step), next)));
            }
        }
    }
    costs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_round_is_taken_where_it_is_cheaper() {
        let links = [("Prague", "Brno", 100), ("Brno", "Vienna", 50), ("Prague", "Vienna", 300), ("X", "Y", 1)];
        let links = links.map(|(a, b, cost)| SiteLink::new(a, b, Some(cost)).unwrap());
        let costs = |from: &str| {
            let costs = costs_from(&ResourceName::parse(from).unwrap(), &links);
            costs.into_iter().map(|(site, cost)| (site.to_string(), cost)).collect::<Vec<_>>()
        };
        let told = |list: &[(&str, u32)]| list.iter().map(|(s, c)| ((*s).to_owned(), *c)).collect::<Vec<_>>();
        assert_eq!(costs("PRAGUE"), told(&[("Brno", 100), ("PRAGUE", 0), ("Vienna", 150)]));
        assert_eq!(costs("Vienna"), told(&[("Brno", 50), ("Prague", 150), ("Vienna", 0)]));
        assert_eq!(costs("X"), told(&[("X", 0), ("Y", 1)]));
        assert_eq!(costs("elsewhere"), told(&[("elsewhere", 0)]));
    }
}
