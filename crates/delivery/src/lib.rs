//! The port through which a transaction reaches a next hop, and what its outcomes mean to the client.

mod courier;
mod fault;
mod learned;
mod shortcoming;

pub use courier::{Courier, Delivery, Finish, Halt, Order};
pub use fault::{Fault, FaultKind};
pub use learned::{HEADER_ROOM, Learned, extensions};
pub use shortcoming::Shortcoming;
