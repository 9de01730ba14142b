//! Which connector carries a recipient, and why: one pure function for both planes.
//!
//! [`compile`] turns a snapshot into a [`RouteTable`], which never changes; [`RouteTable::apply`] makes the next one from
//! it. [`route`] finds the connector of one recipient in a table, [`explain`] says in addition why each other connector was
//! not taken, [`next_fallback`] which one takes its place when its hosts have failed. Nothing here reads a clock, a socket,
//! the health of a host or a random number, so every relay of a site and the control plane give the same answer.
//!
//! A connector is chosen in steps (`docs/ROUTING.md`): one that is linked to the mail's listener is taken at once (0);
//! otherwise those too small for the message fall out (1), then those that are disabled, not to be seen or reached from
//! here, do not cover the recipient or not the sender (2), then all but the most specific match (3), those without a
//! sender filter where one with a filter is left (3a), all but the lowest cost, which is that of the address space and of
//! the way to the nearest source relay (4), all but the nearest source relay (5), and last all but the lowest name (6).

mod compile;
mod distance;
mod edit;
mod elimination;
mod explain;
mod fallback;
mod held;
mod index;
mod no_route;
mod paths;
mod place;
mod problem;
mod query;
mod route;
mod select;
mod senders;
mod space;
mod specificity;
mod table;

pub use compile::compile;
pub use distance::Distance;
pub use explain::{Elimination, EliminationReason, Explanation, explain};
pub use fallback::{fallbacks, may_stand_in, next_fallback};
pub use held::RoutedConnector;
pub use no_route::NoRoute;
pub use problem::{Problem, Problems};
pub use query::Query;
pub use route::Route;
pub use select::route;
pub use table::RouteTable;
