//! One transaction: asks → route → courier → replies and the record.
//!
//! The connector is pinned at the first recipient that reaches a smart host, the smart host is opened then, every
//! recipient gets the host's own answer, and the 250 after the data follows the host's own 250.

mod ending;
mod failover;
mod head;
mod leg;
mod mismatch;
mod offering;
mod outcome;
mod passage;
mod pin;
mod pipeline;
mod recipients;
mod rule;
mod text;
mod transaction;

pub use ending::Abort;
pub use offering::Offering;
pub use passage::Message;
pub use pipeline::{Pipeline, PipelineSettings};
pub use transaction::Transaction;
