//! The port of the connector store, an in-memory store, and the battery every store passes.
//!
//! A store keeps opaque records under one revision. Whoever writes says what the change stands on ([`Change`]); the store
//! makes all of it or nothing, and answers when it is durable. [`Keyspace`] decides what a change does, so that every
//! store decides the same.

pub mod battery;
mod keyspace;
mod memory;
mod port;

pub use keyspace::{Draft, Effect, Keyspace, Written};
pub use memory::MemoryStore;
pub use port::{
    Change, Commit, ConnectorStore, Expect, Key, Kind, MAX_BODY, MAX_ID, Put, StoreError, Stored, StoredRecord,
};
