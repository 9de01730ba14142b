//! Whether a store is whole.

use std::collections::BTreeMap;

use postroad_store::{
    AuditQuery, ConnectorStore, HistoryQuery, Kind, MAX_PAGE, RecordChange, StoreError, Stored, VerifyError,
    verify_audit,
};
use postroad_store_sled::SledStore;

/// Reads everything that is kept, and compares: every revision has its changes and one row in the audit trail, pairs are
/// pairs, and all changes together make the present.
pub(crate) async fn check(store: &SledStore) -> Result<(), StoreError> {
    let stored = store.snapshot().await?;
    let connectors = stored.records.iter().filter(|record| record.key.kind == Kind::Connector).count();
    assert_eq!(connectors * 2, stored.records.len(), "half a pair is there");
    check_revisions(store, stored.revision).await?;
    check_trail(store, &stored).await?;
    let made = store.difference(0, stored.revision).await?;
    let made: BTreeMap<_, _> = made.into_iter().map(|change| (change.key, change.after.unwrap())).collect();
    assert_eq!(made.len(), stored.records.len(), "the history has made other records");
    for record in &stored.records {
        let mark = made.get(&record.key).unwrap();
        assert_eq!((mark.version, mark.wire_hash), (record.version, record.wire_hash), "{:?}", record.key);
        assert_eq!(record.wire_hash, postroad_seal::sha256(&[&record.body]), "{:?} is torn", record.key);
        let kept = store.record_at(record.key.clone(), stored.revision).await?;
        assert_eq!(kept.as_ref(), Some(record), "the history has another version");
    }
    Ok(())
}

/// Every revision is in the list, and no pair was changed by half.
async fn check_revisions(store: &SledStore, head: u64) -> Result<(), StoreError> {
    let (mut before, mut next) = (None, head);
    while next > 0 {
        let page = store.history(HistoryQuery { after: 0, before, limit: MAX_PAGE }).await?;
        assert!(!page.revisions.is_empty(), "revision {next} is not in the list");
        for summary in &page.revisions {
            assert_eq!(summary.revision, next, "a revision is missing");
            assert!(matches!(summary.changed, 0 | 2), "half a change is there");
            next -= 1;
        }
        before = Some(next + 1);
    }
    for revision in (1..=head).rev().take(MAX_PAGE) {
        let changes = store.revision(revision).await?.changes;
        let hashes = |change: &RecordChange| (change.key.id.clone(), change.after.map(|mark| mark.wire_hash));
        if let [one, other] = changes.as_slice() {
            assert_eq!(hashes(one), hashes(other), "revision {revision} is half there");
        }
    }
    Ok(())
}

/// One row for each revision, and each follows the one before.
async fn check_trail(store: &SledStore, stored: &Stored) -> Result<(), StoreError> {
    match verify_audit(store).await {
        Ok(_) => {}
        Err(VerifyError::Store(error)) => return Err(error),
        Err(VerifyError::Broken(broken)) => panic!("{broken}"),
    }
    let mut query = AuditQuery { limit: MAX_PAGE, ..AuditQuery::default() };
    let mut rows = 0;
    loop {
        let page = store.audit(query).await?;
        for row in &page.rows {
            rows += 1;
            assert_eq!((row.id.revision, row.id.number), (rows, 0), "a row of the trail is missing");
        }
        query.after = page.rows.last().map(|row| row.id);
        if !page.more {
            assert_eq!(rows, stored.revision, "the trail ends too early");
            return Ok(());
        }
    }
}
