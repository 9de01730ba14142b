//! Records in, spans out: the tree, the attributes, the sampling, the way to the collector.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod collector;
mod delivery;
mod sampling;
mod scene;
mod tree;
