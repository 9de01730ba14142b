//! Each rule fails on a planted breach: a check that never fails checks nothing.

#![allow(clippy::indexing_slicing, reason = "a test may fail loudly")]

use postroad_floors::{Edge, EdgeKind, Graph, Package, check_file, check_graph};

fn package(name: &str, is_test: bool, edges: &[(&str, EdgeKind)]) -> Package {
    let edges = edges.iter().map(|(to, kind)| Edge { to: (*to).to_owned(), kind: *kind }).collect();
    Package { name: name.to_owned(), is_test, edges }
}

/// The rules that a package breaks.
fn rules(broken: Package) -> Vec<String> {
    let tests = package("postroad-test-support", true, &[]);
    let graph = Graph { packages: vec![broken, tests], resolved: vec!["aws-lc-rs".to_owned()] };
    check_graph(&graph).into_iter().map(|breach| breach.rule).collect()
}

fn breaks(name: &str, to: &str, kind: EdgeKind, rule: &str) {
    let rules = rules(package(name, false, &[(to, kind)]));
    assert!(rules.iter().any(|broken| broken.contains(rule)), "{name} -> {to} broke {rules:?}, not {rule:?}");
}

fn keeps(name: &str, to: &str, kind: EdgeKind) {
    let rules = rules(package(name, false, &[(to, kind)]));
    assert!(rules.is_empty(), "{name} -> {to} broke {rules:?}");
}

#[test]
fn an_edge_up_or_sideways_is_refused_in_every_table() {
    for kind in [EdgeKind::Normal, EdgeKind::Dev, EdgeKind::Build] {
        breaks("postroad-routing", "postroad-pipeline", kind, "lower floors");
        breaks("postroad-routing", "postroad-smtp-session", kind, "lower floors");
        breaks("postroad-relay", "postroad-control-plane", kind, "lower floors");
        breaks("postroad-routing", "postroad-test-support", kind, "knows the tests");
        keeps("postroad-routing", "postroad-connector-model", kind);
    }
}

#[test]
fn a_crate_without_a_floor_is_refused() {
    assert_eq!(rules(package("postroad-extras", false, &[])), ["every crate outside tests/ has a floor"]);
}

#[test]
fn a_foreign_crate_outside_its_owner_is_refused() {
    let planted = [
        ("postroad-control-plane", "sled", "names sled"),
        ("postroad-relay", "mail-send", "names mail-send"),
        ("postroad-smtp-session", "smtp-proto", "smtp-proto"),
        ("postroad-relay", "opentelemetry_sdk", "names opentelemetry"),
        ("postroad-pipeline", "aws-lc-rs", "cryptography library"),
        ("postroad-relay", "rustls", "names rustls"),
        ("postroad-relay", "tokio-rustls", "names rustls"),
        ("postroad-pipeline", "tonic", "tonic is named"),
        ("postroad-store-sled", "tonic", "tonic is named"),
        ("postroad-store", "prost", "generated messages"),
        ("postroad-store-sled", "anyhow", "no anyhow"),
    ];
    for (name, to, rule) in planted {
        breaks(name, to, EdgeKind::Normal, rule);
        breaks(name, to, EdgeKind::Dev, rule);
    }
}

#[test]
fn owners_and_testers_may() {
    keeps("postroad-store-sled", "sled", EdgeKind::Normal);
    keeps("postroad-smtp-codec", "smtp-proto", EdgeKind::Dev);
    breaks("postroad-smtp-codec", "smtp-proto", EdgeKind::Normal, "smtp-proto");
    keeps("postroad-telemetry", "tonic", EdgeKind::Dev);
    breaks("postroad-telemetry", "tonic", EdgeKind::Normal, "tonic is named");
    let tests = package("postroad-e2e", true, &[("sled", EdgeKind::Dev), ("postroad-relay", EdgeKind::Dev)]);
    assert!(rules(tests).is_empty());
}

#[test]
fn the_pure_crates_see_no_tokio() {
    for name in ["mail-types", "smtp-codec", "connector-model", "routing", "smtp-session", "delivery"] {
        breaks(&format!("postroad-{name}"), "tokio", EdgeKind::Normal, "tokio appears in");
        breaks(&format!("postroad-{name}"), "tokio", EdgeKind::Dev, "tokio appears in");
    }
    keeps("postroad-tls", "tokio", EdgeKind::Normal);
    keeps("postroad-smarthost", "tokio", EdgeKind::Normal);
}

#[test]
fn what_a_crate_must_never_see_is_refused_although_it_is_lower() {
    breaks("postroad-smarthost", "postroad-routing", EdgeKind::Normal, "must never see");
    breaks("postroad-api", "postroad-store", EdgeKind::Normal, "must never see");
    breaks("postroad-config-feed", "postroad-store", EdgeKind::Normal, "must never see");
    breaks("postroad-mail-types", "serde", EdgeKind::Normal, "must never see");
}

#[test]
fn a_banned_crate_is_found_however_deep() {
    let graph = Graph { packages: vec![], resolved: vec!["ring".to_owned()] };
    let breaches = check_graph(&graph);
    assert!(breaches.len() == 1 && breaches[0].rule.contains("ring"), "{breaches:?}");
}

#[test]
fn a_bad_file_is_refused() {
    assert!(check_file("crates/routing/src/table.rs", 400).is_empty());
    assert_eq!(check_file("crates/routing/src/table.rs", 401).len(), 1);
    assert_eq!(check_file("crates/routing/src/table/mod.rs", 10).len(), 1);
    for name in ["utils.rs", "common.rs", "helpers.rs", "types.rs", "misc.rs", "utils/x.rs"] {
        assert_eq!(check_file(&format!("crates/routing/src/{name}"), 10).len(), 1, "{name}");
    }
}
