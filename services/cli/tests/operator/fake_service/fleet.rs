//! Relays, sites and links.

use postroad_api::fleet::v1::fleet_service_server::FleetService;
use postroad_api::fleet::v1::{
    CreateSiteLinkRequest, CreateSiteRequest, DeleteRelayRequest, DeleteRelayResponse, DeleteSiteLinkRequest,
    DeleteSiteLinkResponse, DeleteSiteRequest, DeleteSiteResponse, ListRelaysRequest, ListRelaysResponse,
    ListSiteLinksRequest, ListSiteLinksResponse, ListSitesRequest, ListSitesResponse, Relay, Site, SiteLink,
    UpdateRelayRequest, UpdateSiteLinkRequest, UpdateSiteRequest,
};
use tonic::{Request, Response, Status};

use super::Service;

fn etag(revision: u64) -> String {
    format!("\"{revision}\"")
}

#[tonic::async_trait]
impl FleetService for Service {
    async fn list_relays(&self, _: Request<ListRelaysRequest>) -> Result<Response<ListRelaysResponse>, Status> {
        let relays = self.0.lock().unwrap().relays.clone();
        Ok(Response::new(ListRelaysResponse { relays, head_revision: 9 }))
    }

    async fn update_relay(&self, request: Request<UpdateRelayRequest>) -> Result<Response<Relay>, Status> {
        let request = request.into_inner();
        let mut memory = self.0.lock().unwrap();
        let call = format!("update_relay {} {} {}", request.name, request.update_mask.join(","), request.etag);
        let revision = memory.change(call.trim_end().to_owned(), &request.request_id, request.validate_only)?;
        let mut relay = memory.relays.iter().find(|it| it.name == request.name).cloned().unwrap_or_default();
        relay.name.clone_from(&request.name);
        if request.update_mask.iter().any(|path| path == "site") {
            relay.granted_site = request.site;
        }
        if request.update_mask.iter().any(|path| path == "labels") {
            relay.labels = request.labels;
        }
        relay.etag = etag(revision);
        if !request.validate_only {
            memory.relays.retain(|it| it.name != request.name);
            memory.relays.push(relay.clone());
        }
        Ok(Response::new(relay))
    }

    async fn delete_relay(
        &self,
        request: Request<DeleteRelayRequest>,
    ) -> Result<Response<DeleteRelayResponse>, Status> {
        let request = request.into_inner();
        let mut memory = self.0.lock().unwrap();
        let call = format!("delete_relay {} {}", request.name, request.etag);
        let revision = memory.change(call, &request.request_id, request.validate_only)?;
        memory.relays.retain(|it| it.name != request.name || request.validate_only);
        Ok(Response::new(DeleteRelayResponse { revision }))
    }

    async fn create_site(&self, request: Request<CreateSiteRequest>) -> Result<Response<Site>, Status> {
        let request = request.into_inner();
        let mut site = request.site.unwrap();
        let mut memory = self.0.lock().unwrap();
        let call = format!("create_site {}", site.name);
        site.revision = memory.change(call, &request.request_id, request.validate_only)?;
        site.etag = etag(site.revision);
        if !request.validate_only {
            memory.sites.push(site.clone());
        }
        Ok(Response::new(site))
    }

    async fn list_sites(&self, _: Request<ListSitesRequest>) -> Result<Response<ListSitesResponse>, Status> {
        let sites = self.0.lock().unwrap().sites.clone();
        Ok(Response::new(ListSitesResponse { sites, revision: 9 }))
    }

    async fn update_site(&self, request: Request<UpdateSiteRequest>) -> Result<Response<Site>, Status> {
        let request = request.into_inner();
        let mut site = request.site.unwrap();
        let mut memory = self.0.lock().unwrap();
        let call = format!("update_site {} {}", site.name, site.etag);
        site.revision = memory.change(call, &request.request_id, request.validate_only)?;
        site.etag = etag(site.revision);
        if !request.validate_only {
            memory.sites.retain(|it| it.name != site.name);
            memory.sites.push(site.clone());
        }
        Ok(Response::new(site))
    }

    async fn delete_site(&self, request: Request<DeleteSiteRequest>) -> Result<Response<DeleteSiteResponse>, Status> {
        let request = request.into_inner();
        let mut memory = self.0.lock().unwrap();
        let call = format!("delete_site {} {}", request.name, request.etag);
        let revision = memory.change(call, &request.request_id, request.validate_only)?;
        memory.sites.retain(|it| it.name != request.name || request.validate_only);
        Ok(Response::new(DeleteSiteResponse { revision }))
    }

    async fn create_site_link(&self, request: Request<CreateSiteLinkRequest>) -> Result<Response<SiteLink>, Status> {
        let request = request.into_inner();
        let mut link = request.site_link.unwrap();
        let mut memory = self.0.lock().unwrap();
        let call = format!("create_site_link {} {} {}", link.from_site, link.to_site, link.cost.unwrap());
        link.revision = memory.change(call, &request.request_id, request.validate_only)?;
        link.etag = etag(link.revision);
        if !request.validate_only {
            memory.links.push(link.clone());
        }
        Ok(Response::new(link))
    }

    async fn list_site_links(
        &self,
        _: Request<ListSiteLinksRequest>,
    ) -> Result<Response<ListSiteLinksResponse>, Status> {
        let site_links = self.0.lock().unwrap().links.clone();
        Ok(Response::new(ListSiteLinksResponse { site_links, revision: 9 }))
    }

    async fn update_site_link(&self, request: Request<UpdateSiteLinkRequest>) -> Result<Response<SiteLink>, Status> {
        let request = request.into_inner();
        let mut link = request.site_link.unwrap();
        let mut memory = self.0.lock().unwrap();
        let call = format!("update_site_link {} {} {} {}", link.from_site, link.to_site, link.cost.unwrap(), link.etag);
        link.revision = memory.change(call, &request.request_id, request.validate_only)?;
        link.etag = etag(link.revision);
        if !request.validate_only {
            memory.links.retain(|it| (&it.from_site, &it.to_site) != (&link.from_site, &link.to_site));
            memory.links.push(link.clone());
        }
        Ok(Response::new(link))
    }

    async fn delete_site_link(
        &self,
        request: Request<DeleteSiteLinkRequest>,
    ) -> Result<Response<DeleteSiteLinkResponse>, Status> {
        let request = request.into_inner();
        let mut memory = self.0.lock().unwrap();
        let call = format!("delete_site_link {} {} {}", request.from_site, request.to_site, request.etag);
        let revision = memory.change(call, &request.request_id, request.validate_only)?;
        if !request.validate_only {
            memory.links.retain(|it| (&it.from_site, &it.to_site) != (&request.from_site, &request.to_site));
        }
        Ok(Response::new(DeleteSiteLinkResponse { revision }))
    }
}
