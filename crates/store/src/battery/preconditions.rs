//! What a change stands on.

use super::{Subject, key, put_on, record};
use crate::{Change, Expect, StoreError};

/// Compare and swap on the revision: of two changes made on one base the second fails and is told the head.
pub async fn st1_a_change_on_an_old_base_fails(store: Subject) {
    let first = store.apply(put_on(0, "c-1", b"1")).await.unwrap();
    let error = store.apply(put_on(0, "c-2", b"2")).await.unwrap_err();
    assert!(matches!(error, StoreError::BaseMoved { base: 0, head } if head == first.revision), "{error}");
    let error = store.apply(put_on(first.revision + 5, "c-2", b"2")).await.unwrap_err();
    assert!(matches!(error, StoreError::BaseMoved { .. }), "{error}");
    assert_eq!(store.snapshot().await.unwrap().records, [record(first.revision, "c-1", b"1")]);
}

/// Each expectation about a record is compared, also of records that the change does not touch.
pub async fn st1_an_expected_version_is_compared(store: Subject) {
    let first = store.apply(put_on(0, "c-1", b"1")).await.unwrap().revision;
    let second = store.apply(put_on(first, "c-2", b"2")).await.unwrap().revision;
    let cases = [
        ("c-1", Expect::Absent, Some(first)),
        ("c-1", Expect::Version(second), Some(first)),
        ("c-1", Expect::Version(0), Some(first)),
        ("c-3", Expect::Version(first), None),
    ];
    for (id, expect, seen) in cases {
        let change = Change { expect: vec![(key(id), expect)], ..put_on(second, "c-2", b"3") };
        let error = store.apply(change).await.unwrap_err();
        assert!(matches!(&error, StoreError::Stale { id: of, found } if of == id && *found == seen), "{id}: {error}");
    }
    // On an old base too: a stale record is the answer that does not ask to try again.
    let change = Change { expect: vec![(key("c-1"), Expect::Absent)], ..put_on(0, "c-2", b"3") };
    assert!(matches!(store.apply(change).await, Err(StoreError::Stale { .. })));
    let expect = vec![(key("c-1"), Expect::Version(first)), (key("c-3"), Expect::Absent)];
    let third = store.apply(Change { expect, ..put_on(second, "c-2", b"3") }).await.unwrap().revision;
    assert_eq!(store.snapshot().await.unwrap().records, [record(first, "c-1", b"1"), record(third, "c-2", b"3")]);
}

/// A change of several records whose last expectation fails does none of its writes and removals.
pub async fn st5_a_failed_change_writes_nothing(store: Subject) {
    let head = store.apply(put_on(0, "c-1", b"1")).await.unwrap().revision;
    let before = store.snapshot().await.unwrap();
    let mut change = put_on(head, "c-2", b"2");
    change.puts.extend(put_on(head, "c-3", b"3").puts);
    change.deletes.push(key("c-1"));
    change.expect = vec![(key("c-1"), Expect::Version(head)), (key("c-3"), Expect::Version(9))];
    store.apply(change.clone()).await.unwrap_err();
    let after = store.snapshot().await.unwrap();
    assert_eq!((after.revision, after.epoch, after.records), (before.revision, before.epoch, before.records));
    change.expect.pop();
    let next = store.apply(change).await.unwrap().revision;
    assert_eq!(store.snapshot().await.unwrap().records, [record(next, "c-2", b"2"), record(next, "c-3", b"3")]);
}
