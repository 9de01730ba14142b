//! `ConnectorService`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use tonic::{Request, Response, Status};
use wire::connector_service_server::ConnectorService;

use crate::configuration::Configuration;
use crate::error::ApiError;

mod account;
mod batch;
mod checking;
mod create;
mod diff_revisions;
mod explain;
mod get;
mod get_revision;
mod list;
mod list_revisions;
mod remove;
mod rollback;
mod update;
mod warnings;

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
        Ok(Response::new(create::create(&self.configuration, request).await?))
    }

    async fn get_connector(
        &self,
        request: Request<wire::GetConnectorRequest>,
    ) -> Result<Response<wire::Connector>, Status> {
        Ok(Response::new(get::get(&self.configuration, &request.into_inner())?))
    }

    async fn list_connectors(
        &self,
        request: Request<wire::ListConnectorsRequest>,
    ) -> Result<Response<wire::ListConnectorsResponse>, Status> {
        Ok(Response::new(list::list(&self.configuration, &request.into_inner())?))
    }

    async fn update_connector(
        &self,
        request: Request<wire::UpdateConnectorRequest>,
    ) -> Result<Response<wire::Connector>, Status> {
        Ok(Response::new(update::update(&self.configuration, request).await?))
    }

    async fn delete_connector(
        &self,
        request: Request<wire::DeleteConnectorRequest>,
    ) -> Result<Response<wire::DeleteConnectorResponse>, Status> {
        Ok(Response::new(remove::remove(&self.configuration, request).await?))
    }

    async fn explain_route(
        &self,
        request: Request<wire::ExplainRouteRequest>,
    ) -> Result<Response<wire::ExplainRouteResponse>, Status> {
        Ok(Response::new(explain::explain(&self.configuration, request.into_inner()).await?))
    }

    async fn batch_apply(
        &self,
        request: Request<wire::BatchApplyRequest>,
    ) -> Result<Response<wire::BatchApplyResponse>, Status> {
        Ok(Response::new(batch::apply(&self.configuration, request).await?))
    }

    async fn list_revisions(
        &self,
        request: Request<wire::ListRevisionsRequest>,
    ) -> Result<Response<wire::ListRevisionsResponse>, Status> {
        Ok(Response::new(list_revisions::list(&self.configuration, &request.into_inner()).await?))
    }

    async fn get_revision(
        &self,
        request: Request<wire::GetRevisionRequest>,
    ) -> Result<Response<wire::Revision>, Status> {
        Ok(Response::new(get_revision::get(&self.configuration, &request.into_inner()).await?))
    }

    async fn diff_revisions(
        &self,
        request: Request<wire::DiffRevisionsRequest>,
    ) -> Result<Response<wire::DiffRevisionsResponse>, Status> {
        Ok(Response::new(diff_revisions::diff(&self.configuration, &request.into_inner()).await?))
    }

    async fn rollback_revision(
        &self,
        request: Request<wire::RollbackRevisionRequest>,
    ) -> Result<Response<wire::RollbackRevisionResponse>, Status> {
        Ok(Response::new(rollback::rollback(&self.configuration, request).await?))
    }
}

/// A request that needs a connector and has none.
fn no_connector() -> ApiError {
    ApiError::request("INVALID_CONNECTOR", "connector", "Give the connector.")
}
