//! `ConfigService`: drives one machine per stream.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::Stream;
use futures_util::stream::unfold;
use postroad_api::config::v1 as wire;
use postroad_lifecycle::Shutdown;
use tonic::{Request, Response, Status, Streaming};
use wire::config_service_server::ConfigService;

use crate::configuration::Configuration;

mod driver;

use driver::Driver;

/// Streams configuration to relays.
pub(crate) struct ConfigApi {
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) shutdown: Shutdown,
}

type Answer = Result<wire::StreamConfigResponse, Status>;

#[tonic::async_trait]
impl ConfigService for ConfigApi {
    type StreamConfigStream = Pin<Box<dyn Stream<Item = Answer> + Send>>;

    /// The answer is a stream that makes its next message when there is room for it: no task, no queue per relay.
    async fn stream_config(
        &self,
        request: Request<Streaming<wire::StreamConfigRequest>>,
    ) -> Result<Response<Self::StreamConfigStream>, Status> {
        let peer = request.remote_addr().map(|address| address.to_string()).unwrap_or_default();
        let driver = Driver::new(Arc::clone(&self.configuration), request.into_inner(), peer, self.shutdown.clone());
        Ok(Response::new(Box::pin(unfold(driver, Driver::step))))
    }
}
