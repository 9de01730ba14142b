//! Bytes to commands, replies and stuffed data, and back.
//!
//! Everything here is pure: no socket, no clock. Input is foreign, so nothing panics on it and nothing is repaired in
//! silence: only CRLF ends a line (RFC 5321 §2.3.8), and a line that holds a bare CR, a bare LF or a NUL is an error.

mod capabilities;
mod command;
mod data;
mod date;
mod line;
mod path;
mod print;
mod received;
mod reply;

pub use capabilities::Capabilities;
pub use command::{Body, ClientName, Command, CommandError, MailParameters};
pub use data::{BodyChunk, DataScanner, DataStep, DataViolation};
pub use date::Date;
pub use line::{Line, LineScanner, Scan};
pub use print::{print_mail, print_rcpt};
pub use received::{Protocol, Received};
pub use reply::{HostReply, ReplyFault, ReplyScanner};
