//! Connectors, revisions and routes.

use postroad_api::connector::v1::connector_service_server::ConnectorService;
use postroad_api::connector::v1::{
    BatchApplyRequest, BatchApplyResponse, ChangeAction, ChosenConnector, Connector, CreateConnectorRequest,
    DeleteConnectorRequest, DeleteConnectorResponse, DiffRevisionsRequest, DiffRevisionsResponse, ExplainRouteRequest,
    ExplainRouteResponse, FieldChange, GetConnectorRequest, GetRevisionRequest, ListConnectorsRequest,
    ListConnectorsResponse, ListRevisionsRequest, ListRevisionsResponse, ObjectChange, Revision,
    RollbackRevisionRequest, RollbackRevisionResponse, UpdateConnectorRequest, connector_change,
};
use tonic::{Request, Response, Status};

use super::Service;

#[tonic::async_trait]
impl ConnectorService for Service {
    async fn create_connector(&self, request: Request<CreateConnectorRequest>) -> Result<Response<Connector>, Status> {
        let mut memory = self.0.lock().unwrap();
        let request = request.into_inner();
        memory.created.push(request.clone());
        memory.change("create_connector".into(), &request.request_id, request.validate_only)?;
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
        let request = request.into_inner();
        let at: usize = request.page_token.parse().unwrap_or(0);
        let mut memory = self.0.lock().unwrap();
        memory.listed.push(request);
        let next = at + 1;
        let next_page_token = if next < memory.connectors.len() { next.to_string() } else { String::new() };
        let connectors = memory.connectors.get(at).cloned().into_iter().collect();
        Ok(Response::new(ListConnectorsResponse { connectors, next_page_token, revision: 9 }))
    }

    async fn update_connector(&self, request: Request<UpdateConnectorRequest>) -> Result<Response<Connector>, Status> {
        let mut memory = self.0.lock().unwrap();
        let request = request.into_inner();
        memory.updated.push(request.clone());
        memory.change("update_connector".into(), &request.request_id, request.validate_only)?;
        Ok(Response::new(request.connector.unwrap_or_default()))
    }

    async fn delete_connector(
        &self,
        request: Request<DeleteConnectorRequest>,
    ) -> Result<Response<DeleteConnectorResponse>, Status> {
        let mut memory = self.0.lock().unwrap();
        let request = request.into_inner();
        memory.deleted.push(request.clone());
        memory.change("delete_connector".into(), &request.request_id, request.validate_only)?;
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

    async fn batch_apply(&self, request: Request<BatchApplyRequest>) -> Result<Response<BatchApplyResponse>, Status> {
        let mut memory = self.0.lock().unwrap();
        let request = request.into_inner();
        memory.batches.push(request.clone());
        let revision = memory.change("batch_apply".into(), &request.request_id, request.validate_only)?;
        let mut connectors = Vec::new();
        let mut kept = memory.connectors.clone();
        for change in request.changes {
            connectors.push(match change.change.unwrap() {
                connector_change::Change::Create(mut new) => {
                    postroad_api::take_secrets(&mut new);
                    new.id = format!("id-{}", new.name);
                    (new.etag, new.revision) = (format!("\"etag-{}\"", new.name), revision);
                    kept.push(new.clone());
                    new
                }
                connector_change::Change::Update(update) => {
                    let wanted = update.connector.unwrap();
                    let stored =
                        kept.iter_mut().find(|c| c.id == wanted.id).ok_or_else(|| Status::not_found("gone"))?;
                    assert_eq!(stored.etag, wanted.etag, "the etag that was read");
                    let mut new = postroad_api::apply_mask(stored.clone(), &wanted, &update.update_mask).unwrap();
                    postroad_api::take_secrets(&mut new);
                    stored.clone_from(&new);
                    new
                }
                connector_change::Change::Delete(removal) => {
                    kept.retain(|c| c.id != removal.connector);
                    Connector::default()
                }
            });
        }
        if !request.validate_only {
            memory.connectors = kept;
        }
        Ok(Response::new(BatchApplyResponse { connectors, revision }))
    }

    async fn list_revisions(
        &self,
        request: Request<ListRevisionsRequest>,
    ) -> Result<Response<ListRevisionsResponse>, Status> {
        // One at a time, from 9 down to 1.
        let at: u64 = request.into_inner().page_token.parse().unwrap_or(9);
        let next_page_token = if at > 1 { (at - 1).to_string() } else { String::new() };
        Ok(Response::new(ListRevisionsResponse { revisions: vec![revision(at)], next_page_token }))
    }

    async fn get_revision(&self, request: Request<GetRevisionRequest>) -> Result<Response<Revision>, Status> {
        Ok(Response::new(revision(request.into_inner().revision)))
    }

    async fn diff_revisions(
        &self,
        request: Request<DiffRevisionsRequest>,
    ) -> Result<Response<DiffRevisionsResponse>, Status> {
        let request = request.into_inner();
        let changes = if request.from_revision == 9 { Vec::new() } else { vec![change()] };
        Ok(Response::new(DiffRevisionsResponse { changes, to_revision: 9 }))
    }

    async fn rollback_revision(
        &self,
        request: Request<RollbackRevisionRequest>,
    ) -> Result<Response<RollbackRevisionResponse>, Status> {
        let mut memory = self.0.lock().unwrap();
        let request = request.into_inner();
        memory.rollbacks.push(request.clone());
        memory.change("rollback_revision".into(), &request.request_id, request.validate_only)?;
        let changes = if request.revision == 9 { Vec::new() } else { vec![change()] };
        Ok(Response::new(RollbackRevisionResponse { revision: 10, changes }))
    }
}

fn change() -> ObjectChange {
    let field = |path: &str, before: &str, after: &str| FieldChange {
        path: path.into(),
        before: before.into(),
        after: after.into(),
    };
    ObjectChange {
        kind: "connector".into(),
        id: "id-n".into(),
        name: "n".into(),
        action: ChangeAction::Updated.into(),
        fields: vec![field("port", "25", "587"), field("credential.basic.password", "", "")],
    }
}

fn revision(number: u64) -> Revision {
    Revision {
        revision: number,
        actor: "operator".into(),
        method: "postroad.connector.v1.ConnectorService/UpdateConnector".into(),
        changes: vec![change()],
        ..Revision::default()
    }
}
