//! The SMTP server as a machine without I/O.
//!
//! The driver shows it command lines, the answers to what it asked, and the octets of message data; it says what to
//! write, what to ask the pipeline, and when to close. It reads no clock and no socket, so whole dialogues run in
//! microseconds.

mod body;
mod session;
mod settings;
mod text;
mod verbs;

pub use body::{BodyEnd, BodyStep};
pub use session::{Action, Event, MailRequest, Session};
pub use settings::SessionSettings;
