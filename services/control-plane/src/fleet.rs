//! `FleetService`.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use postroad_api::fleet::v1::fleet_service_server::FleetService;
use tonic::{Request, Response, Status};

use crate::configuration::Configuration;

mod create_site;
mod create_site_link;
mod delete_relay;
mod delete_site;
mod delete_site_link;
mod list_relays;
mod message;
mod update_relay;
mod update_site;
mod update_site_link;

/// Shows the fleet, and keeps where its relays stand. Each method that changes something stands in a file of its own.
pub(crate) struct FleetApi {
    pub(crate) configuration: Arc<Configuration>,
}

#[tonic::async_trait]
impl FleetService for FleetApi {
    async fn list_relays(
        &self,
        _request: Request<wire::ListRelaysRequest>,
    ) -> Result<Response<wire::ListRelaysResponse>, Status> {
        Ok(Response::new(list_relays::list(&self.configuration)))
    }

    async fn update_relay(&self, request: Request<wire::UpdateRelayRequest>) -> Result<Response<wire::Relay>, Status> {
        Ok(Response::new(update_relay::update(&self.configuration, request).await?))
    }

    async fn delete_relay(
        &self,
        request: Request<wire::DeleteRelayRequest>,
    ) -> Result<Response<wire::DeleteRelayResponse>, Status> {
        Ok(Response::new(delete_relay::delete(&self.configuration, request).await?))
    }

    async fn create_site(&self, request: Request<wire::CreateSiteRequest>) -> Result<Response<wire::Site>, Status> {
        Ok(Response::new(create_site::create(&self.configuration, request).await?))
    }

    async fn list_sites(
        &self,
        _request: Request<wire::ListSitesRequest>,
    ) -> Result<Response<wire::ListSitesResponse>, Status> {
        let state = self.configuration.state();
        let sites = state.objects.sites.values().map(|kept| message::site(&state.epoch, kept)).collect();
        Ok(Response::new(wire::ListSitesResponse { sites, revision: state.revision }))
    }

    async fn update_site(&self, request: Request<wire::UpdateSiteRequest>) -> Result<Response<wire::Site>, Status> {
        Ok(Response::new(update_site::update(&self.configuration, request).await?))
    }

    async fn delete_site(
        &self,
        request: Request<wire::DeleteSiteRequest>,
    ) -> Result<Response<wire::DeleteSiteResponse>, Status> {
        Ok(Response::new(delete_site::delete(&self.configuration, request).await?))
    }

    async fn create_site_link(
        &self,
        request: Request<wire::CreateSiteLinkRequest>,
    ) -> Result<Response<wire::SiteLink>, Status> {
        Ok(Response::new(create_site_link::create(&self.configuration, request).await?))
    }

    async fn list_site_links(
        &self,
        _request: Request<wire::ListSiteLinksRequest>,
    ) -> Result<Response<wire::ListSiteLinksResponse>, Status> {
        let state = self.configuration.state();
        let site_links = state.objects.site_links.values().map(|kept| message::site_link(&state.epoch, kept)).collect();
        Ok(Response::new(wire::ListSiteLinksResponse { site_links, revision: state.revision }))
    }

    async fn update_site_link(
        &self,
        request: Request<wire::UpdateSiteLinkRequest>,
    ) -> Result<Response<wire::SiteLink>, Status> {
        Ok(Response::new(update_site_link::update(&self.configuration, request).await?))
    }

    async fn delete_site_link(
        &self,
        request: Request<wire::DeleteSiteLinkRequest>,
    ) -> Result<Response<wire::DeleteSiteLinkResponse>, Status> {
        Ok(Response::new(delete_site_link::delete(&self.configuration, request).await?))
    }
}
