//! Revisions: what was, what is different, and the way back (ST4).

use postroad_api::connector::v1 as admin;
use tonic::{Code, Status};

use crate::bench::{Bench, connector, refusal, with_account};

const CANARY: &str = "canary-71aa-in-a-coal-mine";

fn back(revision: u64) -> admin::RollbackRevisionRequest {
    admin::RollbackRevisionRequest { revision, ..Default::default() }
}

async fn rollback(
    bench: &mut Bench,
    request: admin::RollbackRevisionRequest,
) -> Result<admin::RollbackRevisionResponse, Status> {
    bench.connectors.rollback_revision(request).await.map(tonic::Response::into_inner)
}

async fn revision(bench: &mut Bench, revision: u64) -> admin::Revision {
    bench.connectors.get_revision(admin::GetRevisionRequest { revision }).await.unwrap().into_inner()
}

#[tokio::test]
async fn st4_rollback_is_a_new_revision_with_the_old_content() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let kept = bench.create(connector("kept")).await.unwrap();
    let gone = bench.create(connector("gone")).await.unwrap();
    let old = gone.revision;
    let changed = admin::Connector { name: "other".into(), comment: "c".into(), ..kept.clone() };
    bench.update(changed, &["name", "comment"]).await.unwrap();
    let new = bench.create(connector("kept")).await.unwrap();
    bench.delete(&gone.id, "*").await.unwrap();

    let stale = admin::RollbackRevisionRequest { head_revision: old, ..back(old) };
    let (code, reason, fields) = refusal(&rollback(&mut bench, stale).await.unwrap_err());
    assert_eq!((code, reason.as_str(), fields), (Code::Aborted, "STALE_REVISION", vec!["head_revision".into()]));
    let rehearsal = admin::RollbackRevisionRequest { validate_only: true, ..back(old) };
    let rehearsed = rollback(&mut bench, rehearsal).await.unwrap();
    assert!(bench.get(&new.id).await.is_ok(), "a rehearsal changes nothing");

    let id = "5f0c8a52-90d5-4c0e-9d6b-2f1f4f6f0f5e";
    let request = admin::RollbackRevisionRequest { request_id: id.into(), ..back(old) };
    let done = rollback(&mut bench, request.clone()).await.unwrap();
    assert_eq!(done.changes, rehearsed.changes);
    assert!(done.revision > new.revision + 1);
    assert_eq!(rollback(&mut bench, request).await.unwrap().revision, done.revision, "asked again, done once");
    let returned = bench.get(&kept.id).await.unwrap();
    assert_eq!((returned.name.as_str(), returned.comment.as_str()), ("kept", ""));
    assert_eq!(returned.revision, done.revision, "old content, new revision");
    assert_eq!(bench.get("gone").await.unwrap().id, gone.id, "what was removed is there again");
    assert!(bench.get(&new.id).await.is_err(), "what was not there then is gone");
    let actions: Vec<_> = done.changes.iter().map(|change| (change.name.as_str(), change.action())).collect();
    assert_eq!(actions.len(), 3, "{actions:?}");
    let same = rollback(&mut bench, back(done.revision)).await.unwrap();
    assert_eq!((same.revision, same.changes.len()), (done.revision, 0), "nothing was different");
    bench.stop().await;
}

#[tokio::test]
async fn st4_secrets_stay_unless_the_old_ones_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let first = bench.create(with_account(connector("x"), "u", CANARY)).await.unwrap();
    let change = admin::Connector { comment: "c".into(), ..with_account(first.clone(), "u", "canary-new") };
    let changed = bench.update(change, &["comment", "credential"]).await.unwrap();
    let done = rollback(&mut bench, back(first.revision)).await.unwrap();
    let paths: Vec<_> = done.changes[0].fields.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(paths, ["comment"], "the secret is the present one");
    let restored =
        rollback(&mut bench, admin::RollbackRevisionRequest { restore_secrets: true, ..back(first.revision) }).await;
    let fields = &restored.unwrap().changes[0].fields;
    assert_eq!(fields.last().unwrap().path, "credential.basic.password");

    bench.delete("x", "*").await.unwrap();
    let status = rollback(&mut bench, back(changed.revision)).await.unwrap_err();
    let (code, reason, fields) = refusal(&status);
    assert_eq!((code, reason.as_str()), (Code::FailedPrecondition, "SECRET_REQUIRED"));
    assert_eq!(fields, ["restore_secrets"]);
    assert!(status.message().contains("\"x\""), "it is named: {}", status.message());
    let request = admin::RollbackRevisionRequest { restore_secrets: true, ..back(changed.revision) };
    rollback(&mut bench, request).await.unwrap();
    assert_eq!(bench.get("x").await.unwrap().id, first.id);
    bench.stop().await;
}

#[tokio::test]
async fn ap1_a_rollback_does_not_show_the_present_password_to_an_old_host() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let first = bench.create(with_account(connector("x"), "u", "old")).await.unwrap();
    let mut moved = with_account(first.clone(), "u", "new");
    moved.smart_hosts[0].host = "other.example".into();
    bench.update(moved, &["smart_hosts", "credential"]).await.unwrap();
    let status = rollback(&mut bench, back(first.revision)).await.unwrap_err();
    assert_eq!(refusal(&status).1, "SECRET_REQUIRED");
    rollback(&mut bench, admin::RollbackRevisionRequest { restore_secrets: true, ..back(first.revision) })
        .await
        .unwrap();
    bench.stop().await;
}

#[tokio::test]
async fn revisions_tell_who_changed_which_fields_and_never_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let first = bench.create(with_account(connector("x"), "u", CANARY)).await.unwrap();
    let other = bench.create(connector("y")).await.unwrap();
    let change = with_account(first.clone(), "u", "canary-new");
    let secret = bench.update(change, &["credential.basic.password"]).await.unwrap();
    bench.delete("y", "*").await.unwrap();

    let mut pages = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = admin::ListRevisionsRequest { page_size: 3, page_token };
        let page = bench.connectors.list_revisions(request).await.unwrap().into_inner();
        pages.extend(page.revisions);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let methods: Vec<_> = pages.iter().map(|revision| revision.method.as_str()).collect();
    assert_eq!(methods, ["DeleteConnector", "UpdateConnector", "CreateConnector", "CreateConnector"]);
    assert!(pages.iter().all(|shown| shown.actor == "anonymous" && shown.time.is_some()));
    assert!(pages.iter().flat_map(|shown| &shown.changes).all(|change| change.fields.is_empty()));

    let shown = revision(&mut bench, secret.revision).await;
    assert_eq!(shown.changes.len(), 1);
    let last = shown.changes[0].fields.last().unwrap();
    assert_eq!((last.path.as_str(), last.before.as_str(), last.after.as_str()), ("credential.basic.password", "", ""));
    let created = revision(&mut bench, other.revision).await;
    assert_eq!(created.changes[0].action(), admin::ChangeAction::Created);
    assert!(created.changes[0].fields.iter().any(|field| field.path == "name" && field.after == "\"y\""));

    let request = admin::DiffRevisionsRequest { from_revision: first.revision, to_revision: 0 };
    let diff = bench.connectors.diff_revisions(request).await.unwrap().into_inner();
    let names: Vec<_> = diff.changes.iter().map(|change| change.name.as_str()).collect();
    assert_eq!(names, ["x"], "y came and went between");
    let all = admin::DiffRevisionsRequest { from_revision: 0, to_revision: other.revision };
    let all = bench.connectors.diff_revisions(all).await.unwrap().into_inner();
    assert_eq!((all.changes.len(), all.to_revision), (2, other.revision));
    for octets in [prost::Message::encode_to_vec(&diff), prost::Message::encode_to_vec(&shown)] {
        assert!(!octets.windows(6).any(|window| window == b"canary"));
    }
    let unknown = bench.connectors.get_revision(admin::GetRevisionRequest { revision: 99 }).await.unwrap_err();
    assert_eq!((unknown.code(), refusal(&unknown).1.as_str()), (Code::NotFound, "REVISION_NOT_RETAINED"));
    assert_eq!(rollback(&mut bench, back(99)).await.unwrap_err().code(), Code::NotFound);
    bench.stop().await;
}
