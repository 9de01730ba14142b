//! Writes to a store and says on standard output what was answered:
//! `append DIRECTORY MODE`, with the modes `once COUNT`, `unsynced COUNT`, `pipeline COUNT`, `forever`, `until-broken`
//! and `read`.
//!
//! The tests kill it, trace it and fill its disk. Each line is one write to standard output.

#![allow(clippy::unwrap_used, reason = "its caller is a test, which reads the panic")]

mod changes;
mod whole;
mod writers;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postroad_store::{AuditQuery, ConnectorStore, StoreError};
use postroad_store_sled::SledStore;

use changes::{pair, requested};
use writers::{Line, forever, pipeline};

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let [directory, mode, rest @ ..] = arguments.as_slice() else {
        panic!("usage: append DIRECTORY once COUNT | unsynced COUNT | pipeline COUNT | forever | until-broken | read");
    };
    let store = match SledStore::open(Path::new(directory)) {
        Ok(store) => Arc::new(store),
        Err(error) => refuse(&error),
    };
    let stored = store.snapshot().await.unwrap();
    say(&format!("opened {} {}", stored.revision, stored.records.len()));
    match (*mode, rest) {
        ("once", [count]) => once(&store, count.parse().unwrap()).await,
        ("unsynced", [count]) => unsynced(&store, count.parse().unwrap()).await,
        ("pipeline", [count]) => pipeline(&store, count.parse().unwrap()).await,
        ("forever", []) => forever(&Arc::new(Line::new(store).await)).await,
        ("until-broken", []) => until_broken(&store).await,
        ("read", []) => match whole::check(&store).await {
            Ok(()) => say(&format!("whole {}", stored.revision)),
            Err(error) => refuse(&error),
        },
        other => panic!("unknown mode {other:?}"),
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

fn refuse(error: &StoreError) -> ! {
    say(&format!("refused {error}"));
    std::process::exit(3);
}

/// One write after the other; both the head and the answer are told before the next begins.
async fn once(store: &Arc<SledStore>, count: u64) {
    for round in 0..count {
        let mut watch = store.head();
        let head = *watch.borrow_and_update();
        let watched = async {
            watch.changed().await.unwrap();
            say(&format!("watched {}", *watch.borrow()));
        };
        let answered = async {
            let commit = store.apply(pair(head, "c-1", u8::try_from(round % 200).unwrap())).await.unwrap();
            say(&format!("answered {}", commit.revision));
        };
        tokio::join!(watched, answered);
    }
}

/// Looks at the store while the disk, which must be slow, has each change: nothing of it may show. What was looked at
/// too late, when the head had moved, says nothing.
async fn unsynced(store: &SledStore, count: u64) {
    for _ in 0..count {
        let head = *store.head().borrow();
        let (change, request) = requested(pair(head, "c-1", 7));
        let mut pending = store.enqueue(change).await.unwrap();
        let revision = pending.revision();
        // Time for the writing; the sync takes longer.
        let waited = tokio::time::timeout(Duration::from_millis(10), &mut pending).await;
        let snapshot = store.snapshot().await.unwrap().revision;
        let made = store.revision(revision).await;
        let requested = store.request(&request).await.unwrap();
        let newest = AuditQuery { newest_first: true, limit: 1, ..AuditQuery::default() };
        let newest = store.audit(newest).await.unwrap();
        if *store.head().borrow() == head {
            assert!(waited.is_err(), "answered before it was published");
            assert_eq!(snapshot, head);
            assert!(matches!(made, Err(StoreError::NotYet { .. })));
            assert_eq!(requested, None);
            assert!(newest.rows.iter().all(|row| row.id.revision == head));
            say(&format!("hidden {revision}"));
        }
        if waited.is_err() {
            assert_eq!(pending.await.unwrap().revision, revision);
        }
        assert_eq!(store.request(&request).await.unwrap().map(|kept| kept.revision), Some(revision));
    }
}

/// Writes until the disk fails, then shows that writing is over and reading is not.
async fn until_broken(store: &SledStore) {
    let mut last = store.snapshot().await.unwrap().revision;
    for round in 0_u64.. {
        match store.apply(pair(last, &format!("c-{}", round % 50), 7)).await {
            Ok(commit) => {
                last = commit.revision;
                say(&format!("answered {last}"));
            }
            Err(error) => {
                say(&format!("broken {error}"));
                break;
            }
        }
    }
    let again = store.apply(pair(last, "c-1", 7)).await;
    assert!(matches!(again, Err(StoreError::Broken(_))), "written again after a failure: {again:?}");
    let again = store.record(bytes::Bytes::from_static(b"refused call"), 1).await;
    assert!(matches!(again, Err(StoreError::Broken(_))), "recorded after a failure: {again:?}");
    let stored = store.snapshot().await.unwrap();
    assert_eq!(stored.revision, last, "reading shows what was not answered");
    assert_eq!(*store.head().borrow(), last);
    // What was written and not synced does not show in the history either.
    assert!(matches!(store.revision(last + 1).await, Err(StoreError::NotYet { .. })));
    assert!(store.record_at(stored.records.first().unwrap().key.clone(), last).await.unwrap().is_some());
    say(&format!("reading {last}"));
}
