//! What outlives the process.

use super::{Subject, key, put_on, record};
use crate::{Change, Expect};

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
    assert_eq!(*store.head().borrow(), second, "the watch begins at the head");
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
