//! What we build on is checked by CI itself (cargo-deny), not when somebody thinks of it.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;

use xtask::rules::root;
use xtask::{Request, Stage};

#[test]
fn th27_ci_checks_bans_licences_sources_and_advisories() {
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(ci.lines().any(|line| line.trim() == "exec cargo xtask test"), "CI runs something else than every stage");
    let Request::Test(test) = Request::parse(std::iter::once("test".to_owned())).unwrap() else { panic!("no tests") };
    assert!(Stage::ALL.contains(&Stage::Deny) && test.wants(Stage::Deny), "the stage is left out");
    let rules = fs::read_to_string(root().join("deny.toml")).unwrap();
    for rule in [
        "unknown-registry = \"deny\"",
        "unknown-git = \"deny\"",
        "wildcards = \"deny\"",
        "multiple-versions = \"deny\"",
    ] {
        assert!(rules.lines().any(|line| line.trim() == rule), "deny.toml does not say {rule}");
    }
    // Each advisory that is let pass has its reason.
    let ignored = rules.lines().filter(|line| line.contains("RUSTSEC-"));
    assert!(ignored.into_iter().all(|line| line.contains("reason = \"")), "an advisory is ignored without a reason");
}
