//! The trace of a failed-over message as a collector that was not written here receives it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::time::Duration;

use fake_opentelemetry_collector::FakeCollectorServer;
use postroad_test_support::{Bench, ClosedPort, Message, ScriptedHost, Verdict};
use tokio::runtime::Runtime;

#[test]
fn three_spans_of_one_trace_arrive_with_kinds_parents_and_status() {
    let runtime = Runtime::new().unwrap();
    let mut collector = runtime.block_on(FakeCollectorServer::start()).unwrap();
    let endpoint = collector.endpoint();
    let (closed, host) = (ClosedPort::new(), ScriptedHost::honest());
    let arguments = ["--otlp-endpoint", endpoint.as_str(), "--trace-sample-ratio", "1"];
    let bench = Bench::start(&[closed.address(), host.address()], &arguments);
    let verdict = bench.sender().send("a@sender.example", "b@rcpt.example", &Message::of_size("foreign", 400));
    let Verdict::Acked(answer) = verdict else { panic!("not accepted: {verdict:?}") };

    let mut spans = runtime.block_on(collector.exported_spans(3, Duration::from_secs(20)));
    assert_eq!(spans.len(), 3, "{spans:#?}");
    spans.sort_by_key(|span| (span.kind.clone(), span.start_time_unix_nano));
    let [refused, accepted, server] = spans.as_slice() else { panic!("{spans:#?}") };
    assert_eq!((server.kind.as_str(), server.name.as_str()), ("SPAN_KIND_SERVER", "smtp.receive smtp"));
    assert!(server.parent_span_id.is_empty(), "{server:#?}");
    for attempt in [refused, accepted] {
        assert_eq!((attempt.kind.as_str(), attempt.name.as_str()), ("SPAN_KIND_CLIENT", "smtp.send main"));
        assert_eq!((&attempt.trace_id, &attempt.parent_span_id), (&server.trace_id, &server.span_id));
    }
    let code = |span: &fake_opentelemetry_collector::ExportedSpan| {
        span.status.as_ref().map_or_else(|| "STATUS_CODE_UNSET".to_owned(), |status| status.code.clone())
    };
    assert_eq!(code(refused), "STATUS_CODE_ERROR", "{refused:#?}");
    assert!(refused.attributes["error.type"].contains("connect_refused"), "{refused:#?}");
    assert_eq!((code(accepted).as_str(), code(server).as_str()), ("STATUS_CODE_UNSET", "STATUS_CODE_UNSET"));
    let id = answer.lines.last().unwrap().rsplit(" id=").next().unwrap();
    assert_eq!(id, server.trace_id, "the final reply names the trace");
}
