//! Writes to a store and says on standard output what was answered: `append DIRECTORY once COUNT | forever | until-broken | read`.
//!
//! The tests kill it, trace it and fill its disk. Each line is one write to standard output.

#![allow(clippy::unwrap_used, reason = "its caller is a test, which reads the panic")]

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use postroad_store::{Change, ConnectorStore, Key, Kind, Put, StoreError};
use postroad_store_sled::SledStore;
use tokio::task::JoinSet;

const WRITERS: usize = 8;
const IDS: u8 = 20;

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let [directory, mode, rest @ ..] = arguments.as_slice() else {
        panic!("usage: append DIRECTORY once COUNT | forever | until-broken | read");
    };
    let store = match SledStore::open(Path::new(directory)) {
        Ok(store) => Arc::new(store),
        Err(error) => {
            say(&format!("refused {error}"));
            std::process::exit(3);
        }
    };
    let stored = store.snapshot().await.unwrap();
    say(&format!("opened {} {}", stored.revision, stored.records.len()));
    match (*mode, rest) {
        ("once", [count]) => once(&store, count.parse().unwrap()).await,
        ("forever", []) => forever(&store).await,
        ("until-broken", []) => until_broken(&store).await,
        ("read", []) => {}
        other => panic!("unknown mode {other:?}"),
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// One write after the other; both the watch and the answer are told before the next begins.
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

/// Eight writers that never end, each on records of its own: pairs that belong together, and removals of both.
async fn forever(store: &Arc<SledStore>) {
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(store);
        writers.spawn(async move {
            loop {
                let [dice, fill] = postroad_seal::random_bytes();
                let id = format!("c-{writer}-{}", dice % IDS);
                let (change, word) = if dice > 220 {
                    (Change { deletes: keys(&id).to_vec(), ..Change::default() }, "deleted".to_owned())
                } else {
                    (pair(0, &id, fill), format!("answered-{fill}"))
                };
                let revision = insist(&store, change).await;
                say(&format!("{word} {revision} {id}"));
            }
        });
    }
    writers.join_all().await;
}

/// Makes a change on whatever the head is.
async fn insist(store: &SledStore, change: Change) -> u64 {
    loop {
        let base = *store.head().borrow();
        match store.apply(Change { base, ..change.clone() }).await {
            Ok(commit) => return commit.revision,
            Err(StoreError::BaseMoved { .. }) => {}
            Err(other) => panic!("{other}"),
        }
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
    let stored = store.snapshot().await.unwrap();
    assert_eq!(stored.revision, last, "reading shows what was not answered");
    assert_eq!(*store.head().borrow(), last);
    say(&format!("reading {last}"));
}

/// A connector and a credential of one id and one content, so that a half change shows.
fn pair(base: u64, id: &str, fill: u8) -> Change {
    let body = Bytes::from(vec![fill; 100 + usize::from(fill) * 20]);
    let puts = keys(id).map(|key| Put { key, body: body.clone(), wire_hash: postroad_seal::sha256(&[&body]) });
    Change { base, puts: puts.to_vec(), ..Change::default() }
}

fn keys(id: &str) -> [Key; 2] {
    [Kind::Connector, Kind::Credential].map(|kind| Key { kind, id: id.to_owned() })
}
