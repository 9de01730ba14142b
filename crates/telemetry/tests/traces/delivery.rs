//! The way to the collector: it gets the very spans, and when it is dead nobody waits for it.

use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use postroad_telemetry::{Settings, Telemetry, TelemetryError};

use crate::collector::Collector;
use crate::scene::{self, SECOND};

fn settings(endpoint: String) -> Settings {
    let mut settings = Settings::new("postroad-test", "1.2.3");
    settings.sample_ratio = 1.0;
    settings.relay = "relay-a".into();
    settings.site = "vienna".into();
    settings.endpoint = Some(endpoint);
    settings.export_delay = Duration::from_millis(20);
    settings
}

fn text(attributes: &[KeyValue], name: &str) -> Option<String> {
    let value = attributes.iter().find(|a| a.key == name)?.value.clone()?.value?;
    match value {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_collector_gets_the_reserved_ids() {
    let mut collector = Collector::start().await;
    let mut settings = settings(format!("http://{}", collector.address));
    let capture = postroad_telemetry::Capture::new();
    settings.capture = Some(capture.clone());
    let telemetry = Telemetry::start(settings).unwrap();
    let record = scene::failed_over();
    telemetry.recorder().record(&record);
    assert_eq!(capture.spans().len(), 3, "captured at once, beside the export");
    let request = collector.next().await;
    let [resource] = request.resource_spans.as_slice() else { panic!("one resource") };
    let about = &resource.resource.as_ref().unwrap().attributes;
    for (name, value) in [
        ("service.name", "postroad-test"),
        ("service.namespace", "postroad"),
        ("service.version", "1.2.3"),
        ("postroad.relay", "relay-a"),
        ("postroad.site", "vienna"),
    ] {
        assert_eq!(text(about, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(text(about, "service.instance.id").unwrap().len(), 36);
    let [scope] = resource.scope_spans.as_slice() else { panic!("one scope") };
    assert_eq!(scope.scope.as_ref().unwrap().name, "postroad");
    let spans = &scope.spans;
    assert_eq!(spans.len(), 3);
    let server = spans.iter().find(|span| span.kind() == SpanKind::Server).unwrap();
    assert_eq!(server.trace_id, record.trace_id.to_bytes());
    assert_eq!(server.span_id, record.span_id.to_bytes());
    assert_eq!(server.parent_span_id, Vec::<u8>::new());
    assert_eq!(server.start_time_unix_nano, 1_700_000_001_000_000_000);
    assert_eq!(server.end_time_unix_nano, 1_700_000_004_000_000_000);
    assert_eq!(text(&server.attributes, "smtp.reply.code").as_deref(), Some("250"));
    for attempt in &record.attempts {
        let span = spans.iter().find(|span| span.span_id == attempt.span_id.to_bytes()).unwrap();
        assert_eq!((span.kind(), &span.trace_id), (SpanKind::Client, &server.trace_id));
        assert_eq!(span.parent_span_id, record.span_id.to_bytes());
    }
    assert_eq!(telemetry.dropped(), 0);
    assert_eq!(telemetry.shutdown(5 * SECOND).await, 0);
}

/// The shutdown alone brings what waits, also from a runtime with one thread.
#[tokio::test]
async fn the_shutdown_flushes() {
    let mut collector = Collector::start().await;
    let mut settings = settings(format!("http://{}", collector.address));
    settings.export_delay = 3600 * SECOND;
    let telemetry = Telemetry::start(settings).unwrap();
    let recorder = telemetry.recorder();
    (0..600).for_each(|_| recorder.record(&scene::accepted()));
    assert_eq!(telemetry.shutdown(20 * SECOND).await, 0);
    let mut spans = 0;
    while spans < 1200 {
        let request = collector.next().await;
        spans += request.resource_spans.iter().flat_map(|r| &r.scope_spans).map(|s| s.spans.len()).sum::<usize>();
    }
    assert_eq!(spans, 1200);
}

/// Resident memory of this process in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// 200,000 spans to nobody: none of them waits, the queue stays within its bound, each one is accounted for.
async fn nobody_waits(endpoint: String) {
    let telemetry = Telemetry::start(settings(endpoint)).unwrap();
    let recorder = telemetry.recorder();
    let record = scene::accepted();
    let (before, began) = (resident(), Instant::now());
    let mut slowest = Duration::ZERO;
    for _ in 0..100_000 {
        let at = Instant::now();
        recorder.record(&record);
        slowest = slowest.max(at.elapsed());
    }
    let took = began.elapsed();
    assert!(took < 20 * SECOND, "100,000 transactions took {took:?}");
    assert!(slowest < SECOND, "one of them took {slowest:?}");
    let grown = resident().saturating_sub(before);
    assert!(grown < 150 * 1024, "memory grew by {grown} KiB");
    let lost = telemetry.dropped();
    assert!(lost >= 200_000 - 16_384 - 5_000, "only {lost} counted as lost");
    let began = Instant::now();
    assert_eq!(telemetry.shutdown(SECOND).await, 200_000);
    assert!(began.elapsed() < 2 * SECOND, "the shutdown took {:?}", began.elapsed());
    recorder.record(&record);
    drop(recorder);
    assert!(began.elapsed() < 2 * SECOND, "the last recorder took {:?} to go", began.elapsed());
}

#[tokio::test]
async fn nobody_waits_for_a_dead_collector() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    nobody_waits(endpoint).await;
}

/// It takes connections and never says a word.
#[tokio::test]
async fn nobody_waits_for_a_silent_collector() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    nobody_waits(format!("http://{}", listener.local_addr().unwrap())).await;
}

/// What was lost while the collector was away is counted; what comes after it arrives.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_comes_back_is_served() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let telemetry = Telemetry::start(settings(format!("http://{address}"))).unwrap();
    telemetry.recorder().record(&scene::accepted());
    let lost = async {
        while telemetry.dropped() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(20 * SECOND, lost).await.unwrap();
    let mut collector = Collector::start_at(address).await;
    let record = scene::accepted();
    telemetry.recorder().record(&record);
    let request = collector.next().await;
    let mut spans = request.resource_spans.iter().flat_map(|r| &r.scope_spans).flat_map(|s| &s.spans);
    assert!(spans.all(|span| span.trace_id == record.trace_id.to_bytes()));
    assert_eq!(telemetry.shutdown(5 * SECOND).await, 2);
}

#[tokio::test]
async fn a_telemetry_that_is_dropped_holds_nobody_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let telemetry = Telemetry::start(settings(format!("http://{}", listener.local_addr().unwrap()))).unwrap();
    let recorder = telemetry.recorder();
    (0..2000).for_each(|_| recorder.record(&scene::accepted()));
    let began = Instant::now();
    drop(telemetry);
    drop(recorder);
    assert!(began.elapsed() < 3 * SECOND, "took {:?}", began.elapsed());
}

#[test]
fn an_endpoint_that_is_none_is_named() {
    let error = Telemetry::start(settings("http://exa mple".into())).unwrap_err();
    assert!(matches!(error, TelemetryError::Endpoint(_)), "{error}");
    assert!(error.to_string().contains("exa mple"), "{error}");
}
