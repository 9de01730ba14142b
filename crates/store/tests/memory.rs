//! The memory store passes the battery.

use std::sync::Arc;

use postroad_store::battery::Subject;
use postroad_store::{MemoryStore, battery, store_battery};

fn store() -> Subject {
    Arc::new(MemoryStore::new())
}

store_battery!((store(), ()));

#[tokio::test]
async fn two_stores_have_two_epochs() {
    battery::two_stores_have_two_epochs(store(), store()).await;
}
