//! The server side, in handshakes with clients of rustls and with raw hellos.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod authority;
mod client_certificates;
mod files;
mod handshake;
mod protocols;
mod reload;
mod resumption;
