//! Many writers at once.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use super::{Subject, key, put_on, record};
use crate::{Change, Expect, StoreError};

const WRITERS: usize = 32;
const WRITES: u8 = 8;

/// 32 writers, each of its own record, that try again when another was first: every answered write is there, no two have
/// one revision, those of one writer rise, and no reader ever sees less than the head has said.
pub async fn st7_every_answered_write_of_32_writers_is_there(store: Subject) {
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = Subject::clone(&store);
        writers.spawn(async move { write_all(store, &format!("w-{writer:02}")).await });
    }
    let mut revisions = BTreeSet::new();
    let mut newest = Vec::new();
    while let Some(written) = writers.join_next().await {
        let (id, mine) = written.unwrap();
        assert!(mine.is_sorted(), "{id}: {mine:?}");
        newest.push(record(*mine.last().unwrap(), &id, &[WRITES - 1]));
        for revision in mine {
            assert!(revisions.insert(revision), "revision {revision} was given twice");
        }
    }
    newest.sort_by(|one, other| one.key.cmp(&other.key));
    let stored = store.snapshot().await.unwrap();
    assert_eq!(stored.records, newest);
    assert_eq!(revisions.len(), WRITERS * usize::from(WRITES));
    assert_eq!(revisions.last(), Some(&stored.revision));
}

async fn write_all(store: Subject, id: &str) -> (String, Vec<u64>) {
    let mut mine = Vec::new();
    let mut base = 0;
    for round in 0..WRITES {
        loop {
            let expected = mine.last().map_or(Expect::Absent, |last| Expect::Version(*last));
            let change = Change { expect: vec![(key(id), expected)], ..put_on(base, id, &[round]) };
            match store.apply(change).await {
                Ok(commit) => {
                    assert!(*store.head().borrow() >= commit.revision, "the head lags behind an answer");
                    mine.push(commit.revision);
                    base = commit.revision;
                    break;
                }
                Err(StoreError::BaseMoved { head, .. }) => {
                    assert!(*store.head().borrow() >= head, "a refusal names a revision that is not durable");
                    let seen = *store.head().borrow();
                    let stored = store.snapshot().await.unwrap();
                    assert!(stored.revision >= seen.max(head), "a reader saw less than was published");
                    base = stored.revision;
                }
                Err(other) => panic!("{id}: {other}"),
            }
        }
    }
    (id.to_owned(), mine)
}

/// Of many changes made at once on one base exactly one is made, however the store groups them.
pub async fn st7_a_group_checks_each_change_on_the_one_before(store: Subject) {
    for round in 0..10_u8 {
        let head = store.snapshot().await.unwrap().revision;
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            let store = Subject::clone(&store);
            writers.spawn(async move { store.apply(put_on(head, "c-1", &[round])).await });
        }
        let answers = writers.join_all().await;
        let made = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(made, 1, "{answers:?}");
    }
}

/// A writer keeps many changes under way, each on top of the one before. None shows before it is durable, and they become
/// durable in order; a refusal names no revision that is not durable.
pub async fn st3_what_is_under_way_does_not_show(store: Subject) {
    let mut head = 0;
    for round in 0..5_u8 {
        let mut pending = Vec::new();
        for at in 0..40_u8 {
            let change = store.enqueue(put_on(head, &format!("c-{}", at % 7), &[round, at])).await.unwrap();
            assert!(change.revision() > head);
            head = change.revision();
            pending.push(change);
        }
        let StoreError::BaseMoved { head: told, .. } = store.apply(put_on(head + 1, "c-1", b"")).await.unwrap_err()
        else {
            panic!("a change on what was never made")
        };
        assert!(told == head && *store.head().borrow() >= told, "a refusal names what is not durable");
        for change in pending {
            let revision = change.revision();
            assert_eq!(change.await.unwrap().revision, revision);
            assert!(*store.head().borrow() >= revision && store.snapshot().await.unwrap().revision >= revision);
        }
    }
    assert_eq!(store.snapshot().await.unwrap().revision, head);
    let change = store.enqueue(put_on(head, "c-1", b"last")).await.unwrap();
    drop(change);
    let next = store.apply(put_on(head + 1, "c-2", b"after")).await.unwrap();
    assert_eq!(next.revision, head + 2, "a change that nobody waits for was not made");
}
