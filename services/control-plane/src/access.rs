//! `AccessService`.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use tonic::{Request, Response, Status};
use wire::access_service_server::AccessService;

use crate::configuration::Configuration;

mod list_audit_records;
mod rewrap_secrets;

/// Shows who did what, and keeps the store's keys. Each method stands in a file of its own.
pub(crate) struct AccessApi {
    pub(crate) configuration: Arc<Configuration>,
}

#[tonic::async_trait]
impl AccessService for AccessApi {
    async fn list_audit_records(
        &self,
        request: Request<wire::ListAuditRecordsRequest>,
    ) -> Result<Response<wire::ListAuditRecordsResponse>, Status> {
        Ok(Response::new(list_audit_records::list(&self.configuration, &request.into_inner()).await?))
    }

    async fn rewrap_secrets(
        &self,
        request: Request<wire::RewrapSecretsRequest>,
    ) -> Result<Response<wire::RewrapSecretsResponse>, Status> {
        Ok(Response::new(rewrap_secrets::rewrap(&self.configuration, request).await?))
    }
}
