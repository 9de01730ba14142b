//! The nouns of mail as the RFCs name them, without I/O.
//!
//! Nothing here reads a clock, a socket or the environment. Values are checked when they are made, so
//! whoever holds a [`Mailbox`] or a [`Reply`] holds one that can be written to the wire as it is.

mod domain;
mod enhanced;
mod mailbox;
mod reply;
mod trace;

pub use domain::{Domain, DomainError, HostName};
pub use enhanced::EnhancedCode;
pub use mailbox::{AddressLiteral, MailDomain, Mailbox, MailboxError, ReversePath};
pub use reply::{Reply, ReplyError};
pub use trace::{SpanId, TraceContext, TraceId};
