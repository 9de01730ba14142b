//! The battery: what any store must do, as functions that panic when it does not.
//!
//! A store's tests call [`store_battery!`](crate::store_battery), which makes a test of each, and those of a store that
//! outlives its process [`reopen`] and [`reopen_with_history`] too. They say what they saw.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a battery says what it saw by panicking"
)]

mod audit;
mod commits;
mod concurrency;
mod history;
mod preconditions;
mod reopening;
mod requests;
mod trimming;

use std::sync::Arc;

use bytes::Bytes;

use crate::error::StoreError;
use crate::{
    AuditQuery, AuditRow, Change, Commit, ConnectorStore, Expect, Key, Kind, MAX_BODY, MAX_ID, Put, RequestMark,
    StoredRecord, verify_audit,
};

pub use audit::{
    st5_a_failed_change_leaves_no_trace, st5_every_change_has_its_audit_row, st5_refused_calls_are_recorded,
    the_audit_trail_is_paged,
};
pub use commits::commits_come_whole_and_in_order;
pub use concurrency::{
    st3_what_is_under_way_does_not_show, st7_a_group_checks_each_change_on_the_one_before,
    st7_every_answered_write_of_32_writers_is_there,
};
pub use history::{
    history_is_paged, st4_every_past_state_can_be_read, st4_removals_are_history, what_was_never_made_is_refused,
};
pub use preconditions::{
    st1_a_change_on_an_old_base_fails, st1_an_expected_version_is_compared, st5_a_failed_change_writes_nothing,
};
pub use reopening::{reopen, reopen_with_history};
pub use requests::{
    st5_a_request_id_cannot_be_used_for_another_request, st5_a_request_is_done_once,
    st5_a_request_is_forgotten_after_a_day,
};
pub use trimming::{
    st4_a_hundred_versions_stay, st4_a_removed_record_leaves_nothing_in_the_end, st4_ninety_days_stay,
    st4_trimming_goes_in_small_steps, st5_audit_stays_and_requests_go,
};

/// A store under test.
pub type Subject = Arc<dyn ConnectorStore>;

/// Makes a test of each function of the battery. The expression makes an empty store, and beside it whatever must live as
/// long; it is evaluated anew for each test.
#[macro_export]
macro_rules! store_battery {
    ($make:expr) => {
        $crate::store_battery! { $make =>
            #[test] fn a_new_store_is_empty;
            #[test] fn st3_the_head_moves_with_the_answer;
            #[test] fn a_deleted_record_is_gone;
            #[test] fn records_come_in_order_of_their_keys;
            #[test] fn what_is_too_large_or_invalid_is_refused;
            #[test] fn st1_a_change_on_an_old_base_fails;
            #[test] fn st1_an_expected_version_is_compared;
            #[test] fn st5_a_failed_change_writes_nothing;
            #[test] fn st7_every_answered_write_of_32_writers_is_there;
            #[test] fn st7_a_group_checks_each_change_on_the_one_before;
            #[test] fn st3_what_is_under_way_does_not_show;
            #[test] fn st4_every_past_state_can_be_read;
            #[test] fn st4_removals_are_history;
            #[test] fn history_is_paged;
            #[test] fn what_was_never_made_is_refused;
            #[test] fn st5_every_change_has_its_audit_row;
            #[test] fn st5_a_failed_change_leaves_no_trace;
            #[test] fn st5_refused_calls_are_recorded;
            #[test] fn the_audit_trail_is_paged;
            #[test] fn st5_a_request_is_done_once;
            #[test] fn st5_a_request_id_cannot_be_used_for_another_request;
            #[test] fn st5_a_request_is_forgotten_after_a_day;
            #[test] fn commits_come_whole_and_in_order;
            #[test] fn st4_a_hundred_versions_stay;
            #[test] fn st4_ninety_days_stay;
            #[test] fn st4_a_removed_record_leaves_nothing_in_the_end;
            #[test] fn st4_trimming_goes_in_small_steps;
            #[test] fn st5_audit_stays_and_requests_go;
        }
    };
    ($make:expr => $(#[test] fn $name:ident;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let (store, _kept) = $make;
                $crate::battery::$name(store).await;
            }
        )+
    };
}

/// Two stores have two epochs, and none is zero.
///
/// # Panics
/// When it is not so; so everywhere here.
pub async fn two_stores_have_two_epochs(one: Subject, other: Subject) {
    let (one, other) = (one.snapshot().await.unwrap().epoch, other.snapshot().await.unwrap().epoch);
    assert_ne!(one, other, "two histories of one epoch");
    assert_ne!(one, [0; 16]);
}

/// A new store has no record, and revision 0.
pub async fn a_new_store_is_empty(store: Subject) {
    let stored = store.snapshot().await.unwrap();
    assert_eq!((stored.revision, stored.records.len()), (0, 0));
    assert_eq!(*store.head().borrow(), 0);
    assert!(audit_trail(&store).await.is_empty());
    assert_eq!(store.request("r-1").await.unwrap(), None);
    assert_eq!(store.difference(0, 0).await.unwrap(), []);
}

/// Each change has a greater revision than the one before; the head moves with it, and a failed change moves nothing.
pub async fn st3_the_head_moves_with_the_answer(store: Subject) {
    let mut head = store.head();
    let mut last = 0;
    for round in 0..10_u8 {
        let commit = store.apply(put_on(last, "c-1", &[round])).await.unwrap();
        assert!(commit.revision > last, "{} after {last}", commit.revision);
        assert_eq!(*head.borrow_and_update(), commit.revision, "the head lags behind an answer");
        let stored = store.snapshot().await.unwrap();
        assert_eq!(stored.revision, commit.revision);
        assert_eq!(stored.records, [record(commit.revision, "c-1", &[round])]);
        last = commit.revision;
    }
    store.apply(put_on(last + 1, "c-1", b"from the future")).await.unwrap_err();
    assert!(!head.has_changed().unwrap(), "a failed change moved the head");
    let (moved, commit) = tokio::join!(head.changed(), store.apply(put_on(last, "c-2", b"")));
    moved.unwrap();
    assert_eq!(*head.borrow_and_update(), commit.unwrap().revision);
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
    let large = || Some(Bytes::from(vec![7; MAX_BODY + 1]));
    let loud = Change { audit: large(), ..put_on(0, "c-1", b"") };
    let mut talkative = Change { request: Some(mark("r-1", 1)), ..put_on(0, "c-1", b"") };
    talkative.request.as_mut().unwrap().outcome = large().unwrap();
    for change in [loud, talkative] {
        let error = store.apply(change).await.unwrap_err();
        assert!(matches!(error, StoreError::TooLarge { .. }), "{error}");
    }
    assert!(matches!(store.record(large().unwrap(), 1).await, Err(StoreError::TooLarge { .. })));
    let nameless = Change { request: Some(mark("", 1)), ..put_on(0, "c-1", b"") };
    assert!(matches!(store.apply(nameless).await, Err(StoreError::Invalid(_))));
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

/// Stands for the hash of the body on the wire.
fn wire_hash(body: &[u8]) -> [u8; 32] {
    postroad_seal::sha256(&[body])
}

/// The mark of a request whose content is told by a number.
fn mark(id: &str, content: u8) -> RequestMark {
    RequestMark { id: id.to_owned(), content: [content; 32], outcome: Bytes::from(format!("outcome of {id}")) }
}

/// The whole trail, page by page, after it was followed from its beginning to its end.
async fn audit_trail(store: &Subject) -> Vec<AuditRow> {
    let tail = verify_audit(store.as_ref()).await.unwrap();
    let mut query = AuditQuery { limit: 7, ..AuditQuery::default() };
    let mut rows = Vec::new();
    loop {
        let page = store.audit(query).await.unwrap();
        query.after = page.rows.last().map(|row| row.id);
        rows.extend(page.rows);
        if !page.more {
            assert_eq!(page.tail, tail);
            return rows;
        }
    }
}
