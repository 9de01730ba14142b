//! Connectors in sled, durable before the answer.
//!
//! [`SledStore`] reads the present from memory and the past from the disk. It writes through two threads: the *writer*
//! decides changes in their order, each on top of the one before, and writes each in a sled transaction; the *committer*
//! takes what is written, up to 64 at once, flushes, and calls `fdatasync` itself, because sled 0.34's flush leaves the
//! disk's own cache alone. Only then the memory moves, the head says the revision, and the callers are answered. This is
//! the only crate that names sled.
//!
//! Durable means here: handed to the disk and confirmed by `fdatasync`. Tests kill the process at random moments and
//! damage files; none shows a true power cut.

mod committer;
mod directory;
mod disk;
mod guard;
mod opening;
mod shared;
mod store;
mod writer;

pub use store::SledStore;
