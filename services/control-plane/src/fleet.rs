//! `FleetService`.

use std::sync::Arc;

use postroad_api::fleet::v1::fleet_service_server::FleetService;
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
}
