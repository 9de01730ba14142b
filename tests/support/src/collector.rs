use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use tokio::runtime::Runtime;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

/// A collector of spans: speaks OTLP over gRPC and keeps what it gets.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    spans: Arc<Mutex<Vec<SeenSpan>>>,
    // Serves as long as it lives.
    _runtime: Runtime,
}

/// A span as it arrived.
#[derive(Clone, Debug)]
pub struct SeenSpan {
    /// Its name.
    pub name: String,
    /// Its kind, by OTLP's number: 2 = SERVER, 3 = CLIENT.
    pub kind: i32,
    /// Trace, in hex.
    pub trace_id: String,
    /// Span, in hex.
    pub span_id: String,
    /// Parent, in hex; empty for a root.
    pub parent_id: String,
    /// By OTLP's number: 0 = unset, 1 = ok, 2 = error.
    pub status: i32,
    /// Description of the status.
    pub status_text: String,
    /// Start and end, nanoseconds since 1970.
    pub times: (u64, u64),
    /// Attributes, printed.
    pub attributes: BTreeMap<String, String>,
    /// Attributes of the resource, printed.
    pub resource: BTreeMap<String, String>,
}

impl SeenSpan {
    /// An attribute, or the empty text.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

impl Collector {
    /// Starts it on a free port of loopback.
    ///
    /// # Panics
    /// When it cannot bind.
    #[must_use]
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let spans = Arc::new(Mutex::new(Vec::new()));
        let service = TraceServiceServer::new(Keeper { spans: Arc::clone(&spans) });
        let server = tonic::transport::Server::builder().add_service(service);
        runtime.spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Self { address, spans, _runtime: runtime }
    }

    /// What to give to `--otlp-endpoint`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until spans have come that satisfy this.
    ///
    /// # Panics
    /// When they do not come within 20 seconds.
    pub fn wait_for(&self, what: &str, enough: impl Fn(&[SeenSpan]) -> bool) -> Vec<SeenSpan> {
        let began = Instant::now();
        loop {
            let spans = self.spans.lock().unwrap().clone();
            if enough(&spans) {
                return spans;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "no {what}; what came: {spans:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[derive(Debug)]
struct Keeper {
    spans: Arc<Mutex<Vec<SeenSpan>>>,
}

#[tonic::async_trait]
impl TraceService for Keeper {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        for group in request.into_inner().resource_spans {
            let resource = map(group.resource.map(|resource| resource.attributes).unwrap_or_default());
            for span in group.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                let status = span.status.unwrap_or_default();
                self.spans.lock().unwrap().push(SeenSpan {
                    name: span.name,
                    kind: span.kind,
                    trace_id: hex(&span.trace_id),
                    span_id: hex(&span.span_id),
                    parent_id: hex(&span.parent_span_id),
                    status: status.code,
                    status_text: status.message,
                    times: (span.start_time_unix_nano, span.end_time_unix_nano),
                    attributes: map(span.attributes),
                    resource: resource.clone(),
                });
            }
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn map(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    attributes.into_iter().map(|pair| (pair.key, print(pair.value))).collect()
}

fn print(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::DoubleValue(number)) => number.to_string(),
        Some(Value::BoolValue(truth)) => truth.to_string(),
        other => format!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
