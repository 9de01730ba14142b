//! The SMTP server as a machine without I/O.
//!
//! The driver shows it command lines, the answers to what it asked, and the octets of message data; it says what to
//! write, what to ask the pipeline, and when to close. It reads no clock and no socket, so whole dialogues run in
//! microseconds.
//!
//! A driver goes round like this:
//! - While [`Session::expects_data`], it shows what it has read to [`Session::body`], even when that is nothing; else it
//!   looks for a line of at most [`Session::line_limit`] octets and shows it with [`Session::on`].
//! - It does what the [`Action`] says. An action that asks something is answered with the event named beside it, before
//!   anything else is shown.
//! - Octets are never dropped but for those that the session consumed, save at STARTTLS ([`Action::StartTls`]).

mod action;
mod answer;
mod auth;
mod body;
mod client;
mod data;
mod event;
mod hello;
mod limits;
mod mail;
mod offered;
mod rcpt;
mod said;
mod session;
mod settings;
mod state;
mod text;
mod verbs;

pub use action::{Action, MailRequest, RcptRequest, SaslInput};
pub use body::{BodyEnd, BodyStep};
pub use client::{Client, Identity, TlsFacts};
pub use event::{Event, SaslAnswer, SaslFailure, Timeout};
pub use said::{Phase, Refusal, Said};
pub use session::Session;
pub use settings::SessionSettings;
