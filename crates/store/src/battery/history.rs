//! The past.

use std::collections::BTreeMap;

use super::{Subject, key, put_on, record};
use crate::{Change, HistoryQuery, Mark, RecordChange, RevisionSummary, StoreError, StoredRecord, VersionsQuery};

/// Records by their ids, as a test keeps them.
type Model = BTreeMap<String, StoredRecord>;

/// Makes changes of several records each, and keeps every state that was.
async fn make(store: &Subject, revisions: u64) -> Vec<Model> {
    let mut states = vec![Model::new()];
    for base in 0..revisions {
        let mut state = states.last().unwrap().clone();
        let mut change = Change { base, time: 1000 + base, ..Change::default() };
        for at in 0..3 {
            // Every state differs, and ids come and go: 7 and 5 have no common factor.
            let id = format!("c-{}", (base * 7 + at) % 5 + at * 5);
            if (base + at) % 4 == 3 {
                change.deletes.push(key(&id));
                state.remove(&id);
            } else {
                let body = format!("{base} {at}");
                change.puts.extend(put_on(base, &id, body.as_bytes()).puts);
                state.insert(id.clone(), record(base + 1, &id, body.as_bytes()));
            }
        }
        assert_eq!(store.apply(change).await.unwrap().revision, base + 1);
        states.push(state);
    }
    states
}

fn mark(record: &StoredRecord) -> Mark {
    Mark { version: record.version, wire_hash: record.wire_hash }
}

/// What differs between two states.
fn difference(from: &Model, to: &Model) -> Vec<RecordChange> {
    let mut ids: Vec<_> = from.keys().chain(to.keys()).collect();
    ids.sort();
    ids.dedup();
    let changes = ids.into_iter().filter(|id| from.get(*id) != to.get(*id)).map(|id| RecordChange {
        key: key(id),
        before: from.get(id).map(mark),
        after: to.get(id).map(mark),
    });
    changes.collect()
}

/// Every state, record, change and difference that ever was is told as it was.
pub async fn st4_every_past_state_can_be_read(store: Subject) {
    let states = make(&store, 40).await;
    for (revision, state) in (0..).zip(&states) {
        let stored = store.snapshot_at(revision).await.unwrap();
        assert_eq!(stored.revision, revision);
        assert_eq!(stored.records, state.values().cloned().collect::<Vec<_>>(), "revision {revision}");
        for id in states.iter().flat_map(Model::keys) {
            assert_eq!(store.record_at(key(id), revision).await.unwrap(), state.get(id).cloned(), "{id} at {revision}");
        }
        for (other, there) in (0..).zip(&states) {
            let found = store.difference(revision, other).await.unwrap();
            assert_eq!(found, difference(state, there), "from {revision} to {other}");
        }
    }
    for (revision, pair) in (1..).zip(states.windows(2)) {
        let found = store.revision(revision).await.unwrap();
        assert_eq!((found.revision, found.time), (revision, 999 + revision));
        assert_eq!(found.changes, difference(&pair[0], &pair[1]), "revision {revision}");
    }
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.records, store.snapshot_at(40).await.unwrap().records);
}

/// A removal is a version of its record, and what was removed can be read at any version before.
pub async fn st4_removals_are_history(store: Subject) {
    let delete = |base| Change { base, time: base, deletes: vec![key("c-1")], ..Change::default() };
    store.apply(put_on(0, "c-1", b"1")).await.unwrap();
    store.apply(delete(1)).await.unwrap();
    store.apply(put_on(2, "c-1", b"3")).await.unwrap();
    store.apply(delete(3)).await.unwrap();
    // Of a record that is not there nothing is written.
    store.apply(delete(4)).await.unwrap();
    // Ids that begin alike are other records.
    store.apply(put_on(5, "c-11", b"other")).await.unwrap();
    let page = store.versions(VersionsQuery { key: key("c-1"), before: None, limit: 9 }).await.unwrap();
    let found: Vec<_> = page.versions.iter().map(|version| (version.version, version.record.clone())).collect();
    let put = |version, body: &[u8]| (version, Some(record(version, "c-1", body)));
    assert_eq!(found, [(4, None), put(3, b"3"), (2, None), put(1, b"1")]);
    assert_eq!((page.more, page.versions[0].time), (false, 3));
    assert_eq!(store.revision(5).await.unwrap().changes, []);
    assert_eq!(store.record_at(key("c-1"), 3).await.unwrap(), Some(record(3, "c-1", b"3")));
    assert_eq!(store.record_at(key("c-1"), 6).await.unwrap(), None);
}

/// Revisions and versions come newest first, in pages that neither skip nor repeat, within both ends.
pub async fn history_is_paged(store: Subject) {
    for base in 0..25 {
        store.apply(Change { time: 500 + base, ..put_on(base, "c-1", b"") }).await.unwrap();
    }
    let summary = |revision| RevisionSummary { revision, time: 499 + revision, changed: 1 };
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = store.history(HistoryQuery { after: 0, before, limit: 7 }).await.unwrap();
        assert_eq!((page.oldest, page.revisions.is_empty()), (0, false));
        before = page.revisions.last().map(|last| last.revision);
        seen.extend(page.revisions);
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, (1..=25).rev().map(summary).collect::<Vec<_>>());
    let page = store.history(HistoryQuery { after: 3, before: Some(6), limit: 7 }).await.unwrap();
    assert_eq!((page.revisions, page.more), (vec![summary(5), summary(4)], false));
    for (after, before) in [(25, None), (0, Some(0)), (0, Some(1)), (9, Some(4)), (99, Some(200))] {
        let page = store.history(HistoryQuery { after, before, limit: 7 }).await.unwrap();
        assert_eq!((page.revisions, page.more), (vec![], false), "{after} {before:?}");
    }
    let page = store.versions(VersionsQuery { key: key("c-1"), before: Some(20), limit: 2 }).await.unwrap();
    let versions: Vec<_> = page.versions.iter().map(|version| version.version).collect();
    assert_eq!((versions, page.more), (vec![19, 18], true));
}

/// The future and what was never written are told from what was trimmed.
pub async fn what_was_never_made_is_refused(store: Subject) {
    store.apply(put_on(0, "c-1", b"1")).await.unwrap();
    let errors = [
        store.revision(2).await.unwrap_err(),
        store.snapshot_at(2).await.unwrap_err(),
        store.record_at(key("c-1"), 2).await.unwrap_err(),
        store.difference(2, 0).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, StoreError::NotYet { asked: 2, head: 1 }), "{error}");
    }
    assert_eq!(store.record_at(key("c-2"), 1).await.unwrap(), None);
    assert!(store.snapshot_at(0).await.unwrap().records.is_empty());
    assert_eq!(store.revision(0).await.unwrap().changes, []);
}
