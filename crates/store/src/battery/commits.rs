//! Watching.

use std::time::Duration;

use super::{Subject, key, put_on, record};
use crate::{Change, StoreError};

/// Every commit after the one named, whole and in order; a reader waits for the next one, and giving up loses nothing.
pub async fn commits_come_whole_and_in_order(store: Subject) {
    store.apply(Change { time: 7, ..put_on(0, "c-1", b"1") }).await.unwrap();
    let mut both = put_on(1, "c-3", b"3");
    both.puts.extend(put_on(1, "c-2", b"2").puts);
    both.deletes.extend([key("c-1"), key("never")]);
    store.apply(both).await.unwrap();
    let mut all = store.watch(0).await.unwrap();
    let first = all.next().await.unwrap();
    assert_eq!((first.revision, first.time), (1, 7));
    assert_eq!(first.writes, [(key("c-1"), Some(record(1, "c-1", b"1")))]);
    for mut commits in [all, store.watch(1).await.unwrap()] {
        let second = commits.next().await.unwrap();
        let put = |id, body| (key(id), Some(record(2, id, body)));
        assert_eq!((second.revision, second.writes), (2, vec![(key("c-1"), None), put("c-2", b"2"), put("c-3", b"3")]));
    }
    let mut rest = store.watch(2).await.unwrap();
    let waited = tokio::time::timeout(Duration::from_millis(30), rest.next()).await;
    assert!(waited.is_err(), "a commit that was never made: {waited:?}");
    let writer = async {
        for base in 2..30 {
            store.apply(put_on(base, "c-1", b"")).await.unwrap();
        }
    };
    let reader = async {
        for revision in 3..=30 {
            assert_eq!(rest.next().await.unwrap().revision, revision);
        }
    };
    tokio::join!(writer, reader);
    let ahead = store.watch(31).await.unwrap_err();
    assert!(matches!(ahead, StoreError::NotYet { asked: 31, head: 30 }), "{ahead}");
    drop(store);
    let end = tokio::time::timeout(Duration::from_secs(20), rest.next()).await.expect("a watch outlives its store");
    let end = end.unwrap_err();
    assert!(matches!(end, StoreError::Closed), "{end}");
}
