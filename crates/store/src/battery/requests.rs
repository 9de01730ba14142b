//! Requests that are done once.

use bytes::Bytes;
use tokio::task::JoinSet;

use super::{Subject, audit_trail, mark, put_on};
use crate::{Change, REQUEST_KEPT_MS, RequestRecord, StoreError};

/// Of many calls of one request at once one does it, and the others are told its revision and outcome; so is one that
/// comes later, on whatever base and with whatever etag.
pub async fn st5_a_request_is_done_once(store: Subject) {
    let call = |base| Change {
        time: 1000,
        audit: Some(Bytes::from_static(b"event")),
        request: Some(mark("r-1", 1)),
        ..put_on(base, "c-1", b"1")
    };
    let mut calls = JoinSet::new();
    for _ in 0..32 {
        let (store, change) = (Subject::clone(&store), call(0));
        calls.spawn(async move { store.apply(change).await });
    }
    let (mut made, mut told) = (Vec::new(), Vec::new());
    for answer in calls.join_all().await {
        match answer {
            Ok(commit) => made.push(commit.revision),
            Err(StoreError::AlreadyDone { id, revision, outcome }) => {
                assert_eq!((id.as_str(), outcome.as_ref()), ("r-1", b"outcome of r-1".as_slice()));
                told.push(revision);
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((made.as_slice(), told), ([1].as_slice(), vec![1; 31]));
    let later = store.apply(put_on(1, "c-1", b"2")).await.unwrap().revision;
    let error = store.apply(Change { time: 1000 + REQUEST_KEPT_MS - 1, ..call(0) }).await.unwrap_err();
    assert!(matches!(error, StoreError::AlreadyDone { revision: 1, .. }), "{error}");
    assert_eq!((*store.head().borrow(), audit_trail(&store).await.len()), (later, 1));
    let kept = store.request("r-1").await.unwrap();
    let (content, outcome) = ([1; 32], Bytes::from_static(b"outcome of r-1"));
    assert_eq!(kept, Some(RequestRecord { content, revision: 1, outcome, expires: 1000 + REQUEST_KEPT_MS }));
}

/// The same id with another content is refused by name, before anything else is looked at.
pub async fn st5_a_request_id_cannot_be_used_for_another_request(store: Subject) {
    store.apply(Change { request: Some(mark("r-1", 1)), ..put_on(0, "c-1", b"1") }).await.unwrap();
    for base in [0, 1] {
        let change = Change { request: Some(mark("r-1", 2)), ..put_on(base, "c-2", b"2") };
        let error = store.apply(change).await.unwrap_err();
        assert!(matches!(&error, StoreError::RequestReused { id } if id == "r-1"), "{error}");
    }
    assert_eq!(*store.head().borrow(), 1);
    store.apply(Change { request: Some(mark("r-2", 2)), ..put_on(1, "c-2", b"2") }).await.unwrap();
}

/// After 24 hours an id means nothing, trimmed or not.
pub async fn st5_a_request_is_forgotten_after_a_day(store: Subject) {
    let call = |base, time, content| Change { time, request: Some(mark("r-1", content)), ..put_on(base, "c-1", b"") };
    store.apply(call(0, 1000, 1)).await.unwrap();
    let late = 1000 + REQUEST_KEPT_MS;
    assert!(matches!(store.apply(call(1, late - 1, 2)).await, Err(StoreError::RequestReused { .. })));
    assert_eq!(store.apply(call(1, late, 2)).await.unwrap().revision, 2);
    assert!(matches!(store.apply(call(2, late, 2)).await, Err(StoreError::AlreadyDone { revision: 2, .. })));
}
