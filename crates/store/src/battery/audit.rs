//! The audit trail.

use bytes::Bytes;

use super::{Subject, audit_trail, key, mark, put_on};
use crate::{AuditId, AuditQuery, AuditRow, Change, Expect, StoreError};

/// The row is written with its change, at its revision, and the rows are chained.
pub async fn st5_every_change_has_its_audit_row(store: Subject) {
    let mut head = 0;
    for round in 0..20_u64 {
        let audit = Some(Bytes::from(format!("round {round}")));
        head = store.apply(Change { audit, time: 1000 + round, ..put_on(head, "c-1", b"") }).await.unwrap().revision;
        let rows = audit_trail(&store).await;
        let last = rows.last().unwrap();
        assert_eq!((last.id, last.time), (AuditId { revision: head, number: 0 }, 1000 + round));
        assert_eq!((last.value.as_ref(), rows.len() as u64), (format!("round {round}").as_bytes(), round + 1));
    }
    // One without a row leaves no gap in the chain.
    store.apply(put_on(head, "c-1", b"")).await.unwrap();
    assert_eq!(audit_trail(&store).await.len(), 20);
}

/// A refused change leaves neither audit row nor request.
pub async fn st5_a_failed_change_leaves_no_trace(store: Subject) {
    let first = store.apply(put_on(0, "c-1", b"")).await.unwrap().revision;
    let marked = |base| Change {
        audit: Some(Bytes::from_static(b"never")),
        request: Some(mark("r-1", 1)),
        ..put_on(base, "c-1", b"2")
    };
    let stale = Change { expect: vec![(key("c-1"), Expect::Absent)], ..marked(first) };
    assert!(matches!(store.apply(stale).await, Err(StoreError::Stale { .. })));
    assert!(matches!(store.apply(marked(first + 1)).await, Err(StoreError::BaseMoved { .. })));
    assert!(audit_trail(&store).await.is_empty());
    assert_eq!(store.request("r-1").await.unwrap(), None);
}

/// Rows without a change stand after the change of their revision, in order, and move nothing.
pub async fn st5_refused_calls_are_recorded(store: Subject) {
    let record = |text: &'static str| store.record(Bytes::from_static(text.as_bytes()), 5);
    let id = |revision, number| AuditId { revision, number };
    assert_eq!(record("a").await.unwrap(), id(0, 0));
    assert_eq!(record("b").await.unwrap(), id(0, 1));
    let change = Change { audit: Some(Bytes::from_static(b"c")), ..put_on(0, "c-1", b"") };
    let head = store.apply(change).await.unwrap().revision;
    assert_eq!(record("d").await.unwrap(), id(head, 1));
    let next = store.apply(put_on(head, "c-1", b"")).await.unwrap().revision;
    assert_eq!(record("e").await.unwrap(), id(next, 0));
    assert_eq!(*store.head().borrow(), next);
    let rows = audit_trail(&store).await;
    let texts: Vec<_> = rows.iter().map(|row| String::from_utf8_lossy(&row.value).into_owned()).collect();
    assert_eq!(texts, ["a", "b", "c", "d", "e"]);
}

/// Pages of both directions, with both ends.
pub async fn the_audit_trail_is_paged(store: Subject) {
    for number in 0..30_u8 {
        store.record(Bytes::from(vec![number]), 1).await.unwrap();
    }
    let values = |rows: &[AuditRow]| rows.iter().map(|row| row.value[0]).collect::<Vec<_>>();
    let id = |number| Some(AuditId { revision: 0, number });
    let ask = |after, before, newest_first, limit| store.audit(AuditQuery { after, before, newest_first, limit });
    let page = ask(None, None, true, 4).await.unwrap();
    assert_eq!((values(&page.rows), page.more), (vec![29, 28, 27, 26], true));
    let page = ask(None, id(26), true, 4).await.unwrap();
    assert_eq!((values(&page.rows), page.more), (vec![25, 24, 23, 22], true));
    let page = ask(id(27), None, false, 4).await.unwrap();
    assert_eq!((values(&page.rows), page.more), (vec![28, 29], false));
    let page = ask(id(3), id(8), false, 4).await.unwrap();
    assert_eq!((values(&page.rows), page.more), (vec![4, 5, 6, 7], false));
    for (after, before) in [(id(29), None), (id(8), id(8)), (id(9), id(3)), (None, id(0)), (id(99), id(200))] {
        let page = ask(after, before, false, 4).await.unwrap();
        assert_eq!((values(&page.rows), page.more), (vec![], false), "{after:?} {before:?}");
    }
    assert_eq!(ask(None, None, false, 0).await.unwrap().rows.len(), 1, "a page holds something");
}
