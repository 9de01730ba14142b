//! What is refused, and how it is said.

use postroad_api::connector::v1 as admin;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::bench::{Bench, connector, refusal, with_account};

#[tokio::test]
async fn every_problem_of_a_connector_is_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let mut bad = connector(" x");
    bad.address_spaces.push(admin::AddressSpace {
        space: "*contoso.com".into(),
        cost: Some(101),
        ..Default::default()
    });
    bad.smart_hosts.push(admin::SmartHost { host: "host:587".into(), port: 70_000, ..Default::default() });
    bad.auth_mechanism = 9;
    bad.require_tls = true;
    bad.ignore_starttls = true;
    let (code, reason, mut fields) = refusal(&bench.create(bad).await.unwrap_err());
    fields.sort();
    assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_CONNECTOR"));
    assert_eq!(
        fields,
        [
            "address_spaces[1].cost",
            "address_spaces[1].space",
            "auth_mechanism",
            "ignore_starttls",
            "name",
            "smart_hosts[1].host",
            "smart_hosts[1].port"
        ]
    );
    let no_password = bench.create(with_account(connector("x"), "u", "")).await.unwrap_err();
    assert_eq!(refusal(&no_password).2, ["credential"]);
    bench.stop().await;
}

#[tokio::test]
async fn etags_are_needed_and_must_fit() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let first = bench.create(connector("x")).await.unwrap();
    let change = |etag: &str| admin::Connector { etag: etag.into(), comment: "c".into(), ..first.clone() };
    let second = bench.update(change(&first.etag), &["comment"]).await.unwrap();

    let status = bench.update(change(&first.etag), &["comment"]).await.unwrap_err();
    assert_eq!(refusal(&status), (Code::Aborted, "STALE_ETAG".into(), vec!["revision".into()]));
    assert_eq!(
        status.get_error_details().error_info().unwrap().metadata["current_revision"],
        second.revision.to_string()
    );
    let none = bench.update(change(""), &["comment"]).await.unwrap_err();
    assert_eq!((refusal(&none).0, refusal(&none).1.as_str()), (Code::InvalidArgument, "ETAG_REQUIRED"));
    assert_eq!(refusal(&bench.delete(&first.id, &first.etag).await.unwrap_err()).1, "STALE_ETAG");
    assert_eq!(refusal(&bench.delete(&first.id, "").await.unwrap_err()).1, "ETAG_REQUIRED");

    bench.update(change("*"), &["comment"]).await.unwrap();
    bench.delete(&first.id, "*").await.unwrap();
    bench.stop().await;
}

#[tokio::test]
async fn names_are_unique_without_regard_to_case() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    bench.create(connector("Internet")).await.unwrap();
    let other = bench.create(connector("other")).await.unwrap();
    let expected = (Code::AlreadyExists, "NAME_IN_USE".to_owned(), vec!["name".to_owned()]);
    assert_eq!(refusal(&bench.create(connector("INTERNET")).await.unwrap_err()), expected);
    let renamed = admin::Connector { name: "internet".into(), ..other.clone() };
    assert_eq!(refusal(&bench.update(renamed, &["name"]).await.unwrap_err()), expected);
    let own_case = admin::Connector { name: "Other".into(), ..other };
    assert_eq!(bench.update(own_case, &["name"]).await.unwrap().name, "Other");
    bench.stop().await;
}

#[tokio::test]
async fn what_is_not_there_or_not_a_field_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let there = bench.create(connector("x")).await.unwrap();
    let unknown = bench.get("nobody").await.unwrap_err();
    assert_eq!((unknown.code(), refusal(&unknown).1.as_str()), (Code::NotFound, "CONNECTOR_UNKNOWN"));
    assert_eq!(refusal(&bench.delete("nobody", "*").await.unwrap_err()).1, "CONNECTOR_UNKNOWN");

    let mask = bench.update(there, &["nmae", "port", "secret"]).await.unwrap_err();
    let (code, reason, fields) = refusal(&mask);
    assert_eq!((code, reason.as_str(), fields.len()), (Code::InvalidArgument, "UNKNOWN_MASK_PATH", 2));

    let list = |page_size, page_token: &str| admin::ListConnectorsRequest {
        page_size,
        page_token: page_token.into(),
        ..Default::default()
    };
    let token = bench.connectors.list_connectors(list(1, "xyz")).await.unwrap_err();
    assert_eq!(refusal(&token), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into(), vec!["page_token".into()]));
    let size = bench.connectors.list_connectors(list(-1, "")).await.unwrap_err();
    assert_eq!(refusal(&size).2, ["page_size"]);
    let empty = bench.connectors.create_connector(admin::CreateConnectorRequest::default()).await.unwrap_err();
    assert_eq!(refusal(&empty).2, ["connector"]);
    bench.stop().await;
}

#[tokio::test]
async fn a_thousand_problems_still_make_one_readable_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let mut bad = connector("x");
    bad.address_spaces = vec![admin::AddressSpace { space: "not a domain".into(), ..Default::default() }; 900];
    let status = bench.create(bad).await.unwrap_err();
    let (code, reason, fields) = refusal(&status);
    assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_CONNECTOR"));
    assert!(fields.len() > 20, "{}", fields.len());
    bench.stop().await;
}
