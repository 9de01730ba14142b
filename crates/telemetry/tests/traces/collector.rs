//! A collector in the test's own process.

use std::net::SocketAddr;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

struct Inbox(mpsc::Sender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Inbox {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        // The test may have ended already.
        let _gone = self.0.send(request.into_inner()).await.is_err();
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    pub(crate) requests: mpsc::Receiver<ExportTraceServiceRequest>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Collector {
    pub(crate) async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap()).await
    }

    pub(crate) async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (inbox, requests) = mpsc::channel(256);
        let server = tonic::transport::Server::builder()
            .add_service(TraceServiceServer::new(Inbox(inbox)))
            .serve_with_incoming(TcpListenerStream::new(listener));
        #[allow(clippy::disallowed_methods, reason = "aborted when the test drops the collector")]
        let task = tokio::spawn(async move { server.await.unwrap() });
        Self { address, requests, task }
    }

    pub(crate) async fn next(&mut self) -> ExportTraceServiceRequest {
        tokio::time::timeout(Duration::from_secs(20), self.requests.recv()).await.unwrap().unwrap()
    }
}
