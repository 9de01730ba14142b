//! What outlives the process.

use bytes::Bytes;

use super::{Subject, audit_trail, key, mark, put_on, record};
use crate::{AuditId, Change, Expect, HistoryQuery, KEPT_MS, KEPT_VERSIONS, StoreError};

/// Opens one store again and again: epoch, revision, versions and bodies are as they were, removals stay removed, and
/// the revision goes on rising. `open` opens the same, at first empty, store each time.
///
/// # Panics
/// When the store does not do what it should.
pub async fn reopen(open: impl Fn() -> Subject) {
    let store = open();
    let epoch = store.snapshot().await.unwrap().epoch;
    drop(store);
    let store = open();
    assert_eq!(store.snapshot().await.unwrap().epoch, epoch, "an empty store forgot its epoch");
    let first = store.apply(put_on(0, "c-1", b"1")).await.unwrap().revision;
    let second = store.apply(put_on(first, "c-2", &[2; 60_000])).await.unwrap().revision;
    drop(store);

    let store = open();
    assert_eq!(*store.head().borrow(), second, "the head is forgotten");
    let stored = store.snapshot().await.unwrap();
    assert_eq!((stored.epoch, stored.revision), (epoch, second));
    assert_eq!(stored.records, [record(first, "c-1", b"1"), record(second, "c-2", &[2; 60_000])]);
    let expect = vec![(key("c-1"), Expect::Version(first))];
    let change = Change { base: second, expect, deletes: vec![key("c-1")], ..Change::default() };
    let third = store.apply(change).await.unwrap().revision;
    assert!(third > second);
    drop(store);

    let mut head = third;
    for round in 0..5_u8 {
        let store = open();
        let stored = store.snapshot().await.unwrap();
        assert_eq!(stored.revision, head);
        assert_eq!(stored.records.first(), Some(&record(second, "c-2", &[2; 60_000])));
        assert_eq!(stored.records.len(), if round == 0 { 1 } else { 2 });
        let next = store.apply(put_on(head, "c-3", &[round])).await.unwrap().revision;
        assert!(next > head);
        head = next;
    }
}

/// Opens one store again and again: history, audit trail and requests are as they were and go on, and what was trimmed
/// stays trimmed. `open` opens the same, at first empty, store each time.
///
/// # Panics
/// When the store does not do what it should.
pub async fn reopen_with_history(open: impl Fn() -> Subject) {
    const ROUNDS: u64 = 6;
    for round in 0..ROUNDS {
        let store = open();
        let head = round * 30;
        assert_eq!((*store.head().borrow(), audit_trail(&store).await.len() as u64), (head, round * 31));
        for base in head..head + 30 {
            let change = Change {
                time: base,
                audit: Some(Bytes::from(format!("event {base}"))),
                request: Some(mark(&format!("r-{base}"), 1)),
                ..put_on(base, "c-1", &base.to_be_bytes())
            };
            store.apply(change).await.unwrap();
        }
        let refused = store.record(Bytes::from_static(b"refused"), head).await.unwrap();
        assert_eq!(refused, AuditId { revision: head + 30, number: 1 });
    }
    let store = open();
    let head = ROUNDS * 30;
    for revision in 1..=head {
        let record = record(revision, "c-1", &(revision - 1).to_be_bytes());
        assert_eq!(store.snapshot_at(revision).await.unwrap().records, [record], "revision {revision}");
        let kept = store.request(&format!("r-{}", revision - 1)).await.unwrap();
        assert_eq!(kept.map(|kept| kept.revision), Some(revision));
    }
    let again = Change { request: Some(mark("r-7", 1)), ..put_on(0, "c-1", b"") };
    assert!(matches!(store.apply(again).await, Err(StoreError::AlreadyDone { revision: 8, .. })));
    while store.trim(head + KEPT_MS).await.unwrap().more {}
    // What was trimmed is durable with the next change at the latest.
    store.apply(put_on(head, "c-2", b"")).await.unwrap();
    drop(store);
    let store = open();
    let page = store.history(HistoryQuery::default()).await.unwrap();
    assert_eq!(page.oldest, head - KEPT_VERSIONS as u64);
    assert!(matches!(store.snapshot_at(page.oldest - 1).await, Err(StoreError::NotRetained { .. })));
    assert!(store.snapshot_at(page.oldest).await.is_ok());
    assert_eq!(audit_trail(&store).await.len() as u64, ROUNDS * 31);
}
