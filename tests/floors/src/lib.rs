//! The rules of the house: which crate may know which, which foreign crate is named where, how files are cut.
//!
//! The rules are plain functions over plain values, so that each of them can be shown to fail on a planted breach. The
//! tests of this crate feed them with what cargo and the file system say about the workspace.

mod breach;
mod edge;
mod file;
mod floor;
mod foreign;
mod graph;

pub use breach::Breach;
pub use edge::check_graph;
pub use file::{MAX_LINES, check_file};
pub use floor::{FLOORS, floor_of};
pub use foreign::{FOREIGN, Foreign};
pub use graph::{Edge, EdgeKind, Graph, Package};
