//! The courier against smart hosts that are scripted to the octet.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking, and a scripted host's task ends with its test"
)]

mod chunks;
mod dot;
mod envelope;
mod host;
mod login;
mod offers;
mod order;
mod timers;
mod tls;
