//! Our parser beside smtp-proto's: the same octets, cut at random, must mean the same. What may differ stands in a list,
//! each difference with the section of the RFC that decides it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod commands;
mod data;
mod differences;
mod lines;
mod seen;

use proptest::test_runner::{Config, RngSeed};

/// How often to try: always the same cases, so that a difference nobody has listed yet does not fail the build of somebody
/// who changed something else. `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look for new ones.
fn cases(usual: u32) -> Config {
    let asked = Config::default();
    let (cases, rng_seed) = match asked.rng_seed {
        RngSeed::Random => (usual, RngSeed::Fixed(1)),
        RngSeed::Fixed(_) => (asked.cases, asked.rng_seed),
    };
    Config { cases, rng_seed, failure_persistence: None, ..asked }
}
