//! Writing.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postroad_store::{Change, ConnectorStore};
use postroad_store_sled::SledStore;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::figures::Round;
use crate::filling::{SIZE, change};
use crate::machine;

/// Records in the store that is written to.
pub(crate) const RECORDS: usize = 10_000;
pub(crate) const WRITERS: usize = 32;
const ROUND: Duration = Duration::from_secs(2);
/// Octets of a file that does not grow.
const LAID_OUT: usize = 64 * 1024 * 1024;

/// Appends as much as a record has to a file, and syncs it, again and again.
pub(crate) fn append(path: &Path) -> Round {
    let file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    synced(file)
}

/// The same within a file that has its size and its blocks already, as sled's mostly has: the file system has less to
/// sync.
pub(crate) fn overwrite(path: &Path) -> Round {
    if !path.exists() {
        std::fs::write(path, vec![1; LAID_OUT]).unwrap();
    }
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.sync_all().unwrap();
    synced(file)
}

fn synced(mut file: File) -> Round {
    let body = vec![7; SIZE];
    let (begun, spent, mut each) = (Instant::now(), machine::cpu(), Vec::new());
    while begun.elapsed() < ROUND && each.len() < LAID_OUT / SIZE {
        let before = Instant::now();
        file.write_all(&body).unwrap();
        file.sync_data().unwrap();
        each.push(before.elapsed());
    }
    Round::new(begun.elapsed(), each, machine::cpu().saturating_sub(spent))
}

/// So many writers, each of which waits until its change is durable before it makes the next. They decide in line.
pub(crate) async fn writers(store: &Arc<SledStore>, count: usize) -> Round {
    let head = Arc::new(Mutex::new(store.snapshot().await.unwrap().revision));
    let (begun, spent) = (Instant::now(), machine::cpu());
    let mut writers = JoinSet::new();
    for writer in 0..count {
        let (store, head) = (Arc::clone(store), Arc::clone(&head));
        writers.spawn(async move {
            let mut each = Vec::new();
            let mut at = writer * 37;
            while begun.elapsed() < ROUND {
                at = (at + 101) % RECORDS;
                let change = change(at);
                let before = Instant::now();
                make(&store, &head, change).await;
                each.push(before.elapsed());
            }
            each
        });
    }
    let each = writers.join_all().await.concat();
    Round::new(begun.elapsed(), each, machine::cpu().saturating_sub(spent))
}

async fn make(store: &SledStore, head: &Mutex<u64>, change: Change) {
    let mut head = head.lock().await;
    let pending = store.enqueue(Change { base: *head, ..change }).await.unwrap();
    *head = pending.revision();
    drop(head);
    pending.await.unwrap();
}
