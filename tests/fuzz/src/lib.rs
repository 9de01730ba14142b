//! What must hold for every input: the properties that the fuzzer tries to break.
//!
//! Each target is a function that takes any octets and panics when a property is broken; docs/FUZZING.md says how they
//! are run. They check more than that nothing panics: the outcome is that of a naive reading and does not depend on how
//! the input is cut, and what is printed reads back as the same value.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a broken property panics"
)]

mod bdat;
mod command;
mod cuts;
mod data;
mod mailbox;
mod proxy_header;
mod received;
mod reply;
mod sasl;
mod sasl_exchange;

pub use bdat::bdat;
pub use command::command;
pub use data::data;
pub use mailbox::mailbox;
pub use proxy_header::proxy_header;
pub use received::received;
pub use reply::reply;
pub use sasl::sasl;
pub use sasl_exchange::sasl_exchange;

/// A target: its name, which is that of its folder in `seeds`, and its check.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("bdat", bdat),
    ("command", command),
    ("data", data),
    ("mailbox", mailbox),
    ("proxy_header", proxy_header),
    ("received", received),
    ("reply", reply),
    ("sasl", sasl),
    ("sasl_exchange", sasl_exchange),
];
