//! The control plane as its clients see it: real sockets on loopback, a real store on disk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod audit;
mod batch;
mod bench;
mod certificates;
mod changes;
mod explain;
mod fleet;
mod lists;
mod references;
mod refusals;
mod relay;
mod requests;
mod revisions;
mod scale;
mod secrets;
mod service;
mod streams;
