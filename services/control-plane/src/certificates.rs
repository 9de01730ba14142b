//! `CertificateService`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use tonic::{Request, Response, Status};
use wire::certificate_service_server::CertificateService;

use crate::configuration::Configuration;

mod checking;
mod create;
mod delete;
mod expiry;
mod message;
mod read;
mod renew;

pub(crate) use expiry::watch as watch_expiry;

/// Keeps certificates. Each method stands in a file of its own.
pub(crate) struct CertificateApi {
    pub(crate) configuration: Arc<Configuration>,
}

#[tonic::async_trait]
impl CertificateService for CertificateApi {
    async fn create_certificate(
        &self,
        request: Request<wire::CreateCertificateRequest>,
    ) -> Result<Response<wire::Certificate>, Status> {
        Ok(Response::new(create::create(&self.configuration, request).await?))
    }

    async fn get_certificate(
        &self,
        request: Request<wire::GetCertificateRequest>,
    ) -> Result<Response<wire::Certificate>, Status> {
        Ok(Response::new(read::get(&self.configuration, &request.into_inner())?))
    }

    async fn list_certificates(
        &self,
        request: Request<wire::ListCertificatesRequest>,
    ) -> Result<Response<wire::ListCertificatesResponse>, Status> {
        Ok(Response::new(read::list(&self.configuration, &request.into_inner())?))
    }

    async fn update_certificate(
        &self,
        request: Request<wire::UpdateCertificateRequest>,
    ) -> Result<Response<wire::Certificate>, Status> {
        Ok(Response::new(renew::renew(&self.configuration, request).await?))
    }

    async fn delete_certificate(
        &self,
        request: Request<wire::DeleteCertificateRequest>,
    ) -> Result<Response<wire::DeleteCertificateResponse>, Status> {
        Ok(Response::new(delete::delete(&self.configuration, request).await?))
    }
}
