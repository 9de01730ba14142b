//! The memory store passes the battery.

use std::sync::Arc;

use postroad_store::{MemoryStore, battery};

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_store_passes_the_battery() {
    battery::run(|| Arc::new(MemoryStore::new())).await;
}
