//! Dialogues that a person can read (`tests/dialogs/*.smtp`), and a session without sockets to run them in.
//!
//! [`Dialogue`] reads the files; whoever has another way to talk to a server, such as a socket, goes through its steps.
//! [`Bench`] is the session with a pipeline, a users file and a TLS library that are none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod bench;
mod dialogue;
mod login;
mod over;
mod run;
mod setting;
mod step;

pub use bench::Bench;
pub use dialogue::Dialogue;
pub use login::{PASSWORD, USER};
pub use over::{Over, Way};
pub use run::run;
pub use setting::{Setting, offer};
pub use step::{Question, Step, heard};
