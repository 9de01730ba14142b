//! A control plane that remembers what it was asked, answers plainly, and refuses when told to.

mod access;
mod certificates;
mod connectors;
mod fleet;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use postroad_api::connector::v1::certificate_service_server::CertificateServiceServer;
use postroad_api::connector::v1::connector_service_server::ConnectorServiceServer;
use postroad_api::connector::v1::{
    AddressSpace, BatchApplyRequest, Certificate, Connector, CreateConnectorRequest, DeleteConnectorRequest,
    ExplainRouteRequest, FieldWarning, ListConnectorsRequest, RollbackRevisionRequest, SmartHost,
    UpdateConnectorRequest,
};
use postroad_api::fleet::v1::access_service_server::AccessServiceServer;
use postroad_api::fleet::v1::fleet_service_server::FleetServiceServer;
use postroad_api::fleet::v1::{Relay, Site, SiteLink};
use postroad_lifecycle::Tasks;
use tonic::Status;
use tonic::transport::server::TcpIncoming;

#[derive(Default)]
struct Memory {
    connectors: Vec<Connector>,
    created: Vec<CreateConnectorRequest>,
    updated: Vec<UpdateConnectorRequest>,
    deleted: Vec<DeleteConnectorRequest>,
    asked: Vec<ExplainRouteRequest>,
    listed: Vec<ListConnectorsRequest>,
    batches: Vec<BatchApplyRequest>,
    rollbacks: Vec<RollbackRevisionRequest>,
    certificates: Vec<Certificate>,
    sites: Vec<Site>,
    links: Vec<SiteLink>,
    relays: Vec<Relay>,
    /// The calls that changed something, or would have: "create_site prague".
    calls: Vec<String>,
    /// So many more calls end without an answer.
    outages: usize,
    /// The request ids of all changes.
    request_ids: Vec<String>,
    revision: u64,
    refusal: Option<Status>,
    silent: bool,
    warnings: Vec<FieldWarning>,
}

#[derive(Clone, Default)]
struct Service(Arc<Mutex<Memory>>);

/// The service, listening.
pub(crate) struct FakeService {
    address: SocketAddr,
    service: Service,
}

impl FakeService {
    /// Starts one on a free port; it lives as long as the test's runtime.
    pub(crate) async fn start() -> Self {
        let service = Service::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tonic::transport::Server::builder()
            .add_service(ConnectorServiceServer::new(service.clone()))
            .add_service(CertificateServiceServer::new(service.clone()))
            .add_service(FleetServiceServer::new(service.clone()))
            .add_service(AccessServiceServer::new(service.clone()))
            .serve_with_incoming(TcpIncoming::from(listener));
        Tasks::new().spawn("fake service", async {
            server.await.unwrap();
        });
        Self { address, service }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Has a connector of this name.
    pub(crate) fn add(&self, name: &str) {
        self.memory(|memory| {
            memory.connectors.push(Connector {
                id: format!("id-{name}"),
                name: name.to_owned(),
                etag: format!("\"etag-{name}\""),
                revision: 3,
                address_spaces: vec![AddressSpace { r#type: "SMTP".into(), space: "*".into(), cost: Some(1) }],
                smart_hosts: vec![SmartHost { host: "first.example".into(), ..SmartHost::default() }],
                ..Connector::default()
            });
        });
    }

    /// Answers every write with this from now on.
    pub(crate) fn refuse(&self, status: Status) {
        self.memory(|memory| memory.refusal = Some(status));
    }

    /// Accepts every creation with this warning from now on.
    pub(crate) fn warn(&self, path: &str, text: &str) {
        self.memory(|memory| memory.warnings.push(FieldWarning { path: path.into(), text: text.into() }));
    }

    /// Answers no list any more.
    pub(crate) fn fall_silent(&self) {
        self.memory(|memory| memory.silent = true);
    }

    pub(crate) fn created(&self) -> Vec<CreateConnectorRequest> {
        self.memory(|memory| memory.created.clone())
    }

    pub(crate) fn updated(&self) -> Vec<UpdateConnectorRequest> {
        self.memory(|memory| memory.updated.clone())
    }

    pub(crate) fn deleted(&self) -> Vec<DeleteConnectorRequest> {
        self.memory(|memory| memory.deleted.clone())
    }

    pub(crate) fn asked(&self) -> Vec<ExplainRouteRequest> {
        self.memory(|memory| memory.asked.clone())
    }

    pub(crate) fn listed(&self) -> Vec<ListConnectorsRequest> {
        self.memory(|memory| memory.listed.clone())
    }

    pub(crate) fn batches(&self) -> Vec<BatchApplyRequest> {
        self.memory(|memory| memory.batches.clone())
    }

    pub(crate) fn rollbacks(&self) -> Vec<RollbackRevisionRequest> {
        self.memory(|memory| memory.rollbacks.clone())
    }

    /// Every change that was asked for, in order, as one text.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.memory(|memory| memory.calls.clone())
    }

    pub(crate) fn request_ids(&self) -> Vec<String> {
        self.memory(|memory| memory.request_ids.clone())
    }

    /// Cannot serve the next changes.
    pub(crate) fn fail_next(&self, changes: usize) {
        self.memory(|memory| memory.outages = changes);
    }

    /// The connectors as they are.
    pub(crate) fn connectors(&self) -> Vec<Connector> {
        self.memory(|memory| memory.connectors.clone())
    }

    fn memory<T>(&self, use_it: impl FnOnce(&mut Memory) -> T) -> T {
        use_it(&mut self.service.0.lock().unwrap())
    }
}

impl Memory {
    /// Takes note of a change; the next revision, unless it is only to be checked.
    fn change(&mut self, call: String, request_id: &str, validate_only: bool) -> Result<u64, Status> {
        self.request_ids.push(request_id.to_owned());
        if self.outages > 0 {
            self.outages -= 1;
            return Err(Status::unavailable("not now"));
        }
        self.verdict()?;
        self.calls.push(if validate_only { format!("check {call}") } else { call });
        self.revision += u64::from(!validate_only);
        Ok(self.revision)
    }

    fn verdict(&self) -> Result<(), Status> {
        match &self.refusal {
            Some(status) => {
                Err(Status::with_details(status.code(), status.message(), status.details().to_vec().into()))
            }
            None => Ok(()),
        }
    }
}
