//! The wire form: conversions both ways, masks, and secrets that do not show. What the tests must not forget they learn
//! from the descriptors: every field of a message, every value of an enum.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod behaviour;
mod conversions;
mod descriptors;
mod examples;
mod masks;
mod records;
mod redaction;
mod secrets;
