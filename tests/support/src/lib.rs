//! What the tests share: smart hosts that follow a script or keep a ledger, a sender that files what became of each
//! message, the processes under test, a client of the admin API, and a collector of spans.
//!
//! All of it uses plain threads and blocking sockets, so that a test reads from top to bottom, and so that a peer's
//! behaviour depends on nothing of the product.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::let_underscore_must_use,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and its peers are threads that may sleep"
)]

mod admin_api;
mod base64;
mod bench;
mod closed_port;
mod collector;
mod ledger_host;
mod message;
mod process;
mod script;
mod scripted_host;
mod sender;
mod service;
mod siege;
mod skip;
mod wire;

pub use admin_api::{AdminApi, connector, space};
pub use base64::base64;
pub use bench::Bench;
pub use closed_port::ClosedPort;
pub use collector::{Collector, SeenSpan};
pub use ledger_host::LedgerHost;
pub use message::Message;
pub use process::Process;
pub use script::{Act, At, Conversation};
pub use scripted_host::{ScriptedHost, Seen, SeenMessage};
pub use sender::{Answer, Sender, Verdict};
pub use service::{ControlPlane, Relay, RelaySetup};
pub use siege::{Siege, Toll};
pub use skip::{report, skipped};
pub use wire::Wire;
