//! The config stream.

use postroad_api::config::v1 as wire;
use postroad_api::fleet::v1::RelayState;
use tonic::Code;
use wire::stream_config_request::Message as Request;
use wire::stream_config_response::Message as Response;

use crate::bench::{Bench, connector};
use crate::relay::RelayEnd;

#[tokio::test]
async fn a_relay_gets_everything_and_each_change() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let mut relay = RelayEnd::open(&bench, "r1", [1; 16]).await;
    let first = relay.next().await.unwrap().unwrap();
    assert!(matches!(&first, Response::Heartbeat(beat) if beat.epoch.len() == 16), "{first:?}");
    let empty = relay.snapshot().await;
    assert_eq!((empty.records.len(), empty.transfer), (0, 1), "an empty view is said");
    relay.ack(&empty).await;

    let created = bench.create(connector("one")).await.unwrap();
    let one = relay.snapshot().await;
    assert_eq!((one.records.len(), one.revision), (1, created.revision));
    relay.ack(&one).await;
    let relays = bench.relays_until(|relays| relays[0].applied_revision == created.revision).await;
    let shown = &relays[0];
    assert_eq!((shown.name.as_str(), shown.site.as_str(), shown.version.as_str()), ("r1", "hel", "9.9"));
    assert_eq!((shown.state(), shown.target_revision), (RelayState::Connected, created.revision));
    assert_eq!(shown.listeners, ["smtp"]);
    assert!(shown.peer_address.starts_with("127.0.0.1:"));

    assert!(!one.allow_mass_delete);
    bench.delete("one", "*").await.unwrap();
    let none = relay.snapshot().await;
    assert!(none.records.is_empty() && none.allow_mass_delete, "an operator removed it");
    drop(relay);
    bench.relays_until(|relays| relays[0].state() == RelayState::Disconnected).await;
    bench.stop().await;
}

#[tokio::test]
async fn a_refusal_is_shown_and_not_answered_by_the_same_view() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let created = bench.create(connector("one")).await.unwrap();
    let mut relay = RelayEnd::open(&bench, "r1", [1; 16]).await;
    let refused = relay.snapshot().await;
    let problem = wire::Problem {
        key: Some(wire::RecordKey { kind: wire::RecordKind::Connector.into(), id: created.id.clone() }),
        field_path: "smart_hosts[0].host".into(),
        text: "no".into(),
        ..Default::default()
    };
    let nack = wire::Nack { transfer: refused.transfer, problems: vec![problem], ..Default::default() };
    relay.send(Request::Nack(nack)).await;
    let relays = bench.relays_until(|relays| relays[0].state() == RelayState::Refusing).await;
    let refusal = relays[0].last_refusal.clone().unwrap();
    assert_eq!(refusal.revision, created.revision);
    assert_eq!(
        (refusal.problems[0].connector_id.as_str(), refusal.problems[0].field_path.as_str()),
        (created.id.as_str(), "smart_hosts[0].host")
    );

    // SR5: the next thing this process is sent is the next revision, on this stream and on the next one.
    drop(relay);
    let mut again = RelayEnd::open(&bench, "r1", [1; 16]).await;
    bench.relays_until(|relays| relays[0].state() == RelayState::Refusing).await;
    let second = bench.create(connector("two")).await.unwrap();
    assert_eq!(again.snapshot().await.revision, second.revision);
    bench.stop().await;
}

#[tokio::test]
async fn a_newer_stream_of_the_same_process_takes_over() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path()).await;
    let mut first = RelayEnd::open(&bench, "r1", [1; 16]).await;
    first.snapshot().await;
    let mut second = RelayEnd::open(&bench, "r1", [1; 16]).await;
    second.snapshot().await;
    let Some(Response::GoAway(away)) = first.next().await.unwrap() else { panic!("no GoAway") };
    assert_eq!(away.reason(), wire::GoAwayReason::Superseded);
    assert!(first.next().await.unwrap().is_none(), "then the stream ends");
    bench.stop().await;
}

#[tokio::test]
async fn streams_end_with_the_shutdown_within_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path()).await;
    let mut relay = RelayEnd::open(&bench, "r1", [1; 16]).await;
    relay.snapshot().await;
    bench.shutdown.begin();
    let Some(Response::GoAway(away)) = relay.next().await.unwrap() else { panic!("no GoAway") };
    assert_eq!(away.reason(), wire::GoAwayReason::Drain);
    assert!(relay.next().await.unwrap().is_none());
    let began = std::time::Instant::now();
    bench.stop().await;
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_stream_that_breaks_the_protocol_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let nameless = wire::Hello { boot_id: vec![1; 16], ..Default::default() };
    let large = wire::Hello {
        relay_name: "r".into(),
        boot_id: vec![1; 16],
        listeners: vec!["x".repeat(1_000); 20],
        ..Default::default()
    };
    let huge = wire::Hello { listeners: vec!["x".repeat(100_000); 20], ..large.clone() };
    for (first, code) in [
        (Request::Hello(nameless), Code::InvalidArgument),
        (Request::Hello(large), Code::InvalidArgument),
        (Request::Ack(wire::Ack::default()), Code::InvalidArgument),
    ] {
        let mut relay = RelayEnd::say(&bench, first).await;
        assert_eq!(relay.next().await.unwrap_err().code(), code);
    }
    // Beyond the limit of a message the stream simply ends, and nothing is kept of it.
    let mut relay = RelayEnd::say(&bench, Request::Hello(huge)).await;
    assert!(!matches!(relay.next().await, Ok(Some(_))));
    assert!(bench.relays().await.is_empty());
    bench.stop().await;
}
