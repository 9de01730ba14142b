//! The relay's subscriber to the config stream: stream → convert → compile → publish → ack or nack.
//!
//! The table and the link are independent: no event of the link ever takes a table away. What the control plane sends is
//! collected, checked and compiled aside, and published by one swap.

mod backoff;
mod feed;
mod link;
mod mass_deletion;
mod pending_ack;
mod stream;
mod transfer;
mod usability;

pub use feed::{Feed, FeedError, FeedSettings};
pub use usability::{Obstacles, Usability};
