//! BatchApply: many changes, one revision or nothing.

use postroad_api::connector::v1 as admin;
use postroad_api::connector::v1::connector_change::Change;
use tonic::{Code, Status};

use crate::bench::{Bench, connector, refusal, with_account};

fn create(connector: admin::Connector) -> admin::ConnectorChange {
    admin::ConnectorChange { change: Some(Change::Create(connector)) }
}

fn update(connector: admin::Connector, mask: &[&str]) -> admin::ConnectorChange {
    let update_mask = mask.iter().map(|&path| path.to_owned()).collect();
    let update = admin::ConnectorUpdate { connector: Some(connector), update_mask };
    admin::ConnectorChange { change: Some(Change::Update(update)) }
}

fn delete(connector: &str, etag: &str) -> admin::ConnectorChange {
    let removal = admin::ConnectorRemoval { connector: connector.into(), etag: etag.into() };
    admin::ConnectorChange { change: Some(Change::Delete(removal)) }
}

async fn apply(bench: &mut Bench, changes: Vec<admin::ConnectorChange>) -> Result<admin::BatchApplyResponse, Status> {
    let request = admin::BatchApplyRequest { changes, ..Default::default() };
    bench.connectors.batch_apply(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn many_changes_are_one_revision_and_each_stands_on_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let one = bench.create(connector("one")).await.unwrap();
    let two = bench.create(connector("two")).await.unwrap();
    let renamed = admin::Connector { name: "uno".into(), ..one.clone() };
    // The name of the second is free as soon as it is gone, that of the first as soon as it is renamed.
    let changes = vec![
        delete(&two.id, &two.etag),
        update(renamed, &["name"]),
        create(connector("Two")),
        create(connector("one")),
    ];
    let applied = apply(&mut bench, changes).await.unwrap();
    let names: Vec<_> = applied.connectors.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["", "uno", "Two", "one"]);
    assert!(applied.connectors.iter().skip(1).all(|c| c.revision == applied.revision));
    for shown in applied.connectors.iter().skip(1) {
        assert_eq!(bench.get(&shown.id).await.unwrap(), *shown);
        assert_eq!(bench.get(&shown.name).await.unwrap(), *shown, "the index of names went with them");
    }
    assert!(bench.get(&two.id).await.is_err());
    assert_eq!(bench.audit().await[0].objects.len(), 4);
    bench.stop().await;
}

#[tokio::test]
async fn all_is_refused_when_one_is_and_every_fault_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let kept = bench.create(connector("kept")).await.unwrap();
    let mut bad = connector("bad");
    bad.smart_hosts[0].port = 70_000;
    bad.comment = "x".repeat(2_000);
    let mut wrong = kept.clone();
    wrong.address_spaces[0].cost = Some(0);
    let changes = vec![create(connector("fine")), create(bad), update(wrong, &["address_spaces"])];
    let (code, reason, mut fields) = refusal(&apply(&mut bench, changes).await.unwrap_err());
    fields.sort();
    assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_CONNECTOR"));
    assert_eq!(
        fields,
        [
            "changes[1].connector.comment",
            "changes[1].connector.smart_hosts[0].port",
            "changes[2].connector.address_spaces[0].cost"
        ]
    );
    let stale = admin::Connector { etag: "\"x\"".into(), comment: "c".into(), ..kept.clone() };
    let changes = vec![create(connector("fine")), update(stale, &["comment"])];
    let status = apply(&mut bench, changes).await.unwrap_err();
    assert_eq!(refusal(&status), (Code::Aborted, "STALE_ETAG".into(), vec!["changes[1].connector.revision".into()]));
    let twice = vec![create(connector("fine")), create(connector("FINE"))];
    assert_eq!(refusal(&apply(&mut bench, twice).await.unwrap_err()).2, ["changes[1].connector.name"]);
    let both = vec![update(kept.clone(), &["comment"]), delete(&kept.id, "*")];
    assert_eq!(refusal(&apply(&mut bench, both).await.unwrap_err()).2, ["changes[1].connector.id"]);
    let empty = apply(&mut bench, Vec::new()).await.unwrap_err();
    assert_eq!(refusal(&empty).2, ["changes"]);
    let many = vec![delete("kept", "*"); 1_001];
    assert_eq!(refusal(&apply(&mut bench, many).await.unwrap_err()).1, "LIMIT_EXCEEDED");
    assert!(bench.get("fine").await.is_err(), "nothing of it was stored");
    assert_eq!(bench.get("kept").await.unwrap(), kept);
    bench.stop().await;
}

#[tokio::test]
async fn ap1_a_password_is_not_moved_to_another_host_by_a_batch() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let mut moved = bench.create(with_account(connector("x"), "u", "hush")).await.unwrap();
    moved.smart_hosts[0].host = "evil.example".into();
    let status = apply(&mut bench, vec![update(moved, &["smart_hosts"])]).await.unwrap_err();
    let (code, reason, fields) = refusal(&status);
    assert_eq!((code, reason.as_str()), (Code::FailedPrecondition, "SECRET_REQUIRED"));
    assert_eq!(fields, ["changes[0].connector.credential.basic.password"]);
    bench.stop().await;
}

#[tokio::test]
async fn st5_an_answer_too_large_to_be_kept_is_told_again_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let changes: Vec<_> = (0..1_000).map(|at| create(connector(&format!("c{at}")))).collect();
    let request = admin::BatchApplyRequest {
        changes,
        request_id: "5f0c8a52-90d5-4c0e-9d6b-2f1f4f6f0f5e".into(),
        ..Default::default()
    };
    let first = bench.connectors.batch_apply(request.clone()).await.unwrap().into_inner();
    assert!(prost::Message::encoded_len(&first) > 64 * 1024);
    let again = bench.connectors.batch_apply(request).await.unwrap().into_inner();
    assert_eq!(first, again);
    bench.stop().await;
}
