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
