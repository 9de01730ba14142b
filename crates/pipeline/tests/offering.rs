//! F3: the list that listeners offer follows the configuration and the hosts, and stands still otherwise.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;
use std::time::Duration;

use postroad_connector_model::{
    AddressSpaceDraft, Connector, ConnectorDraft, Epoch, RelayIdentity, Revision, SmartHostDraft, Snapshot,
};
use postroad_delivery::Learned;
use postroad_pipeline::Offering;
use postroad_routing::{RouteTable, compile};
use postroad_smtp_codec::{Capabilities, Extensions};
use tokio::sync::watch;

fn connector(id: &str, host: &str) -> Arc<Connector> {
    connector_with(id, host, |_| {})
}

fn connector_with(id: &str, host: &str, change: impl FnOnce(&mut ConnectorDraft)) -> Arc<Connector> {
    let mut draft = ConnectorDraft {
        id: id.to_owned(),
        name: id.to_owned(),
        address_spaces: vec![AddressSpaceDraft { space: "*".to_owned(), ..AddressSpaceDraft::default() }],
        smart_hosts: vec![SmartHostDraft { host: host.to_owned(), port: 25, ..SmartHostDraft::default() }],
        max_message_size: Some(0),
        ..ConnectorDraft::default()
    };
    change(&mut draft);
    Arc::new(Connector::from_draft(draft).unwrap().0)
}

fn table(connectors: &[Arc<Connector>]) -> Option<Arc<RouteTable>> {
    let snapshot = Snapshot {
        epoch: Epoch([1; 16]),
        revision: Revision(1),
        connectors: connectors.to_vec(),
        credentials: Default::default(),
        surroundings: Default::default(),
    };
    Some(Arc::new(compile(&snapshot, &RelayIdentity::default()).unwrap()))
}

fn with_dsn() -> Capabilities {
    Capabilities { eight_bit_mime: true, dsn: true, ..Capabilities::default() }
}

fn learn(learned: &watch::Sender<Learned>, connector: &Connector, offers: &Capabilities) {
    learned.send_if_modified(|learned| learned.learn(connector, &connector.smart_hosts[0], offers));
}

/// Until there is a newer list.
async fn next(offered: &mut watch::Receiver<Arc<Extensions>>) -> Extensions {
    tokio::time::timeout(Duration::from_secs(10), offered.changed()).await.expect("the list did not change").unwrap();
    **offered.borrow_and_update()
}

#[tokio::test]
async fn f3_the_list_is_recomputed_when_something_changes_and_only_then() {
    let (one, two) = (connector("one", "a.example"), connector("two", "b.example"));
    let (publish, tables) = watch::channel(None);
    let learned = watch::Sender::new(Learned::default());
    let offering = Offering::new(tables, learned.clone());
    let mut offered = offering.offered();
    assert_eq!(**offered.borrow_and_update(), Extensions::of_unknown_host(), "before any configuration");
    let task = tokio::spawn(offering.run());

    // One host answers; the other is unknown, so DSN is not offered, and the list does not change.
    publish.send_replace(table(&[one.clone(), two.clone()]));
    learn(&learned, &one, &with_dsn());
    // The second host answers.
    learn(&learned, &two, &with_dsn());
    assert_eq!(next(&mut offered).await, Extensions { dsn: true, ..Extensions::of_unknown_host() });

    // The same again is no change, and neither is what no client is offered.
    learn(&learned, &two, &with_dsn());
    learn(&learned, &two, &Capabilities { starttls: true, ..with_dsn() });
    let same = Capabilities { max_size: Some(1_000_000), ..with_dsn() };
    learn(&learned, &two, &same);
    let limited = next(&mut offered).await;
    assert!(limited.max_size.is_some_and(|size| size < 1_000_000) && limited.dsn);

    // A connector that goes takes what was known of it with it.
    publish.send_replace(table(std::slice::from_ref(&one)));
    assert_eq!(next(&mut offered).await.max_size, None);
    assert_eq!(learned.borrow().len(), 1);
    publish.send_replace(table(&[connector("one", "c.example")]));
    assert!(!next(&mut offered).await.dsn, "another host is a host that has not answered");
    assert!(learned.borrow().is_empty());

    drop(publish);
    tokio::time::timeout(Duration::from_secs(10), task).await.expect("the task goes on without a source").unwrap();
}

/// Other relays' connectors do not count, for their hosts are never asked from here; one that is linked to a listener does.
#[tokio::test]
async fn f3_the_connectors_that_count_are_those_that_this_relay_can_use() {
    let one = connector("one", "a.example");
    let elsewhere = connector_with("elsewhere", "b.example", |draft| draft.source_relays = vec!["other".to_owned()]);
    let linked = connector_with("linked", "c.example", |draft| {
        draft.linked_listener = "apps".to_owned();
        draft.address_spaces.clear();
    });
    let learned = watch::Sender::new(Learned::default());
    learn(&learned, &one, &with_dsn());
    let offers = |connectors: &[Arc<Connector>]| {
        let (_publish, tables) = watch::channel(table(connectors));
        **Offering::new(tables, learned.clone()).offered().borrow()
    };
    assert!(offers(&[one.clone(), elsewhere]).dsn);
    assert!(!offers(&[one, linked]).dsn);
}
