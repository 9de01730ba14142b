//! Passwords go in and never come out (P6).

use std::sync::Arc;

use postroad_api::config::v1::RecordKind;
use postroad_api::connector::v1 as admin;
use postroad_api::decode_records;
use postroad_connector_model::{ConnectorId, Credential};
use postroad_control_plane::App;
use postroad_store::{Change, ConnectorStore as _, Kind, Put, StoredRecord};
use postroad_store_sled::SledStore;
use tonic::Code;

use crate::bench::{Bench, connector, files, refusal, settings, with_account};
use crate::relay::RelayEnd;

use postroad_api::fleet::v1::RewrapSecretsRequest;
use postroad_api::fleet::v1::access_service_client::AccessServiceClient;

const CANARY: &str = "canary-4e1b-in-a-coal-mine";
/// Not a secret: it must be found by the very search that must not find the canary.
const OPEN: &str = "sparrow-4e1b-in-the-open";

/// The account that relays get for a connector.
async fn account(bench: &Bench, id: &str) -> Option<(String, String)> {
    let mut relay = RelayEnd::open(bench, "reader", [7; 16]).await;
    let records = relay.snapshot().await.records;
    let decoded = decode_records(&records).unwrap();
    let credential: &Arc<Credential> = decoded.credentials.get(&ConnectorId::new(id))?;
    let Credential::Basic(basic) = credential.as_ref() else { panic!("another kind") };
    Some((basic.user.clone(), basic.password.expose().to_owned()))
}

fn canary() -> Option<(String, String)> {
    Some(("u".to_owned(), CANARY.to_owned()))
}

#[tokio::test]
async fn a_password_never_comes_back_and_is_sealed_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let created = bench.create(with_account(connector("x"), "u", CANARY)).await.unwrap();
    let got = bench.get("x").await.unwrap();
    let comment = admin::Connector { comment: OPEN.into(), ..created.clone() };
    let updated = bench.update(comment, &["comment"]).await.unwrap();
    let listed = bench.connectors.list_connectors(admin::ListConnectorsRequest::default()).await.unwrap().into_inner();
    for answer in [&created, &got, &updated, &listed.connectors[0]] {
        let Some(admin::credential::Kind::Basic(basic)) = answer.credential.clone().unwrap().kind else { panic!() };
        assert_eq!((basic.user.as_str(), basic.password.as_str(), basic.password_set), ("u", "", true));
        let octets = prost::Message::encode_to_vec(answer);
        assert!(!octets.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
        assert!(!format!("{answer:?}").contains(CANARY));
    }
    assert_eq!(account(&bench, &created.id).await, canary(), "relays do get it");
    let bad = with_account(connector(""), "u", CANARY);
    let status = bench.create(bad).await.unwrap_err();
    assert!(!format!("{status:?}").contains(CANARY), "{status:?}");
    bench.stop().await;

    let holds = |text: &str| {
        files(folder.path()).into_iter().any(|file| {
            let octets = std::fs::read(file).unwrap();
            octets.windows(text.len()).any(|window| window == text.as_bytes())
        })
    };
    assert!(holds(OPEN), "the search sees what the store writes");
    assert!(!holds(CANARY) && !holds("canary-4e1b"));
}

#[tokio::test]
async fn a_password_stays_until_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let created = bench.create(with_account(connector("x"), "u", CANARY)).await.unwrap();
    let id = created.id.clone();
    let change = |c: admin::Connector| admin::Connector { id: id.clone(), etag: "*".into(), ..c };

    bench.update(change(admin::Connector { comment: "c".into(), ..connector("x") }), &["comment"]).await.unwrap();
    assert_eq!(account(&bench, &id).await, canary());
    bench.update(change(with_account(connector("x"), "v", "")), &["credential"]).await.unwrap();
    assert_eq!(account(&bench, &id).await, Some(("v".into(), CANARY.into())), "another user, the same password");
    bench.update(change(with_account(connector("x"), "u", "other")), &["credential"]).await.unwrap();
    assert_eq!(account(&bench, &id).await, Some(("u".into(), "other".into())));

    let empty = change(with_account(connector("x"), "u", ""));
    let removed = bench.update(empty, &["credential.basic.password"]).await.unwrap_err();
    assert_eq!(refusal(&removed).2, ["credential"], "BASIC cannot do without");
    let none = change(connector("x"));
    bench.update(none, &["credential", "auth_mechanism"]).await.unwrap();
    assert_eq!(account(&bench, &id).await, None);
    bench.stop().await;
}

#[tokio::test]
async fn a_password_is_the_same_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let id = bench.create(with_account(connector("x"), "u", CANARY)).await.unwrap().id;
    let before = RelayEnd::open(&bench, "r", [1; 16]).await.snapshot().await;
    bench.stop().await;
    let bench = Bench::start(folder.path()).await;
    assert_eq!(account(&bench, &id).await, canary());
    let after = RelayEnd::open(&bench, "r", [1; 16]).await.snapshot().await;
    assert_eq!((before.revision, &before.digest), (after.revision, &after.digest), "salt included");
    assert_eq!(after.records.iter().filter(|r| r.key.as_ref().unwrap().kind() == RecordKind::Credential).count(), 1);
    bench.stop().await;
}

#[tokio::test]
async fn ap1_another_host_needs_the_password_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let created = bench.create(with_account(connector("x"), "u", CANARY)).await.unwrap();
    let mut moved = created.clone();
    moved.smart_hosts[0].host = "evil.example".into();
    let status = bench.update(moved.clone(), &["smart_hosts"]).await.unwrap_err();
    let (code, reason, fields) = refusal(&status);
    assert_eq!((code, reason.as_str()), (Code::FailedPrecondition, "SECRET_REQUIRED"));
    assert_eq!(fields, ["credential.basic.password"]);
    let with_password = with_account(moved, "u", CANARY);
    bench.update(with_password, &["smart_hosts", "credential.basic.password"]).await.unwrap();
    bench.stop().await;
}

#[tokio::test]
async fn without_its_keys_a_store_with_secrets_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    bench.create(with_account(connector("x"), "u", CANARY)).await.unwrap();
    bench.stop().await;
    let settings = settings(folder.path());
    let (key, kept) = (settings.key_path(), folder.path().join("kept"));
    std::fs::rename(&key, &kept).unwrap();
    let error = App::build(settings).await.unwrap_err();
    assert!(format!("{error:#}").contains("put the old key file back"), "{error:#}");
    assert!(!key.exists(), "a new key would only hide what is wrong");
    std::fs::rename(&kept, &key).unwrap();
    Bench::start(folder.path()).await.stop().await;
}

/// Puts a new key before those that are there; gives the file as it would be without the old ones.
fn rotate(key_file: &std::path::Path) -> String {
    let old = std::fs::read_to_string(key_file).unwrap();
    let new = format!("key 00000000000000aa {}", "5".repeat(64));
    let (head, rest) = old.split_once('\n').unwrap();
    std::fs::write(key_file, format!("{head}\n{new}\n{rest}")).unwrap();
    format!("{head}\n{new}\n")
}

#[tokio::test]
async fn se5_secrets_are_sealed_anew_so_that_an_old_key_can_go() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let id = bench.create(with_account(connector("x"), "u", CANARY)).await.unwrap().id;
    bench.create(with_account(connector("y"), "u", "other")).await.unwrap();
    bench.stop().await;
    let key_file = settings(folder.path()).key_path();
    let new_only = rotate(&key_file);

    let bench = Bench::start(folder.path()).await;
    let mut access = AccessServiceClient::new(bench.channel.clone());
    let done = access.rewrap_secrets(RewrapSecretsRequest {}).await.unwrap().into_inner();
    assert_eq!((done.rewrapped, done.current, done.key_id.as_str()), (2, 0, "00000000000000aa"));
    let again = access.rewrap_secrets(RewrapSecretsRequest {}).await.unwrap().into_inner();
    assert_eq!((again.rewrapped, again.current), (0, 2));
    assert_eq!(account(&bench, &id).await, canary());
    let trail = bench.audit().await;
    assert!(trail.iter().any(|record| record.method.ends_with("/RewrapSecrets") && record.result == "OK"));
    let before = RelayEnd::open(&bench, "r", [1; 16]).await.snapshot().await;
    bench.stop().await;

    std::fs::write(&key_file, new_only).unwrap();
    let bench = Bench::start(folder.path()).await;
    let after = RelayEnd::open(&bench, "r", [1; 16]).await.snapshot().await;
    assert_eq!((before.revision, before.digest), (after.revision, after.digest), "as a restart finds it");
    bench.stop().await;
}

#[tokio::test]
async fn se5_a_store_whose_secrets_no_key_opens_is_not_served_and_the_key_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    bench.create(with_account(connector("x"), "u", CANARY)).await.unwrap();
    bench.stop().await;
    let key_file = settings(folder.path()).key_path();
    let old = std::fs::read_to_string(&key_file).unwrap();
    let key_id = old.lines().nth(1).unwrap().split(' ').nth(1).unwrap().to_owned();
    let new_only = rotate(&key_file);
    std::fs::write(&key_file, new_only).unwrap();
    let error = format!("{:#}", App::build(settings(folder.path())).await.unwrap_err());
    assert!(error.contains(&format!("needs the master key {key_id}")), "{error}");
}

/// The sealed secret in a store that nobody serves, put back there if one is given.
async fn sealed_secret(folder: &std::path::Path, put_back: Option<StoredRecord>) -> StoredRecord {
    let data_dir = folder.join("data");
    let store = tokio::task::spawn_blocking(move || SledStore::open(&data_dir).unwrap()).await.unwrap();
    if let Some(StoredRecord { key, body, wire_hash, .. }) = put_back {
        let base = store.snapshot().await.unwrap().revision;
        let puts = vec![Put { key, body, wire_hash }];
        store.apply(Change { base, puts, ..Change::default() }).await.unwrap();
    }
    let records = store.snapshot().await.unwrap().records;
    tokio::task::spawn_blocking(move || drop(store)).await.unwrap();
    records.into_iter().find(|record| record.key.kind == Kind::Credential).unwrap()
}

#[tokio::test]
async fn se5_an_old_secret_that_is_put_back_on_the_disk_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let created = bench.create(with_account(connector("x"), "u", "old")).await.unwrap();
    bench.stop().await;
    let old = sealed_secret(folder.path(), None).await;
    let mut bench = Bench::start(folder.path()).await;
    bench.update(with_account(created, "u", CANARY), &["credential"]).await.unwrap();
    bench.stop().await;
    let new = sealed_secret(folder.path(), None).await;
    sealed_secret(folder.path(), Some(old)).await;
    let error = format!("{:#}", App::build(settings(folder.path())).await.unwrap_err());
    assert!(error.contains("not those that were written last"), "{error}");
    sealed_secret(folder.path(), Some(new)).await;
    Bench::start(folder.path()).await.stop().await;
}
