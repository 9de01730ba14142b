//! The table of rules says what is so: it is the one that the generator makes, and every rule has its test.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::fs;

use xtask::rules::{Rules, TABLE, root};

#[test]
fn the_table_of_rules_is_the_one_that_the_tests_make() {
    let rules = Rules::read(&root()).unwrap();
    let committed = fs::read_to_string(root().join(TABLE)).unwrap_or_default();
    let differing = committed.lines().zip(rules.table.lines()).find(|(is, must)| is != must);
    assert!(
        committed == rules.table,
        "{TABLE} is not what the tests make of it; run `cargo xtask rules`. First difference: {differing:#?}"
    );
}

#[test]
fn every_rule_is_shown_by_a_test() {
    let rules = Rules::read(&root()).unwrap();
    assert!(rules.problems.is_empty(), "\n{}", rules.problems.join("\n"));
}
