//! Mail programs that others wrote, as peers of a relay: Postfix as the smart host, swaks and Python's smtplib as
//! clients. Each is started for one test, on loopback, with a configuration of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

mod client;
mod postfix;

pub use client::{Client, have};
pub use postfix::{PASSWORD, Postfix, USER};
