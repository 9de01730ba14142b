//! The port of the connector store, an in-memory store, and the battery every store passes.

mod port;
pub use port::{
    Change, Commit, ConnectorStore, Expect, Key, Kind, Put, StoreError, Stored, StoredRecord,
};
