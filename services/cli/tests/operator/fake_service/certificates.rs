//! Certificates.

use postroad_api::connector::v1::certificate_service_server::CertificateService;
use postroad_api::connector::v1::{
    Certificate, CreateCertificateRequest, DeleteCertificateRequest, DeleteCertificateResponse, GetCertificateRequest,
    ListCertificatesRequest, ListCertificatesResponse, UpdateCertificateRequest,
};
use tonic::{Request, Response, Status};

use super::Service;

fn stored(mut it: Certificate, revision: u64) -> Certificate {
    it.private_key_set = !std::mem::take(&mut it.private_key_pem).is_empty();
    it.etag = format!("\"{revision}\"");
    Certificate { revision, ..it }
}

#[tonic::async_trait]
impl CertificateService for Service {
    async fn create_certificate(
        &self,
        request: Request<CreateCertificateRequest>,
    ) -> Result<Response<Certificate>, Status> {
        let request = request.into_inner();
        let certificate = request.certificate.unwrap();
        let mut memory = self.0.lock().unwrap();
        let call = format!("create_certificate {} {}", certificate.name, certificate.private_key_pem.len());
        let revision = memory.change(call, &request.request_id, request.validate_only)?;
        let certificate = stored(certificate, revision);
        if !request.validate_only {
            memory.certificates.push(certificate.clone());
        }
        Ok(Response::new(certificate))
    }

    async fn get_certificate(&self, request: Request<GetCertificateRequest>) -> Result<Response<Certificate>, Status> {
        let name = request.into_inner().name;
        let memory = self.0.lock().unwrap();
        let found = memory.certificates.iter().find(|it| it.name == name).cloned();
        found.map(Response::new).ok_or_else(|| Status::not_found("no such certificate"))
    }

    async fn list_certificates(
        &self,
        _: Request<ListCertificatesRequest>,
    ) -> Result<Response<ListCertificatesResponse>, Status> {
        let certificates = self.0.lock().unwrap().certificates.clone();
        Ok(Response::new(ListCertificatesResponse { certificates, ..Default::default() }))
    }

    async fn update_certificate(
        &self,
        request: Request<UpdateCertificateRequest>,
    ) -> Result<Response<Certificate>, Status> {
        let request = request.into_inner();
        let certificate = request.certificate.unwrap();
        let mut memory = self.0.lock().unwrap();
        let call = format!("update_certificate {} {}", certificate.name, certificate.etag);
        let revision = memory.change(call, &request.request_id, request.validate_only)?;
        let certificate = stored(certificate, revision);
        if !request.validate_only {
            memory.certificates.retain(|it| it.name != certificate.name);
            memory.certificates.push(certificate.clone());
        }
        Ok(Response::new(certificate))
    }

    async fn delete_certificate(
        &self,
        request: Request<DeleteCertificateRequest>,
    ) -> Result<Response<DeleteCertificateResponse>, Status> {
        let request = request.into_inner();
        let mut memory = self.0.lock().unwrap();
        let call = format!("delete_certificate {} {}", request.name, request.etag);
        let revision = memory.change(call, &request.request_id, request.validate_only)?;
        if !request.validate_only {
            memory.certificates.retain(|it| it.name != request.name);
        }
        Ok(Response::new(DeleteCertificateResponse { revision }))
    }
}
