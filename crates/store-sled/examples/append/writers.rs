//! Many writers at once.

use std::sync::Arc;

use postroad_store::{Change, ConnectorStore, StoreError};
use postroad_store_sled::SledStore;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::changes::{pair, removal, requested};
use crate::say;

/// Writes that are under way at any moment.
const WRITERS: usize = 1000;
const IDS: u8 = 200;

/// Changes in line: each is decided on top of the one before, and waits for the disk beside the others.
pub(crate) struct Line {
    store: Arc<SledStore>,
    head: Mutex<u64>,
}

impl Line {
    pub(crate) async fn new(store: Arc<SledStore>) -> Self {
        let head = Mutex::new(store.snapshot().await.unwrap().revision);
        Self { store, head }
    }

    /// Makes a change on whatever the head is.
    async fn make(&self, change: Change) -> Result<u64, StoreError> {
        let mut head = self.head.lock().await;
        let pending = self.store.enqueue(Change { base: *head, ..change }).await?;
        *head = pending.revision();
        drop(head);
        Ok(pending.await?.revision)
    }
}

/// A thousand writers that never end: pairs that belong together, and removals of both.
pub(crate) async fn forever(line: &Arc<Line>) {
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let line = Arc::clone(line);
        writers.spawn(async move {
            loop {
                let [dice, fill, id] = postroad_seal::random_bytes();
                let id = format!("c-{}", id % IDS);
                let (change, word) = if dice > 220 {
                    (removal(&id), "deleted".to_owned())
                } else {
                    (pair(0, &id, fill), format!("answered-{fill}"))
                };
                let (change, request) = requested(change);
                let revision = line.make(change).await.unwrap();
                say(&format!("{word} {revision} {id} {request}"));
            }
        });
    }
    writers.join_all().await;
}

/// So many changes at once; says each answer, or that the store is broken. None may show before its answer.
pub(crate) async fn pipeline(store: &Arc<SledStore>, count: u64) {
    let line = Arc::new(Line::new(Arc::clone(store)).await);
    let mut writers = JoinSet::new();
    for round in 0..count {
        let line = Arc::clone(&line);
        writers.spawn(async move {
            match line.make(pair(0, &format!("c-{}", round % 50), 7)).await {
                Ok(revision) => {
                    assert!(*line.store.head().borrow() >= revision, "answered before it was published");
                    say(&format!("answered {revision}"));
                }
                Err(StoreError::Broken(reason)) => say(&format!("broken {reason}")),
                Err(other) => panic!("{other}"),
            }
        });
    }
    writers.join_all().await;
}
