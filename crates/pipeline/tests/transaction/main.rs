//! Transactions against couriers that do what a test says, without a socket.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod bench;
mod chunks;
mod connectors;
mod data;
mod ending;
mod failover;
mod fake;
mod log;
#[allow(dead_code, reason = "the notation serves the tests of routing too")]
#[path = "../../../routing/tests/sets/notation.rs"]
mod notation;
mod parameters;
mod recipients;
mod trace;
