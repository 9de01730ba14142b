//! `ConnectorService`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use tonic::{Request, Response, Status};
use wire::connector_service_server::ConnectorService;

use crate::configuration::Configuration;
use crate::error::ApiError;

mod account;
mod create;
mod explain;
mod read;
mod remove;
mod update;

/// Keeps connectors. Each method stands in a file of its own.
pub(crate) struct ConnectorApi {
    pub(crate) configuration: Arc<Configuration>,
}

#[tonic::async_trait]
impl ConnectorService for ConnectorApi {
    async fn create_connector(
        &self,
        request: Request<wire::CreateConnectorRequest>,
    ) -> Result<Response<wire::Connector>, Status> {
        Ok(Response::new(create::create(&self.configuration, request.into_inner()).await?))
    }

    async fn get_connector(
        &self,
        request: Request<wire::GetConnectorRequest>,
    ) -> Result<Response<wire::Connector>, Status> {
        Ok(Response::new(read::get(&self.configuration, &request.into_inner())?))
    }

    async fn list_connectors(
        &self,
        request: Request<wire::ListConnectorsRequest>,
    ) -> Result<Response<wire::ListConnectorsResponse>, Status> {
        Ok(Response::new(read::list(&self.configuration, &request.into_inner())?))
    }

    async fn update_connector(
        &self,
        request: Request<wire::UpdateConnectorRequest>,
    ) -> Result<Response<wire::Connector>, Status> {
        Ok(Response::new(update::update(&self.configuration, request.into_inner()).await?))
    }

    async fn delete_connector(
        &self,
        request: Request<wire::DeleteConnectorRequest>,
    ) -> Result<Response<wire::DeleteConnectorResponse>, Status> {
        Ok(Response::new(remove::remove(&self.configuration, request.into_inner()).await?))
    }

    async fn explain_route(
        &self,
        request: Request<wire::ExplainRouteRequest>,
    ) -> Result<Response<wire::ExplainRouteResponse>, Status> {
        Ok(Response::new(explain::explain(&self.configuration, &request.into_inner())?))
    }

    async fn batch_apply(
        &self,
        _request: Request<wire::BatchApplyRequest>,
    ) -> Result<Response<wire::BatchApplyResponse>, Status> {
        Err(Status::unimplemented("BatchApply does not exist yet"))
    }

    async fn list_revisions(
        &self,
        _request: Request<wire::ListRevisionsRequest>,
    ) -> Result<Response<wire::ListRevisionsResponse>, Status> {
        Err(Status::unimplemented("ListRevisions does not exist yet"))
    }

    async fn get_revision(
        &self,
        _request: Request<wire::GetRevisionRequest>,
    ) -> Result<Response<wire::Revision>, Status> {
        Err(Status::unimplemented("GetRevision does not exist yet"))
    }

    async fn diff_revisions(
        &self,
        _request: Request<wire::DiffRevisionsRequest>,
    ) -> Result<Response<wire::DiffRevisionsResponse>, Status> {
        Err(Status::unimplemented("DiffRevisions does not exist yet"))
    }

    async fn rollback_revision(
        &self,
        _request: Request<wire::RollbackRevisionRequest>,
    ) -> Result<Response<wire::RollbackRevisionResponse>, Status> {
        Err(Status::unimplemented("RollbackRevision does not exist yet"))
    }
}

/// A request that needs a connector and has none.
fn no_connector() -> ApiError {
    ApiError::request("INVALID_CONNECTOR", "connector", "Give the connector.")
}
