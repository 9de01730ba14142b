//! The port through which a transaction reaches a next hop, and what its outcomes mean to the client.

mod courier;
mod fault;

pub use courier::{Courier, Delivery, Finish, Order};
pub use fault::{Fault, FaultKind};
