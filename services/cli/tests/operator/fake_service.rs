//! A `ConnectorService` that remembers what it was asked, answers plainly, and refuses when told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use postroad_api::connector::v1::connector_service_server::{ConnectorService, ConnectorServiceServer};
use postroad_api::connector::v1::{
    AddressSpace, ChosenConnector, Connector, CreateConnectorRequest, DeleteConnectorRequest, DeleteConnectorResponse,
    ExplainRouteRequest, ExplainRouteResponse, FieldWarning, GetConnectorRequest, ListConnectorsRequest,
    ListConnectorsResponse, SmartHost, UpdateConnectorRequest,
};
use postroad_lifecycle::Tasks;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

#[derive(Default)]
struct Memory {
    connectors: Vec<Connector>,
    created: Vec<CreateConnectorRequest>,
    updated: Vec<UpdateConnectorRequest>,
    deleted: Vec<DeleteConnectorRequest>,
    asked: Vec<ExplainRouteRequest>,
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

    fn memory<T>(&self, use_it: impl FnOnce(&mut Memory) -> T) -> T {
        use_it(&mut self.service.0.lock().unwrap())
    }
}

impl Memory {
    fn verdict(&self) -> Result<(), Status> {
        match &self.refusal {
            Some(status) => {
                Err(Status::with_details(status.code(), status.message(), status.details().to_vec().into()))
            }
            None => Ok(()),
        }
    }
}

#[tonic::async_trait]
impl ConnectorService for Service {
    async fn create_connector(&self, request: Request<CreateConnectorRequest>) -> Result<Response<Connector>, Status> {
        let mut memory = self.0.lock().unwrap();
        let request = request.into_inner();
        memory.created.push(request.clone());
        memory.verdict()?;
        let number = memory.created.iter().filter(|sent| !sent.validate_only).count();
        let id = format!("id-{number}");
        let warnings = memory.warnings.clone();
        let connector = request.connector.unwrap_or_default();
        Ok(Response::new(Connector { id, revision: number as u64, warnings, ..connector }))
    }

    async fn get_connector(&self, request: Request<GetConnectorRequest>) -> Result<Response<Connector>, Status> {
        let wanted = request.into_inner().connector;
        let memory = self.0.lock().unwrap();
        let found = memory.connectors.iter().find(|c| c.name == wanted || c.id == wanted);
        found.cloned().map(Response::new).ok_or_else(|| Status::not_found("no such connector"))
    }

    async fn list_connectors(
        &self,
        request: Request<ListConnectorsRequest>,
    ) -> Result<Response<ListConnectorsResponse>, Status> {
        if self.0.lock().unwrap().silent {
            std::future::pending::<()>().await;
        }
        // One at a time, whatever page size is asked for.
        let at: usize = request.into_inner().page_token.parse().unwrap_or(0);
        let memory = self.0.lock().unwrap();
        let next = at + 1;
        let next_page_token = if next < memory.connectors.len() { next.to_string() } else { String::new() };
        let connectors = memory.connectors.get(at).cloned().into_iter().collect();
        Ok(Response::new(ListConnectorsResponse { connectors, next_page_token, revision: 9 }))
    }

    async fn update_connector(&self, request: Request<UpdateConnectorRequest>) -> Result<Response<Connector>, Status> {
        let mut memory = self.0.lock().unwrap();
        let request = request.into_inner();
        memory.updated.push(request.clone());
        memory.verdict()?;
        Ok(Response::new(request.connector.unwrap_or_default()))
    }

    async fn delete_connector(
        &self,
        request: Request<DeleteConnectorRequest>,
    ) -> Result<Response<DeleteConnectorResponse>, Status> {
        let mut memory = self.0.lock().unwrap();
        memory.deleted.push(request.into_inner());
        memory.verdict()?;
        Ok(Response::new(DeleteConnectorResponse { revision: 9 }))
    }

    async fn explain_route(
        &self,
        request: Request<ExplainRouteRequest>,
    ) -> Result<Response<ExplainRouteResponse>, Status> {
        self.0.lock().unwrap().asked.push(request.into_inner());
        let chosen = ChosenConnector {
            id: "id-all".into(),
            name: "all".into(),
            address_space: "SMTP:*;1".into(),
            cost: 1,
            ..Default::default()
        };
        Ok(Response::new(ExplainRouteResponse { revision: 9, chosen: Some(chosen), ..Default::default() }))
    }

    async fn batch_apply(
        &self,
        _: Request<postroad_api::connector::v1::BatchApplyRequest>,
    ) -> Result<Response<postroad_api::connector::v1::BatchApplyResponse>, Status> {
        Err(Status::unimplemented("not asked of this fake"))
    }

    async fn list_revisions(
        &self,
        _: Request<postroad_api::connector::v1::ListRevisionsRequest>,
    ) -> Result<Response<postroad_api::connector::v1::ListRevisionsResponse>, Status> {
        Err(Status::unimplemented("not asked of this fake"))
    }

    async fn get_revision(
        &self,
        _: Request<postroad_api::connector::v1::GetRevisionRequest>,
    ) -> Result<Response<postroad_api::connector::v1::Revision>, Status> {
        Err(Status::unimplemented("not asked of this fake"))
    }

    async fn diff_revisions(
        &self,
        _: Request<postroad_api::connector::v1::DiffRevisionsRequest>,
    ) -> Result<Response<postroad_api::connector::v1::DiffRevisionsResponse>, Status> {
        Err(Status::unimplemented("not asked of this fake"))
    }

    async fn rollback_revision(
        &self,
        _: Request<postroad_api::connector::v1::RollbackRevisionRequest>,
    ) -> Result<Response<postroad_api::connector::v1::RollbackRevisionResponse>, Status> {
        Err(Status::unimplemented("not asked of this fake"))
    }
}
