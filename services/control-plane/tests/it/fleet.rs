//! Sites, links and relays.

use postroad_api::config::v1::RecordKind;
use postroad_api::fleet::v1 as fleet;
use tonic::Code;

use crate::bench::{Bench, refusal};
use crate::relay::RelayEnd;

fn site(name: &str) -> fleet::CreateSiteRequest {
    let site = fleet::Site { name: name.into(), comment: "c".into(), ..Default::default() };
    fleet::CreateSiteRequest { site: Some(site), ..Default::default() }
}

fn link(from: &str, to: &str, cost: Option<u32>) -> fleet::SiteLink {
    fleet::SiteLink { from_site: from.into(), to_site: to.into(), cost, ..Default::default() }
}

fn create_link(link: fleet::SiteLink) -> fleet::CreateSiteLinkRequest {
    fleet::CreateSiteLinkRequest { site_link: Some(link), ..Default::default() }
}

#[tokio::test]
async fn sites_and_links_are_kept_and_one_in_use_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let hel = bench.fleet.create_site(site("Hel")).await.unwrap().into_inner();
    bench.fleet.create_site(site("brno")).await.unwrap();
    let taken = bench.fleet.create_site(site("HEL")).await.unwrap_err();
    assert_eq!(refusal(&taken), (Code::AlreadyExists, "NAME_IN_USE".into(), vec!["name".into()]));
    let odd = bench.fleet.create_site(site("no blanks")).await.unwrap_err();
    assert_eq!(refusal(&odd), (Code::InvalidArgument, "INVALID_SITE".into(), vec!["name".into()]));

    let made = bench.fleet.create_site_link(create_link(link("Hel", "brno", None))).await.unwrap().into_inner();
    assert_eq!((made.from_site.as_str(), made.to_site.as_str(), made.cost), ("brno", "Hel", Some(100)));
    let nowhere = bench.fleet.create_site_link(create_link(link("hel", "vienna", None))).await.unwrap_err();
    assert_eq!(refusal(&nowhere).2, ["to_site"]);
    let twice = bench.fleet.create_site_link(create_link(link("brno", "hel", None))).await.unwrap_err();
    assert_eq!(refusal(&twice).1, "NAME_IN_USE");
    let dearer = fleet::SiteLink { etag: made.etag.clone(), ..link("hel", "brno", Some(7)) };
    let update = fleet::UpdateSiteLinkRequest { site_link: Some(dearer), ..Default::default() };
    let dearer = bench.fleet.update_site_link(update.clone()).await.unwrap().into_inner();
    assert!(dearer.cost == Some(7) && dearer.revision > made.revision && dearer.create_time == made.create_time);
    assert_eq!(refusal(&bench.fleet.update_site_link(update).await.unwrap_err()).1, "STALE_ETAG");

    let gone = fleet::DeleteSiteRequest { name: "hel".into(), etag: hel.etag.clone(), ..Default::default() };
    let used = bench.fleet.delete_site(gone.clone()).await.unwrap_err();
    assert_eq!((used.code(), refusal(&used).1.as_str()), (Code::FailedPrecondition, "SITE_IN_USE"));
    assert_eq!(used.message(), "The site is used by the link brno - Hel.");
    bench.stop().await;

    let mut bench = Bench::start(folder.path()).await;
    let links = bench.fleet.list_site_links(fleet::ListSiteLinksRequest {}).await.unwrap().into_inner().site_links;
    assert_eq!(links, std::slice::from_ref(&dearer));
    let remove = fleet::DeleteSiteLinkRequest {
        from_site: "HEL".into(),
        to_site: "brno".into(),
        etag: dearer.etag,
        ..Default::default()
    };
    bench.fleet.delete_site_link(remove).await.unwrap();
    bench.fleet.delete_site(gone).await.unwrap();
    let sites = bench.fleet.list_sites(fleet::ListSitesRequest {}).await.unwrap().into_inner().sites;
    assert_eq!(sites.iter().map(|site| site.name.as_str()).collect::<Vec<_>>(), ["brno"]);
    bench.stop().await;
}

#[tokio::test]
async fn a_relay_has_the_site_and_the_labels_that_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    bench.fleet.create_site(site("brno")).await.unwrap();
    let grant = fleet::UpdateRelayRequest {
        name: "Edge-1".into(),
        site: "brno".into(),
        labels: [("tier".to_owned(), "edge".to_owned())].into(),
        ..Default::default()
    };
    let strange = fleet::UpdateRelayRequest { site: "nowhere".into(), ..grant.clone() };
    assert_eq!(refusal(&bench.fleet.update_relay(strange).await.unwrap_err()).2, ["site"]);
    let granted = bench.fleet.update_relay(grant.clone()).await.unwrap().into_inner();
    assert_eq!((granted.granted_site.as_str(), granted.labels["tier"].as_str()), ("brno", "edge"));
    let unasked = bench.fleet.update_relay(grant.clone()).await.unwrap_err();
    assert_eq!(refusal(&unasked).1, "ETAG_REQUIRED", "there is a record now");

    let mut relay = RelayEnd::open(&bench, "edge-1", [4; 16]).await;
    let records = relay.snapshot().await.records;
    let kinds: Vec<_> = records.iter().map(|record| record.key.as_ref().unwrap().kind()).collect();
    assert_eq!(kinds, [RecordKind::Site, RecordKind::Relay], "relays are told");
    let shown = bench.relays().await;
    assert_eq!(shown.len(), 1, "the record and the relay are one: {shown:?}");
    assert_eq!((shown[0].site.as_str(), shown[0].granted_site.as_str()), ("hel", "brno"));

    let moved = fleet::UpdateRelayRequest {
        site: String::new(),
        etag: granted.etag,
        update_mask: vec!["site".into()],
        labels: Default::default(),
        ..grant.clone()
    };
    let moved = bench.fleet.update_relay(moved).await.unwrap().into_inner();
    assert_eq!((moved.granted_site.as_str(), moved.labels.len()), ("", 1), "labels were not named");
    let odd = fleet::UpdateRelayRequest { update_mask: vec!["name".into()], etag: "*".into(), ..grant };
    assert_eq!(refusal(&bench.fleet.update_relay(odd).await.unwrap_err()).1, "UNKNOWN_MASK_PATH");
    let gone = fleet::DeleteRelayRequest { name: "EDGE-1".into(), etag: moved.etag, ..Default::default() };
    bench.fleet.delete_relay(gone).await.unwrap();
    assert!(bench.relays().await[0].labels.is_empty());
    bench.stop().await;
}
