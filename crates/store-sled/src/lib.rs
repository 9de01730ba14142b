//! Connectors in sled, durable before the answer.
//!
//! [`SledStore`] reads from memory and writes through one committer thread: it takes the changes that wait, writes each
//! in a sled transaction, flushes, and calls `fdatasync` itself, because sled 0.34's flush leaves the disk's own cache
//! alone. Only then the memory moves, the watch says the revision, and the callers are answered. This is the only crate
//! that names sled.
//!
//! Durable means here: handed to the disk and confirmed by `fdatasync`. Tests kill the process at random moments and
//! damage files; none shows a true power cut.

mod committer;
mod directory;
mod disk;
mod guard;
mod row;
mod store;

pub use store::SledStore;
