//! Lists: filters, orders, pages.

use postroad_api::connector::v1 as admin;
use tonic::{Code, Status};

use crate::bench::{Bench, connector, refusal};

fn ask(filter: &str, order_by: &str) -> admin::ListConnectorsRequest {
    admin::ListConnectorsRequest {
        filter: filter.into(),
        order_by: order_by.into(),
        page_size: 2,
        ..Default::default()
    }
}

/// Names over all pages.
async fn names(bench: &mut Bench, request: admin::ListConnectorsRequest) -> Result<Vec<String>, Status> {
    let (mut found, mut request) = (Vec::new(), request);
    loop {
        let page = bench.connectors.list_connectors(request.clone()).await?.into_inner();
        assert!(page.connectors.len() <= 2);
        found.extend(page.connectors.into_iter().map(|connector| connector.name));
        if page.next_page_token.is_empty() {
            return Ok(found);
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn a_filter_and_an_order_say_which_connectors_come_and_how() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    for (name, space, team, enabled) in [
        ("beta", "*", "ops", true),
        ("Alpha", "contoso.com", "ops", false),
        ("gamma", "*.contoso.com", "mail", true),
        ("delta", "fabrikam.com", "", true),
    ] {
        let mut one = admin::Connector { enabled: Some(enabled), ..connector(name) };
        one.address_spaces[0].space = space.into();
        if !team.is_empty() {
            one.labels = [("team".to_owned(), team.to_owned())].into();
        }
        bench.create(one).await.unwrap();
    }
    for (filter, order, expected) in [
        ("", "name", vec!["Alpha", "beta", "delta", "gamma"]),
        ("", "name desc", vec!["gamma", "delta", "beta", "Alpha"]),
        ("enabled=true AND labels.team=ops", "name", vec!["beta"]),
        ("labels.team!=ops", "name", vec!["delta", "gamma"]),
        ("address_space=contoso.com", "name", vec!["Alpha"]),
        ("address_space:contoso.com", "name", vec!["Alpha", "gamma"]),
        ("name:\"ta\" AND usage=custom", "name desc", vec!["delta", "beta"]),
        ("site=hel", "", vec![]),
    ] {
        assert_eq!(names(&mut bench, ask(filter, order)).await.unwrap(), expected, "{filter} {order}");
    }
    let mut by_id = names(&mut bench, ask("", "id")).await.unwrap();
    let mut back = names(&mut bench, ask("", "id desc")).await.unwrap();
    back.reverse();
    assert_eq!(by_id, back);
    by_id.sort();
    assert_eq!(by_id.len(), 4);
    bench.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_of_a_list_is_told_and_a_token_serves_its_own_list_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    for at in 0..3 {
        bench.create(connector(&format!("c{at}"))).await.unwrap();
    }
    let status = names(&mut bench, ask("enabled=maybe", "")).await.unwrap_err();
    assert_eq!(refusal(&status), (Code::InvalidArgument, "FILTER_INVALID".into(), vec!["filter".into()]));
    assert_eq!(status.message(), "At character 9: Write true or false.");
    let status = names(&mut bench, ask("", "cost")).await.unwrap_err();
    assert_eq!(refusal(&status).2, ["order_by"]);
    let first = bench.connectors.list_connectors(ask("", "name")).await.unwrap().into_inner();
    let page_token = first.next_page_token;
    assert!(!page_token.is_empty());
    for other in [ask("", "name desc"), ask("enabled=true", "name")] {
        let request = admin::ListConnectorsRequest { page_token: page_token.clone(), ..other };
        let status = bench.connectors.list_connectors(request).await.unwrap_err();
        assert_eq!(refusal(&status).1, "PAGE_TOKEN_INVALID");
    }
    bench.stop().await;
}
