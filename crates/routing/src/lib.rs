//! Which connector carries a recipient, and why: one pure function for both planes.
//!
//! [`compile`] turns a snapshot into a [`RouteTable`], which never changes. [`route`] finds the connector of one
//! recipient in it, [`explain`] says in addition why each other connector was not taken. Nothing here reads a clock, a
//! socket, the health of a host or a random number, so every relay and the control plane give the same answer.
//!
//! A connector is chosen in steps: those too small for the message fall out (1), then those that are disabled or do not
//! cover the recipient (2), then all but the most specific match (3), all but the lowest cost (4), and last all but
//! the lowest name (6). The numbers leave room for the steps that depend on sites and senders.

mod compile;
mod explain;
mod index;
mod no_route;
mod problem;
mod query;
mod select;
mod specificity;
mod table;

pub use compile::compile;
pub use explain::{Elimination, EliminationReason, Explanation, explain};
pub use no_route::NoRoute;
pub use problem::{Problem, Problems};
pub use query::Query;
pub use select::{Route, route};
pub use table::{RouteTable, RoutedConnector};
