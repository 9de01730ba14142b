//! Request ids: a call that is sent again is done once (ST5).

use postroad_api::connector::v1 as admin;
use tonic::Code;

use crate::bench::{Bench, connector, refusal, with_account};

const ID: &str = "5f0c8a52-90d5-4c0e-9d6b-2f1f4f6f0f5e";

fn create(name: &str) -> admin::CreateConnectorRequest {
    let connector = Some(with_account(connector(name), "u", "hush"));
    admin::CreateConnectorRequest { connector, request_id: ID.into(), ..Default::default() }
}

#[tokio::test]
async fn st5_the_same_request_gives_the_first_answer_again_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let first = bench.connectors.create_connector(create("x")).await.unwrap().into_inner();
    let again = bench.connectors.create_connector(create("x")).await.unwrap().into_inner();
    assert_eq!(first, again);
    assert!(!first.warnings.is_empty(), "warnings are told again");

    let changed = admin::Connector { comment: "c".into(), ..first.clone() };
    bench.update(changed, &["comment"]).await.unwrap();
    bench.stop().await;
    let mut bench = Bench::start(folder.path()).await;
    let later = bench.connectors.create_connector(create("x")).await.unwrap().into_inner();
    assert_eq!(first, later, "as it was then");
    let (code, reason, fields) = refusal(&bench.connectors.create_connector(create("y")).await.unwrap_err());
    assert_eq!((code, reason.as_str()), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
    assert_eq!(fields, ["request_id"]);
    let delete = admin::DeleteConnectorRequest {
        connector: "x".into(),
        etag: "*".into(),
        request_id: ID.into(),
        ..Default::default()
    };
    let other_method = bench.connectors.delete_connector(delete.clone()).await.unwrap_err();
    assert_eq!(refusal(&other_method).1, "REQUEST_ID_REUSED");
    let id = "0b9f3a1e-3c1d-4f0e-8a5e-6b7c8d9e0f10";
    let delete = admin::DeleteConnectorRequest { request_id: id.into(), ..delete };
    let gone = bench.connectors.delete_connector(delete.clone()).await.unwrap().into_inner();
    assert_eq!(bench.connectors.delete_connector(delete).await.unwrap().into_inner(), gone);
    bench.stop().await;
}

#[tokio::test]
async fn st5_requests_that_race_are_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path()).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let mut client = bench.connectors.clone();
        calls.spawn(async move { client.create_connector(create("x")).await.unwrap().into_inner() });
    }
    let answers = calls.join_all().await;
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    assert_eq!(bench.audit().await.len(), 1, "one change");
    bench.stop().await;
}

#[tokio::test]
async fn a_request_id_must_be_random_and_a_rehearsal_uses_none_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let odd = admin::CreateConnectorRequest { request_id: "1".into(), ..create("x") };
    let (code, reason, fields) = refusal(&bench.connectors.create_connector(odd).await.unwrap_err());
    assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_REQUEST_ID"));
    assert_eq!(fields, ["request_id"]);
    let rehearsal = admin::CreateConnectorRequest { validate_only: true, ..create("x") };
    bench.connectors.create_connector(rehearsal).await.unwrap();
    assert_eq!(bench.connectors.create_connector(create("y")).await.unwrap().into_inner().name, "y");
    bench.stop().await;
}
