//! The sled store passes the battery, and refuses what it should refuse.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it saw by panicking")]

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use postroad_store::{
    Change, ConnectorStore, Key, Kind, MAX_BODY, Put, RequestMark, StoreError, battery, store_battery, verify_audit,
};
use postroad_store_sled::SledStore;

fn change(base: u64, ids: &[String], fill: u8) -> Change {
    let puts = ids.iter().map(|id| Put {
        key: Key { kind: Kind::Connector, id: id.clone() },
        body: Bytes::from(vec![fill; MAX_BODY]),
        wire_hash: [fill; 32],
    });
    let largest = Bytes::from(vec![fill; MAX_BODY]);
    let request = RequestMark { id: format!("r-{base}"), content: [1; 32], outcome: largest.clone() };
    Change { base, puts: puts.collect(), audit: Some(largest), request: Some(request), ..Change::default() }
}

fn edit(directory: &Path, edit: impl FnOnce(&sled::Db)) {
    // sled's threads let go of the file a moment after the store is dropped.
    let config = sled::Config::new().path(directory).segment_size(8 << 20);
    let db = (0..100_000).find_map(|_| config.open().ok()).unwrap();
    edit(&db);
    db.flush().unwrap();
}

/// An empty store, and its directory.
fn store() -> (battery::Subject, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (Arc::new(SledStore::open(directory.path()).unwrap()), directory)
}

store_battery!(store());

#[tokio::test]
async fn two_stores_have_two_epochs() {
    let ((one, _kept), (other, _kept_too)) = (store(), store());
    battery::two_stores_have_two_epochs(one, other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_passes_the_battery_of_reopening() {
    let directory = tempfile::tempdir().unwrap();
    battery::reopen(|| Arc::new(SledStore::open(directory.path()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn st5_it_passes_the_battery_of_reopening_with_history() {
    let directory = tempfile::tempdir().unwrap();
    battery::reopen_with_history(|| Arc::new(SledStore::open(directory.path()).unwrap())).await;
}

#[tokio::test]
async fn the_current_thread_runtime_is_not_blocked() {
    let directory = tempfile::tempdir().unwrap();
    let store = SledStore::open(directory.path()).unwrap();
    // The other future is polled while the disk works, on the one thread that there is.
    let (commit, revision) = tokio::join!(store.apply(change(0, &["c".to_owned()], 1)), async {
        let mut head = store.head();
        head.changed().await.unwrap();
        *head.borrow()
    });
    assert_eq!(commit.unwrap().revision, revision);
}

#[test]
fn a_second_open_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let first = SledStore::open(directory.path()).unwrap();
    let error = SledStore::open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::InUse(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains(directory.path().to_str().unwrap()) && text.contains("in use"), "{text}");
    drop(first);
    SledStore::open(directory.path()).unwrap();
}

/// SR14, ST9: with the largest values in every tree, written again and again, nothing goes to blob files, which nobody syncs.
#[tokio::test]
async fn st9_no_blob_files() {
    let directory = tempfile::tempdir().unwrap();
    let mut head = 0;
    for round in 0..4_u8 {
        let store = SledStore::open(directory.path()).unwrap();
        for part in 0..6 {
            let ids: Vec<_> = (0..16).map(|id| format!("c-{part}-{id}")).collect();
            head = store.apply(change(head, &ids, round)).await.unwrap().revision;
        }
        drop(store);
        let blobs: Vec<_> = std::fs::read_dir(directory.path().join("blobs")).unwrap().collect();
        assert!(blobs.is_empty(), "round {round}: {blobs:?}");
    }
    let stored = SledStore::open(directory.path()).unwrap().snapshot().await.unwrap();
    assert_eq!((stored.revision, stored.records.len()), (head, 96));
    assert!(stored.records.iter().all(|record| record.body == vec![3; MAX_BODY]));
}

#[test]
fn an_unknown_schema_or_encoding_is_refused() {
    for name in ["schema", "encoding"] {
        let directory = tempfile::tempdir().unwrap();
        drop(SledStore::open(directory.path()).unwrap());
        edit(directory.path(), |db| {
            db.open_tree("meta").unwrap().insert(name, &77_u32.to_be_bytes()).unwrap();
        });
        let error = SledStore::open(directory.path()).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, StoreError::Corrupt(_)) && text.contains(name) && text.contains("77"), "{text}");
    }
}

#[test]
fn what_cannot_be_is_corrupt() {
    let cases: [(&str, &str, &[u8], &[u8]); 5] = [
        ("records", "kind 9", b"\x09c-1", &[0; 60]),
        ("records", "cut short", b"\x01c-1", &[0; 39]),
        ("records", "version 72", b"\x01c-1", &[1; 60]),
        ("meta", "epoch", b"epoch", b"short"),
        ("meta", "revision", b"revision", b""),
    ];
    for (tree, expected, key, value) in cases {
        let directory = tempfile::tempdir().unwrap();
        drop(SledStore::open(directory.path()).unwrap());
        edit(directory.path(), |db| {
            db.open_tree(tree).unwrap().insert(key, value).unwrap();
        });
        let error = SledStore::open(directory.path()).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, StoreError::Corrupt(_)) && text.contains(expected), "{expected}: {text}");
    }
}

/// Rows of the trail that were changed behind our back are found; a cut end is found at opening.
#[tokio::test]
async fn st5_a_changed_audit_trail_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let store = SledStore::open(directory.path()).unwrap();
    for number in 0..5_u8 {
        store.record(Bytes::from(vec![number]), 1).await.unwrap();
    }
    verify_audit(&store).await.unwrap();
    drop(store);
    edit(directory.path(), |db| {
        let audit = db.open_tree("audit").unwrap();
        let (key, value) = audit.iter().nth(2).unwrap().unwrap();
        let mut value = value.to_vec();
        *value.last_mut().unwrap() = 9;
        audit.insert(key, value).unwrap();
    });
    let store = SledStore::open(directory.path()).unwrap();
    let error = verify_audit(&store).await.unwrap_err();
    assert!(error.to_string().contains("0/3 does not follow"), "{error}");
    drop(store);
    edit(directory.path(), |db| {
        db.open_tree("audit").unwrap().pop_max().unwrap().unwrap();
    });
    let error = SledStore::open(directory.path()).unwrap_err();
    assert!(error.to_string().contains("audit trail"), "{error}");
}

#[test]
fn a_store_that_lost_its_content_is_not_taken_for_a_new_one() {
    let directory = tempfile::tempdir().unwrap();
    drop(SledStore::open(directory.path()).unwrap());
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && !path.ends_with("postroad-store") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let error = SledStore::open(directory.path()).unwrap_err();
    assert!(error.to_string().contains("its content is gone"), "{error}");
}

/// sled would take a snapshot that was half written when the process died for a corrupt one.
#[tokio::test]
async fn a_half_written_snapshot_is_survived() {
    let directory = tempfile::tempdir().unwrap();
    let store = SledStore::open(directory.path()).unwrap();
    let head = store.apply(change(0, &["c".to_owned()], 1)).await.unwrap().revision;
    drop(store);
    std::fs::write(directory.path().join("snap.FFFFFFFFFFFFFFFF.generating"), b"half").unwrap();
    let store = SledStore::open(directory.path()).unwrap();
    assert_eq!(store.snapshot().await.unwrap().revision, head);
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let error = SledStore::open(&file.join("store")).unwrap_err();
    assert!(error.to_string().contains("file/store"), "{error}");
}
