//! `ExplainRoute`.

use postroad_api::connector::v1 as admin;
use tonic::Code;

use crate::bench::{Bench, connector, refusal};

#[tokio::test]
async fn it_names_the_choice_and_every_other_connector() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let space = |space: &str| vec![admin::AddressSpace { space: space.into(), ..Default::default() }];
    bench.create(connector("everything")).await.unwrap();
    bench.create(admin::Connector { address_spaces: space("contoso.com"), ..connector("exact") }).await.unwrap();
    bench.create(admin::Connector { address_spaces: space("*.contoso.com"), ..connector("below") }).await.unwrap();
    let off = admin::Connector { enabled: Some(false), address_spaces: space("contoso.com"), ..connector("off") };
    bench.create(off).await.unwrap();
    let small = admin::Connector { max_message_size: Some(1024), ..connector("small") };
    let newest = bench.create(small).await.unwrap();

    let ask = |recipient: &str| admin::ExplainRouteRequest {
        recipient: recipient.into(),
        sender: "a@b.example".into(),
        size: 5_000,
        ..Default::default()
    };
    let answer = bench.connectors.explain_route(ask("user@Contoso.COM")).await.unwrap().into_inner();
    assert_eq!(answer.revision, newest.revision);
    let chosen = answer.chosen.unwrap();
    assert_eq!((chosen.name.as_str(), chosen.address_space.as_str()), ("exact", "SMTP:contoso.com;1"));
    let mut out: Vec<_> = answer.eliminations.iter().map(|e| (e.name.as_str(), e.reason())).collect();
    out.sort_by_key(|(name, _)| *name);
    use admin::EliminationReason as Reason;
    assert_eq!(
        out,
        [
            ("below", Reason::LessSpecific),
            ("everything", Reason::LessSpecific),
            ("off", Reason::Disabled),
            ("small", Reason::Size)
        ]
    );
    assert!(answer.eliminations.iter().all(|e| !e.text.is_empty()));

    bench.delete("everything", "*").await.unwrap();
    let none = bench.connectors.explain_route(ask("user@else.example")).await.unwrap().into_inner();
    assert!(none.chosen.is_none());
    assert!(!none.refusal.is_empty(), "a client is told something");

    let bad =
        admin::ExplainRouteRequest { recipient: "nobody".into(), sender: "<>".into(), size: 0, ..Default::default() };
    let (code, _, fields) = refusal(&bench.connectors.explain_route(bad).await.unwrap_err());
    assert_eq!((code, fields), (Code::InvalidArgument, vec!["recipient".to_owned(), "sender".to_owned()]));
    bench.stop().await;
}

#[tokio::test]
async fn a_proposed_set_and_many_recipients_can_be_asked_about() {
    use admin::connector_change::Change;

    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    bench.create(connector("everything")).await.unwrap();
    let mut exact = connector("exact");
    exact.address_spaces[0].space = "contoso.com".into();
    let change = |change| admin::ConnectorChange { change: Some(change) };
    let ask = admin::ExplainRouteRequest {
        sender: "a@b.example".into(),
        recipients: vec!["u@contoso.com".into(), "u@fabrikam.com".into(), "nobody".into()],
        proposed: vec![change(Change::Create(exact.clone()))],
        ..Default::default()
    };
    let answer = bench.connectors.explain_route(ask.clone()).await.unwrap().into_inner();
    let names: Vec<_> =
        answer.routes.iter().map(|route| route.chosen.as_ref().map_or("", |chosen| chosen.name.as_str())).collect();
    assert_eq!(names, ["exact", "everything", ""]);
    assert!(answer.routes[2].refusal.contains("Write a mailbox"), "{answer:?}");
    assert_eq!(answer.routes[0].runner_up.as_ref().unwrap().name, "everything");
    assert!(answer.chosen.is_none() && answer.eliminations.is_empty(), "no single recipient was asked about");
    assert!(bench.get("exact").await.is_err(), "nothing was stored");

    exact.smart_hosts[0].port = 70_000;
    let bad = admin::ExplainRouteRequest { proposed: vec![change(Change::Create(exact))], ..ask.clone() };
    let (code, _, fields) = refusal(&bench.connectors.explain_route(bad).await.unwrap_err());
    assert_eq!((code, fields), (Code::InvalidArgument, vec!["proposed[0].connector.smart_hosts[0].port".to_owned()]));
    let many = admin::ExplainRouteRequest { recipients: vec!["a@b.example".into(); 10_000], ..ask };
    assert_eq!(refusal(&bench.connectors.explain_route(many).await.unwrap_err()).1, "LIMIT_EXCEEDED");
    bench.stop().await;
}
