//! The audit and the store's keys.

use postroad_api::fleet::v1::access_service_server::AccessService;
use postroad_api::fleet::v1::{
    AuditRecord, AuditedObject, ListAuditRecordsRequest, ListAuditRecordsResponse, RewrapSecretsRequest,
    RewrapSecretsResponse,
};
use tonic::{Request, Response, Status};

use super::Service;

#[tonic::async_trait]
impl AccessService for Service {
    async fn list_audit_records(
        &self,
        request: Request<ListAuditRecordsRequest>,
    ) -> Result<Response<ListAuditRecordsResponse>, Status> {
        let first = request.into_inner().page_token.is_empty();
        let object = AuditedObject { kind: "connector".into(), name: "n".into(), ..AuditedObject::default() };
        let record = AuditRecord {
            actor: "operator".into(),
            method: "postroad.connector.v1.ConnectorService/UpdateConnector".into(),
            result: if first { "OK" } else { "STALE_ETAG" }.into(),
            revision_after: 9,
            objects: vec![object],
            ..AuditRecord::default()
        };
        let next_page_token = if first { "2".to_owned() } else { String::new() };
        Ok(Response::new(ListAuditRecordsResponse { records: vec![record], next_page_token }))
    }

    async fn rewrap_secrets(
        &self,
        _: Request<RewrapSecretsRequest>,
    ) -> Result<Response<RewrapSecretsResponse>, Status> {
        self.0.lock().unwrap().change("rewrap_secrets".into(), "", false)?;
        Ok(Response::new(RewrapSecretsResponse { rewrapped: 3, current: 4, key_id: "k2".into() }))
    }
}
