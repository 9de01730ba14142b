//! Mail programs that others wrote, as peers of a relay: Postfix as the smart host, seven mailers as clients. Each is
//! started for one test, on loopback, with a configuration of its own. And peers that no honest program would be:
//! a stand-in of a smart host that takes bare line ends, a client that says exactly what it is told to say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

mod authority;
mod client;
mod dialogue;
mod errand;
mod front;
mod payload;
mod postfix;
mod sink;
mod smuggler;
mod talker;

pub use authority::Authority;
pub use client::{Client, Ready, have, root_for};
pub use errand::{Envelope, Errand, Feature, Login, Mechanism, Mode, Said};
pub use front::{Front, user};
pub use payload::{Class, Payload, first_bare};
pub use postfix::{PASSWORD, Postfix, Role, USER};
pub use postroad_shelf as shelf;
pub use postroad_test_support::base64;
pub use sink::{Delivered, Heard, Reading, Sink};
pub use smuggler::{Attempt, Verb, Writing, bare_on_the_wire};
pub use talker::Talker;
