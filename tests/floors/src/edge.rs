use crate::foreign::{BANNED, FOREIGN, NEVER, TOKIO, TOKIO_RULE};
use crate::{Breach, Edge, Graph, Package, floor_of};

const FLOOR_RULE: &str = "a crate depends only on crates of lower floors (dev-dependencies too)";

/// Every breach of the rules about dependencies; empty when the house is in order.
#[must_use]
pub fn check_graph(graph: &Graph) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for package in graph.packages.iter().filter(|package| !package.is_test) {
        let Some(floor) = floor_of(&package.name) else {
            breaches.push(Breach::new(
                "every crate outside tests/ has a floor",
                format!("{} is in no floor of the table", package.name),
            ));
            continue;
        };
        for edge in &package.edges {
            breaches.extend(check_edge(graph, package, floor, edge));
        }
    }
    for (name, rule) in BANNED {
        if graph.resolved.iter().any(|resolved| resolved == name) {
            breaches.push(Breach::new(*rule, format!("{name} is in the build")));
        }
    }
    breaches
}

fn check_edge(graph: &Graph, package: &Package, floor: u8, edge: &Edge) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let says = format!("{} names {} in {}", package.name, edge.to, edge.kind.table());
    if let Some(other) = floor_of(&edge.to) {
        if other >= floor {
            breaches.push(Breach::new(FLOOR_RULE, format!("{says}: floor {floor} on floor {other}")));
        }
    } else if graph.packages.iter().any(|other| other.name == edge.to && other.is_test) {
        breaches.push(Breach::new("no crate outside tests/ knows the tests", says.clone()));
    }
    for foreign in FOREIGN.iter().filter(|foreign| foreign.covers(&edge.to)) {
        if !foreign.allows(&package.name, edge.kind) {
            breaches.push(Breach::new(foreign.rule, says.clone()));
        }
    }
    let is_tokio = edge.to == "tokio" || edge.to == "tokio-util" || edge.to == "tokio-stream";
    if is_tokio && floor < 3 && !TOKIO.contains(&package.name.as_str()) {
        breaches.push(Breach::new(TOKIO_RULE, says.clone()));
    }
    if NEVER.iter().any(|(who, what)| *who == package.name && *what == edge.to) {
        breaches.push(Breach::new(format!("{} must never see {}", package.name, edge.to), says));
    }
    breaches
}
