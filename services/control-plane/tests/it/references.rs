//! What a connector refers to, and what others have already.

use postroad_api::connector::v1 as admin;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::bench::{Bench, connector, refusal};
use crate::relay::RelayEnd;

fn linked(name: &str, listener: &str) -> admin::Connector {
    admin::Connector { address_spaces: Vec::new(), linked_listener: listener.into(), ..connector(name) }
}

#[tokio::test]
async fn unknown_certificates_are_named_with_all_other_faults() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let mut bad = connector("x");
    (bad.client_certificate, bad.trusted_roots, bad.smart_hosts[0].port) = ("nobody".into(), "none".into(), 70_000);
    let status = bench.create(bad).await.unwrap_err();
    let mut fields = refusal(&status).2;
    fields.sort();
    assert_eq!(fields, ["client_certificate", "smart_hosts[0].port", "trusted_roots"]);
    let texts: Vec<_> = status
        .get_error_details()
        .bad_request()
        .unwrap()
        .field_violations
        .iter()
        .map(|v| v.description.clone())
        .collect();
    assert!(texts.contains(&"No stored certificate with a private key has this name.".to_owned()), "{texts:?}");
    assert!(texts.contains(&"No stored certificate set has this name.".to_owned()), "{texts:?}");
    bench.stop().await;
}

#[tokio::test]
async fn the_usage_is_fixed_and_a_listener_is_linked_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let first = bench.create(linked("first", "Fax")).await.unwrap();
    let change = admin::Connector { usage: admin::Usage::Partner.into(), ..first.clone() };
    let status = bench.update(change, &["usage"]).await.unwrap_err();
    assert_eq!(refusal(&status), (Code::InvalidArgument, "INVALID_CONNECTOR".into(), vec!["usage".into()]));
    assert_eq!(status.message(), "Usage is fixed when the connector is created.");
    let same = admin::Connector { usage: admin::Usage::Custom.into(), comment: "c".into(), ..first.clone() };
    let first = bench.update(same, &["*"]).await.unwrap();

    let status = bench.create(linked("second", "fax")).await.unwrap_err();
    let expected = (Code::AlreadyExists, "LISTENER_LINKED".to_owned(), vec!["linked_listener".to_owned()]);
    assert_eq!(refusal(&status), expected);
    assert_eq!(status.message(), "Another connector is linked to this listener.");
    bench.delete(&first.id, &first.etag).await.unwrap();
    bench.create(linked("second", "fax")).await.unwrap();
    bench.stop().await;
}

#[tokio::test]
async fn relays_and_listeners_that_nobody_has_heard_of_are_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let paths = |c: &admin::Connector| c.warnings.iter().map(|warning| warning.path.clone()).collect::<Vec<_>>();
    let away = admin::Connector { source_relays: vec!["edge-1".into(), "group:edge".into()], ..linked("away", "smtp") };
    let created = bench.create(away).await.unwrap();
    assert_eq!(paths(&created), ["source_relays[0]", "source_relays[1]", "linked_listener"]);
    let mut relay = RelayEnd::open(&bench, "Edge-1", [3; 16]).await;
    relay.snapshot().await;
    let again = bench.update(admin::Connector { comment: "c".into(), ..created }, &["comment"]).await.unwrap();
    assert_eq!(paths(&again), ["source_relays[1]"], "it has come, and has named its listener");
    let later = admin::Connector { smart_hosts: Vec::new(), dns_routing: Some(true), ..connector("mx") };
    assert_eq!(paths(&bench.create(later).await.unwrap()), ["dns_routing"], "relays do not do it yet");
    bench.stop().await;
}
