//! `FleetService`.

use std::sync::Arc;

use postroad_api::fleet::v1::fleet_service_server::FleetService;
use postroad_api::fleet::v1::{self as wire};
use postroad_api::fleet::v1::{ListRelaysRequest, ListRelaysResponse};
use tonic::{Request, Response, Status};

use crate::clock;
use crate::configuration::Configuration;

/// Shows the relays.
pub(crate) struct FleetApi {
    pub(crate) configuration: Arc<Configuration>,
}

#[tonic::async_trait]
impl FleetService for FleetApi {
    async fn list_relays(&self, _request: Request<ListRelaysRequest>) -> Result<Response<ListRelaysResponse>, Status> {
        let relays = self.configuration.registry.list(clock::now());
        Ok(Response::new(ListRelaysResponse { relays, head_revision: self.configuration.state().revision }))
    }

    async fn update_relay(&self, _request: Request<wire::UpdateRelayRequest>) -> Result<Response<wire::Relay>, Status> {
        Err(Status::unimplemented("UpdateRelay does not exist yet"))
    }

    async fn delete_relay(
        &self,
        _request: Request<wire::DeleteRelayRequest>,
    ) -> Result<Response<wire::DeleteRelayResponse>, Status> {
        Err(Status::unimplemented("DeleteRelay does not exist yet"))
    }

    async fn create_site(&self, _request: Request<wire::CreateSiteRequest>) -> Result<Response<wire::Site>, Status> {
        Err(Status::unimplemented("CreateSite does not exist yet"))
    }

    async fn list_sites(
        &self,
        _request: Request<wire::ListSitesRequest>,
    ) -> Result<Response<wire::ListSitesResponse>, Status> {
        Err(Status::unimplemented("ListSites does not exist yet"))
    }

    async fn update_site(&self, _request: Request<wire::UpdateSiteRequest>) -> Result<Response<wire::Site>, Status> {
        Err(Status::unimplemented("UpdateSite does not exist yet"))
    }

    async fn delete_site(
        &self,
        _request: Request<wire::DeleteSiteRequest>,
    ) -> Result<Response<wire::DeleteSiteResponse>, Status> {
        Err(Status::unimplemented("DeleteSite does not exist yet"))
    }

    async fn create_site_link(
        &self,
        _request: Request<wire::CreateSiteLinkRequest>,
    ) -> Result<Response<wire::SiteLink>, Status> {
        Err(Status::unimplemented("CreateSiteLink does not exist yet"))
    }

    async fn list_site_links(
        &self,
        _request: Request<wire::ListSiteLinksRequest>,
    ) -> Result<Response<wire::ListSiteLinksResponse>, Status> {
        Err(Status::unimplemented("ListSiteLinks does not exist yet"))
    }

    async fn update_site_link(
        &self,
        _request: Request<wire::UpdateSiteLinkRequest>,
    ) -> Result<Response<wire::SiteLink>, Status> {
        Err(Status::unimplemented("UpdateSiteLink does not exist yet"))
    }

    async fn delete_site_link(
        &self,
        _request: Request<wire::DeleteSiteLinkRequest>,
    ) -> Result<Response<wire::DeleteSiteLinkResponse>, Status> {
        Err(Status::unimplemented("DeleteSiteLink does not exist yet"))
    }
}
