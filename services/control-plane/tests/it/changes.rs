//! Writing and reading connectors.

use postroad_api::connector::v1 as admin;

use crate::bench::{Bench, connector, with_account};

#[tokio::test]
async fn a_connector_is_created_read_changed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let created = bench.create(connector("Internet")).await.unwrap();
    assert_eq!(created.id.len(), 36);
    assert_eq!((created.port, created.enabled, created.max_message_size), (25, Some(true), Some(36_700_160)));
    assert!(created.revision > 0 && created.create_time.is_some() && created.etag.starts_with('"'));
    assert_eq!(bench.get(&created.id).await.unwrap(), created);
    assert_eq!(bench.get("INTERNET").await.unwrap(), created, "names are found without regard to case");

    let change = admin::Connector { enabled: Some(false), comment: "not named".into(), ..created.clone() };
    let updated = bench.update(change, &["enabled"]).await.unwrap();
    assert_eq!((updated.enabled, updated.comment.as_str()), (Some(false), ""));
    assert!(updated.revision > created.revision && updated.etag != created.etag);
    assert_eq!(updated.create_time, created.create_time);
    assert_eq!(bench.get(&created.id).await.unwrap(), updated);

    let renamed = admin::Connector { name: "Elsewhere".into(), ..updated.clone() };
    let renamed = bench.update(renamed, &["name"]).await.unwrap();
    assert_eq!(renamed.name, "Elsewhere");

    let revision = bench.delete("elsewhere", &renamed.etag).await.unwrap();
    assert!(revision > renamed.revision);
    assert!(bench.get(&created.id).await.is_err());
    bench.stop().await;
}

#[tokio::test]
async fn pages_hold_every_connector_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let mut expected = Vec::new();
    for at in 0..7 {
        expected.push(bench.create(connector(&format!("c{at}"))).await.unwrap().id);
    }
    expected.sort();
    let (mut found, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let request = admin::ListConnectorsRequest { page_size: 3, page_token: token, ..Default::default() };
        let page = bench.connectors.list_connectors(request).await.unwrap().into_inner();
        assert!(page.revision > 0);
        found.extend(page.connectors.into_iter().map(|connector| connector.id));
        pages += 1;
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((found, pages), (expected, 3));
    bench.stop().await;
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let one = admin::Connector { require_tls: true, ..connector("one") };
    let first = bench.create(with_account(one, "u", "hush")).await.unwrap();
    let second = bench.create(connector("two")).await.unwrap();
    bench.delete(&second.id, &second.etag).await.unwrap();
    bench.stop().await;

    let mut bench = Bench::start(folder.path()).await;
    assert_eq!(bench.get("one").await.unwrap(), first, "etag and times included");
    assert!(bench.get("two").await.is_err());
    let third = bench.create(connector("three")).await.unwrap();
    assert!(third.revision > second.revision + 1, "revisions go on");
    bench.stop().await;
}

#[tokio::test]
async fn a_rehearsal_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let kept = bench.create(connector("kept")).await.unwrap();
    let create =
        admin::CreateConnectorRequest { connector: Some(connector("new")), validate_only: true, ..Default::default() };
    let rehearsed = bench.connectors.create_connector(create).await.unwrap().into_inner();
    assert_eq!((rehearsed.name.as_str(), rehearsed.id.as_str(), rehearsed.etag.as_str()), ("new", "", ""));
    let update = admin::UpdateConnectorRequest {
        connector: Some(admin::Connector { comment: "c".into(), ..kept.clone() }),
        update_mask: vec!["comment".into()],
        validate_only: true,
        ..Default::default()
    };
    assert_eq!(bench.connectors.update_connector(update).await.unwrap().into_inner().comment, "c");
    let delete = admin::DeleteConnectorRequest {
        connector: kept.id.clone(),
        etag: kept.etag.clone(),
        validate_only: true,
        ..Default::default()
    };
    bench.connectors.delete_connector(delete).await.unwrap();
    let all = bench.connectors.list_connectors(admin::ListConnectorsRequest::default()).await.unwrap().into_inner();
    assert_eq!(all.connectors, [kept]);
    bench.stop().await;
}

#[tokio::test]
async fn writers_at_the_same_time_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let one = bench.create(connector("contended")).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for at in 0..20 {
        let mut client = bench.connectors.clone();
        let change = admin::Connector { labels: [(format!("k{at}"), "v".to_owned())].into(), ..one.clone() };
        writers.spawn(async move {
            let mine =
                admin::CreateConnectorRequest { connector: Some(connector(&format!("w{at}"))), ..Default::default() };
            client.create_connector(mine).await.unwrap();
            let request = admin::UpdateConnectorRequest {
                connector: Some(change),
                update_mask: vec!["labels".into()],
                validate_only: false,
                ..Default::default()
            };
            client.update_connector(request).await.is_ok()
        });
    }
    let winners = writers.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(winners, 1, "one etag serves one update");
    let all = bench.connectors.list_connectors(admin::ListConnectorsRequest::default()).await.unwrap().into_inner();
    assert_eq!(all.connectors.len(), 21);
    bench.stop().await;
}

#[tokio::test]
async fn a_write_that_may_not_be_meant_is_answered_with_warnings() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let paths = |c: &admin::Connector| c.warnings.iter().map(|warning| warning.path.clone()).collect::<Vec<_>>();
    let mut odd = with_account(connector("odd"), "u", "p");
    odd.address_spaces.push(admin::AddressSpace { r#type: "X400".into(), space: "c=us".into(), cost: None });
    let created = bench.create(odd).await.unwrap();
    assert_eq!(paths(&created), ["address_spaces[1].type", "require_tls"]);
    assert!(created.warnings.iter().all(|warning| !warning.text.is_empty()));
    let read = bench.get("odd").await.unwrap();
    assert!(read.warnings.is_empty(), "they are told to who writes");
    let updated = bench.update(admin::Connector { require_tls: true, ..created }, &["require_tls"]).await.unwrap();
    assert_eq!(paths(&updated), ["address_spaces[1].type"]);
    let odd = with_account(connector("odd too"), "u", "p");
    let rehearsal = admin::CreateConnectorRequest { connector: Some(odd), validate_only: true, ..Default::default() };
    let rehearsed = bench.connectors.create_connector(rehearsal).await.unwrap().into_inner();
    assert_eq!(paths(&rehearsed), ["require_tls"]);
    bench.stop().await;
}

/// Clients take messages of up to 4 MiB.
#[tokio::test]
async fn answers_about_many_large_connectors_fit_into_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    for at in 0..130 {
        let mut large = connector(&format!("c{at}"));
        large.smart_hosts = (0..100)
            .map(|host| admin::SmartHost { host: format!("h{host}.{}.example", "x".repeat(60)), ..Default::default() })
            .collect();
        large.address_spaces = (0..500)
            .map(|space| admin::AddressSpace {
                space: format!("d{space}.{}.example", "y".repeat(60)),
                ..Default::default()
            })
            .collect();
        bench.create(large).await.unwrap();
    }
    let mut names = std::collections::BTreeSet::new();
    let mut page_token = String::new();
    let mut pages = 0;
    loop {
        let request = admin::ListConnectorsRequest { page_size: 1_000, page_token, ..Default::default() };
        let page = bench.connectors.list_connectors(request).await.unwrap().into_inner();
        names.extend(page.connectors.into_iter().map(|connector| connector.name));
        pages += 1;
        if page.next_page_token.is_empty() {
            break;
        }
        page_token = page.next_page_token;
    }
    assert_eq!(names.len(), 130);
    assert!(pages > 1, "they would have fitted anyway");
    let request = admin::ExplainRouteRequest { recipient: "a@b.example".into(), ..Default::default() };
    let explained = bench.connectors.explain_route(request).await.unwrap().into_inner();
    assert_eq!(explained.eliminations.len() + explained.more_eliminations as usize, 130);
    bench.stop().await;
}
