//! The battery: what any store must do, as functions that panic when it does not.
//!
//! A store's tests call [`run`] with a closure that makes an empty store, and those of a store that outlives its process
//! [`reopen`] too. They say what they saw.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a battery says what it saw by panicking"
)]

mod concurrency;
mod preconditions;
mod reopening;

use std::sync::Arc;

use bytes::Bytes;

use crate::error::StoreError;
use crate::{Change, Commit, ConnectorStore, Expect, Key, Kind, MAX_BODY, MAX_ID, Put, StoredRecord};

pub use concurrency::{a_group_checks_each_change_on_the_one_before, every_answered_write_of_32_writers_is_there};
pub use preconditions::{
    a_change_on_an_old_base_fails, a_failed_change_leaves_nothing_behind, an_expected_version_is_compared,
};
pub use reopening::reopen;

/// A store under test.
pub type Subject = Arc<dyn ConnectorStore>;

/// Runs every test, each on a store of its own. Wants a runtime of several threads.
///
/// # Panics
/// When the store does not do what it should.
pub async fn run(make: impl Fn() -> Subject) {
    a_new_store_is_empty(make(), make()).await;
    the_revision_rises_and_is_watched(make()).await;
    a_deleted_record_is_gone(make()).await;
    records_come_in_order_of_their_keys(make()).await;
    what_is_too_large_or_invalid_is_refused(make()).await;
    a_change_on_an_old_base_fails(make()).await;
    an_expected_version_is_compared(make()).await;
    a_failed_change_leaves_nothing_behind(make()).await;
    every_answered_write_of_32_writers_is_there(make()).await;
    a_group_checks_each_change_on_the_one_before(make()).await;
}

/// A new store has no record, revision 0, and an epoch that no other has.
pub async fn a_new_store_is_empty(store: Subject, other: Subject) {
    let stored = store.snapshot().await.unwrap();
    assert_eq!((stored.revision, stored.records.len()), (0, 0));
    assert_eq!(*store.head().borrow(), 0);
    assert_ne!(stored.epoch, other.snapshot().await.unwrap().epoch, "two histories of one epoch");
    assert_ne!(stored.epoch, [0; 16]);
}

/// Each change has a greater revision than the one before; the watch moves with it, and a failed change moves nothing.
pub async fn the_revision_rises_and_is_watched(store: Subject) {
    let mut watch = store.head();
    let mut last = 0;
    for round in 0..10_u8 {
        let commit = store.apply(put_on(last, "c-1", &[round])).await.unwrap();
        assert!(commit.revision > last, "{} after {last}", commit.revision);
        assert_eq!(*watch.borrow_and_update(), commit.revision, "the watch lags behind an answer");
        let stored = store.snapshot().await.unwrap();
        assert_eq!(stored.revision, commit.revision);
        assert_eq!(stored.records, [record(commit.revision, "c-1", &[round])]);
        last = commit.revision;
    }
    store.apply(put_on(last + 1, "c-1", b"from the future")).await.unwrap_err();
    assert!(!watch.has_changed().unwrap(), "a failed change moved the watch");
    let (moved, commit) = tokio::join!(watch.changed(), store.apply(put_on(last, "c-2", b"")));
    moved.unwrap();
    assert_eq!(*watch.borrow_and_update(), commit.unwrap().revision);
}

/// A removed record is gone, and counts as absent from then on; removing it again is no error.
pub async fn a_deleted_record_is_gone(store: Subject) {
    let first = store.apply(put_on(0, "c-1", b"1")).await.unwrap();
    let delete = |base| Change { base, deletes: vec![key("c-1")], ..Change::default() };
    let second = store.apply(delete(first.revision)).await.unwrap();
    let stored = store.snapshot().await.unwrap();
    assert_eq!((stored.revision, stored.records.len()), (second.revision, 0));
    let third = store.apply(delete(second.revision)).await.unwrap();
    let mut again = put_on(third.revision, "c-1", b"2");
    again.expect.push((key("c-1"), Expect::Absent));
    let fourth = store.apply(again).await.unwrap();
    assert_eq!(store.snapshot().await.unwrap().records, [record(fourth.revision, "c-1", b"2")]);
}

/// Records come by kind, then by the octets of the id; one id may stand for a record of each kind.
pub async fn records_come_in_order_of_their_keys(store: Subject) {
    let ids = ["b", "a", "ab", "c-10", "c-2", "é", "Z"];
    let puts = ids.iter().flat_map(|id| {
        [Kind::Credential, Kind::Connector].map(|kind| Put {
            key: Key { kind, id: (*id).to_owned() },
            body: Bytes::from_static(b"x"),
            wire_hash: [1; 32],
        })
    });
    let change = Change { puts: puts.collect(), ..Change::default() };
    let Commit { revision } = store.apply(change).await.unwrap();
    let stored = store.snapshot().await.unwrap();
    let found: Vec<_> = stored.records.iter().map(|record| (record.key.kind, record.key.id.as_str())).collect();
    let ordered = ["Z", "a", "ab", "b", "c-10", "c-2", "é"];
    let expected: Vec<_> =
        [Kind::Connector, Kind::Credential].into_iter().flat_map(|kind| ordered.map(|id| (kind, id))).collect();
    assert_eq!(found, expected);
    assert!(stored.records.iter().all(|record| record.version == revision), "one change, one version");
}

/// The limits of bodies and ids hold, to the octet.
pub async fn what_is_too_large_or_invalid_is_refused(store: Subject) {
    let error = store.apply(put_on(0, "c-1", &vec![7; MAX_BODY + 1])).await.unwrap_err();
    assert!(matches!(&error, StoreError::TooLarge { id, limit: MAX_BODY, .. } if id == "c-1"), "{error}");
    let twice = Change { deletes: vec![key("c-1")], ..put_on(0, "c-1", b"") };
    let nothing = Change::default();
    for change in [put_on(0, "", b""), put_on(0, &"i".repeat(MAX_ID + 1), b""), twice, nothing] {
        let error = store.apply(change).await.unwrap_err();
        assert!(matches!(error, StoreError::Invalid(_)), "{error}");
    }
    assert_eq!(store.snapshot().await.unwrap().revision, 0);
    let longest = "i".repeat(MAX_ID);
    let Commit { revision } = store.apply(put_on(0, &longest, &vec![7; MAX_BODY])).await.unwrap();
    let Commit { revision } = store.apply(put_on(revision, "empty", b"")).await.unwrap();
    let stored = store.snapshot().await.unwrap();
    assert_eq!((stored.revision, stored.records.len()), (revision, 2));
    assert_eq!(stored.records[1].body.len(), MAX_BODY);
}

/// The key of a connector.
fn key(id: &str) -> Key {
    Key { kind: Kind::Connector, id: id.to_owned() }
}

/// A change that writes one connector.
fn put_on(base: u64, id: &str, body: &[u8]) -> Change {
    let put = Put { key: key(id), body: Bytes::copy_from_slice(body), wire_hash: wire_hash(body) };
    Change { base, puts: vec![put], ..Change::default() }
}

/// The record that [`put_on`] makes.
fn record(version: u64, id: &str, body: &[u8]) -> StoredRecord {
    StoredRecord { key: key(id), version, body: Bytes::copy_from_slice(body), wire_hash: wire_hash(body) }
}

fn wire_hash(body: &[u8]) -> [u8; 32] {
    postroad_seal::sha256(&[body])
}
