//! The audit trail (SE9).

use postroad_api::connector::v1 as admin;
use postroad_api::fleet::v1::access_service_client::AccessServiceClient;
use postroad_api::fleet::v1::{AuditRecord, ListAuditRecordsRequest};

use crate::bench::{Bench, connector, with_account};

const CANARY: &str = "canary-9c3f-in-a-coal-mine";

#[tokio::test]
async fn se9_who_changed_what_from_where_is_recorded_with_the_change() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let id = "5f0c8a52-90d5-4c0e-9d6b-2f1f4f6f0f5e";
    let mut request = tonic::Request::new(admin::CreateConnectorRequest {
        connector: Some(with_account(connector("x"), "u", CANARY)),
        request_id: id.into(),
        ..Default::default()
    });
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    request.metadata_mut().insert("traceparent", format!("00-{trace}-00f067aa0ba902b7-01").parse().unwrap());
    let created = bench.connectors.create_connector(request).await.unwrap().into_inner();
    let change = with_account(admin::Connector { comment: "why".into(), ..created.clone() }, "u", "canary-other");
    let updated = bench.update(change, &["comment", "credential"]).await.unwrap();
    let refused = admin::Connector { comment: "again".into(), ..created.clone() };
    bench.update(refused, &["comment"]).await.unwrap_err();
    bench.delete("x", &updated.etag).await.unwrap();

    let trail = bench.audit().await;
    let [deleted, stale, changed, first] = trail.as_slice() else { panic!("{trail:?}") };
    assert_eq!((first.actor.as_str(), first.trace_id.as_str(), first.request_id.as_str()), ("anonymous", trace, id));
    assert_eq!(first.method, "postroad.connector.v1.ConnectorService/CreateConnector");
    assert!(first.peer_address.starts_with("127.0.0.1:"), "{first:?}");
    assert_eq!((first.revision_before, first.revision_after), (created.revision - 1, created.revision));
    let paths =
        |record: &AuditRecord| record.objects[0].fields.iter().map(|field| field.path.clone()).collect::<Vec<_>>();
    assert!(paths(first).contains(&"smart_hosts".to_owned()));
    assert_eq!(paths(changed), ["comment", "credential.basic.password"]);
    let fields = &changed.objects[0].fields;
    assert_eq!((fields[0].before.as_str(), fields[0].after.as_str()), ("", "\"why\""));
    assert_eq!((fields[1].before.as_str(), fields[1].after.as_str()), ("", ""), "a secret has only changed");
    assert_eq!((stale.result.as_str(), stale.revision_after), ("STALE_ETAG", updated.revision));
    assert_eq!((deleted.objects[0].action.as_str(), deleted.objects[0].name.as_str()), ("deleted", "x"));
    assert!([first, changed, deleted].iter().all(|record| record.result == "OK" && record.time.is_some()));
    let chain: std::collections::BTreeSet<_> = trail.iter().map(|record| &record.previous_hash).collect();
    assert_eq!(chain.len(), 4, "each has the hash of the one before");
    for record in &trail {
        let octets = prost::Message::encode_to_vec(record);
        assert!(!octets.windows(6).any(|window| window == b"canary"), "{record:?}");
    }
    bench.stop().await;
}

#[tokio::test]
async fn se9_the_trail_has_pages_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    for at in 0..7 {
        bench.create(connector(&format!("c{at}"))).await.unwrap();
    }
    bench.stop().await;
    let bench = Bench::start(folder.path()).await;
    let whole = bench.audit().await;
    assert_eq!(whole.len(), 7);
    let mut client = AccessServiceClient::new(bench.channel.clone());
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListAuditRecordsRequest { page_size: 3, page_token };
        let page = client.list_audit_records(request).await.unwrap().into_inner();
        found.extend(page.records);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(found, whole);
    bench.stop().await;
}
