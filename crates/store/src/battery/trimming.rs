//! What is kept, and what goes.

use bytes::Bytes;

use super::{Subject, audit_trail, key, mark, put_on, record};
use crate::{
    Change, Expect, HistoryQuery, KEPT_MS, KEPT_VERSIONS, MAX_PAGE, REQUEST_KEPT_MS, StoreError, VersionsQuery,
};

/// More than this in one step is not a small one.
const SMALL: usize = 300;

/// Trims until nothing more can go; says how much went, and in how many steps.
async fn trim(store: &Subject, now: u64) -> (usize, usize) {
    let (mut removed, mut steps) = (0, 0);
    loop {
        let trimmed = store.trim(now).await.unwrap();
        assert!(trimmed.removed <= SMALL, "{} rows in one step", trimmed.removed);
        removed += trimmed.removed;
        steps += 1;
        if !trimmed.more {
            return (removed, steps);
        }
    }
}

/// Writes one connector again and again, a millisecond apart from 1 on; returns the head.
async fn write(store: &Subject, id: &str, mut head: u64, times: usize) -> u64 {
    let mut last = None;
    for _ in 0..times {
        let change = Change { time: head + 1, ..put_on(head, id, &head.to_be_bytes()) };
        let pending = store.enqueue(change).await.unwrap();
        head = pending.revision();
        last = Some(pending);
    }
    if let Some(last) = last {
        last.await.unwrap();
    }
    head
}

async fn versions(store: &Subject, id: &str) -> Vec<u64> {
    let page = store.versions(VersionsQuery { key: key(id), before: None, limit: MAX_PAGE }).await.unwrap();
    page.versions.iter().map(|version| version.version).collect()
}

/// However old: the hundred newest versions of a record stay, and the hundred newest revisions; older ones go and are
/// missed by name.
pub async fn st4_a_hundred_versions_stay(store: Subject) {
    let head = write(&store, "c-1", 0, 1).await;
    let head = write(&store, "c-2", head, 250).await;
    let before = store.snapshot().await.unwrap();
    let (removed, _) = trim(&store, head + KEPT_MS).await;
    assert!(removed > 0);
    // Of 251 revisions the last hundred, and the state before them.
    let floor = head - KEPT_VERSIONS as u64;
    let page = store.history(HistoryQuery { limit: MAX_PAGE, ..HistoryQuery::default() }).await.unwrap();
    assert_eq!((page.revisions.len(), page.oldest, page.more), (KEPT_VERSIONS, floor, false));
    assert_eq!(versions(&store, "c-1").await, [1], "the only version of a record");
    assert_eq!(versions(&store, "c-2").await.len(), KEPT_VERSIONS + 1, "a hundred, and the one at the floor");
    let stored = store.snapshot().await.unwrap();
    assert_eq!(stored.records, before.records);
    for revision in [floor, floor + 1, head] {
        let stored = store.snapshot_at(revision).await.unwrap();
        let expected = [record(1, "c-1", &0_u64.to_be_bytes()), record(revision, "c-2", &(revision - 1).to_be_bytes())];
        assert_eq!(stored.records, expected, "revision {revision}");
        store.watch(revision).await.unwrap();
    }
    let errors = [
        store.snapshot_at(floor - 1).await.unwrap_err(),
        store.difference(head, floor - 1).await.unwrap_err(),
        store.watch(floor - 1).await.unwrap_err(),
        store.revision(floor).await.unwrap_err(),
        store.record_at(key("c-2"), floor - 1).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, StoreError::NotRetained { oldest, .. } if oldest == floor), "{error}");
    }
    assert_eq!(trim(&store, head + KEPT_MS).await.0, 0, "a second sweep finds nothing");
}

/// However many: what was there in the last 90 days stays.
pub async fn st4_ninety_days_stay(store: Subject) {
    let head = write(&store, "c-1", 0, 300).await;
    assert_eq!(trim(&store, KEPT_MS).await.0, 0, "everything is younger");
    assert_eq!(versions(&store, "c-1").await.len(), 300);
    // Revision 120 is 90 days old now.
    trim(&store, 120 + KEPT_MS).await;
    let kept = versions(&store, "c-1").await;
    assert_eq!((kept.first(), kept.last()), (Some(&head), Some(&120)), "the one that was there 90 days ago stays");
    assert_eq!(store.snapshot_at(120).await.unwrap().records, [record(120, "c-1", &119_u64.to_be_bytes())]);
    assert!(matches!(store.snapshot_at(119).await, Err(StoreError::NotRetained { asked: 119, oldest: 120 })));
}

/// A removed record stays in the history as long as any, and then goes whole.
pub async fn st4_a_removed_record_leaves_nothing_in_the_end(store: Subject) {
    let secret = write(&store, "c-1", 0, 3).await;
    let delete = Change { base: secret, time: secret + 1, deletes: vec![key("c-1")], ..Change::default() };
    let removal = store.apply(delete).await.unwrap().revision;
    let head = write(&store, "c-2", removal, 60).await;
    trim(&store, head + KEPT_MS).await;
    assert_eq!(versions(&store, "c-1").await, [4, 3, 2, 1], "the last hundred revisions are whole");
    let head = write(&store, "c-2", head, 200).await;
    trim(&store, removal + KEPT_MS - 1).await;
    assert_eq!(versions(&store, "c-1").await, [4, 3, 2, 1], "the last 90 days are whole");
    assert!(store.record_at(key("c-1"), secret).await.unwrap().is_some());
    trim(&store, removal + KEPT_MS).await;
    assert_eq!(versions(&store, "c-1").await, []);
    assert!(matches!(store.record_at(key("c-1"), secret).await, Err(StoreError::NotRetained { .. })));
    assert_eq!(store.record_at(key("c-1"), head).await.unwrap(), None);
    let again = Change { expect: vec![(key("c-1"), Expect::Absent)], ..put_on(head, "c-1", b"again") };
    store.apply(again).await.unwrap();
}

/// A large history goes in many steps, each of which may be the last before a restart, and writing goes on between them.
pub async fn st4_trimming_goes_in_small_steps(store: Subject) {
    let mut head = write(&store, "c-1", 0, 900).await;
    let mut wide = Change { base: head, time: head + 1, ..Change::default() };
    wide.puts = (0..600).flat_map(|at| put_on(0, &format!("w-{at:04}"), b"").puts).collect();
    head = store.apply(wide).await.unwrap().revision;
    head = write(&store, "c-1", head, 100).await;
    let now = head + KEPT_MS;
    let mut steps = 0;
    while store.trim(now).await.unwrap().more {
        steps += 1;
        assert!(steps < 100, "it does not end");
        head = write(&store, "c-3", head, 1).await;
        // Whatever is kept by name is whole.
        let oldest = store.history(HistoryQuery { limit: 1, ..HistoryQuery::default() }).await.unwrap().oldest;
        let stored = store.snapshot_at(oldest).await.unwrap();
        let newest = if oldest == 901 { 900 } else { oldest.min(1001) };
        let found = stored.records.iter().find(|record| record.key == key("c-1"));
        assert_eq!(found.map_or(0, |record| record.version), newest, "at {oldest}");
        store.difference(oldest, head).await.unwrap();
    }
    assert!(steps > 5, "{steps} steps for 1,000 versions");
    trim(&store, now).await;
    assert_eq!(store.snapshot().await.unwrap().records.len(), 602);
    assert_eq!(versions(&store, "w-0599").await, [901], "the only version of a record");
}

/// Requests go when they have expired; the audit trail stays for ever.
pub async fn st5_audit_stays_and_requests_go(store: Subject) {
    let mut head = 0;
    for at in 0..400_u64 {
        let change = Change {
            time: at,
            audit: Some(Bytes::from_static(b"event")),
            request: Some(mark(&format!("r-{at:03}"), 1)),
            ..put_on(head, "c-1", b"")
        };
        let pending = store.enqueue(change).await.unwrap();
        head = pending.revision();
        if at == 399 {
            pending.await.unwrap();
        }
    }
    trim(&store, 150 + REQUEST_KEPT_MS).await;
    for (id, there) in [("r-000", false), ("r-150", false), ("r-151", true), ("r-399", true)] {
        assert_eq!(store.request(id).await.unwrap().is_some(), there, "{id}");
    }
    trim(&store, 1000 + KEPT_MS + REQUEST_KEPT_MS).await;
    assert_eq!(store.request("r-399").await.unwrap(), None);
    assert_eq!(audit_trail(&store).await.len(), 400);
}
