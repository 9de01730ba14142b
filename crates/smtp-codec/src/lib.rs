//! Bytes to commands, replies and stuffed data, and back.
//!
//! Everything here is pure: no socket, no clock. Input is foreign, so nothing panics on it and nothing is repaired in
//! silence: only CRLF ends a line (RFC 5321 §2.3.8), and a line that holds a bare CR, a bare LF or a NUL is an error.

mod body;
mod capabilities;
mod chunk;
mod command;
mod content;
mod data;
mod date;
mod extensions;
mod line;
mod path;
mod print;
mod proxy;
mod received;
mod reply;
pub mod sasl;
mod traceparent;
mod xtext;

pub use body::{BodyChunk, BodyForm, DataViolation};
pub use capabilities::{AuthMechanisms, Capabilities, Limits};
pub use chunk::{ChunkScanner, ChunkStep};
pub use command::{
    Body, ClientAttributes, ClientName, Command, CommandError, Given, MailParameters, MechanismName, Notify, Orcpt,
    RcptParameters, Ret,
};
pub use data::{DataScanner, DataStep};
pub use date::Date;
pub use extensions::Extensions;
pub use line::{Line, LineScanner, Scan};
pub use print::{print_bdat, print_mail, print_rcpt};
pub use proxy::{ProxyAddresses, ProxyFault, ProxyHeader, ProxyScan};
pub use received::{Protocol, Received};
pub use reply::{HostReply, ReplyFault, ReplyScanner};
pub use sasl::SaslOctets;
pub use traceparent::{FoundContext, TraceparentScanner};
pub use xtext::Xtext;
