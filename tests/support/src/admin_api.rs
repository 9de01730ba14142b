use std::net::SocketAddr;
use std::time::{Duration, Instant};

use postroad_api::connector::v1 as wire;
use postroad_api::connector::v1::connector_service_client::ConnectorServiceClient;
use postroad_api::fleet::v1 as fleet;
use postroad_api::fleet::v1::fleet_service_client::FleetServiceClient;
use tokio::runtime::Runtime;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

/// A client of the admin API that waits for each answer.
#[derive(Debug)]
pub struct AdminApi {
    runtime: Runtime,
    channel: Channel,
}

impl AdminApi {
    /// A client of the control plane at this address; it connects when it is used.
    ///
    /// # Panics
    /// When no runtime can be made.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap().timeout(Duration::from_secs(20));
        let channel = runtime.block_on(async { endpoint.connect_lazy() });
        Self { runtime, channel }
    }

    fn connectors(&self) -> ConnectorServiceClient<Channel> {
        ConnectorServiceClient::new(self.channel.clone())
    }

    /// Stores a new connector.
    ///
    /// # Errors
    /// The refusal.
    pub fn create(&self, connector: wire::Connector) -> Result<wire::Connector, Status> {
        let request = wire::CreateConnectorRequest { connector: Some(connector), ..Default::default() };
        self.runtime.block_on(self.connectors().create_connector(request)).map(tonic::Response::into_inner)
    }

    /// Changes the fields that the mask names, whatever is there.
    ///
    /// # Errors
    /// The refusal.
    pub fn update(&self, connector: &wire::Connector, mask: &[&str]) -> Result<wire::Connector, Status> {
        let connector = wire::Connector { etag: "*".to_owned(), ..connector.clone() };
        let update_mask = mask.iter().map(|path| (*path).to_owned()).collect();
        let request = wire::UpdateConnectorRequest { connector: Some(connector), update_mask, ..Default::default() };
        self.runtime.block_on(self.connectors().update_connector(request)).map(tonic::Response::into_inner)
    }

    /// Removes a connector; the revision of the removal.
    ///
    /// # Errors
    /// The refusal.
    pub fn delete(&self, name: &str) -> Result<u64, Status> {
        let connector = name.to_owned();
        let request = wire::DeleteConnectorRequest { connector, etag: "*".to_owned(), ..Default::default() };
        let answer = self.runtime.block_on(self.connectors().delete_connector(request))?;
        Ok(answer.into_inner().revision)
    }

    /// Reads a connector.
    ///
    /// # Errors
    /// The refusal.
    pub fn get(&self, name: &str) -> Result<wire::Connector, Status> {
        let request = wire::GetConnectorRequest { connector: name.to_owned() };
        self.runtime.block_on(self.connectors().get_connector(request)).map(tonic::Response::into_inner)
    }

    /// The relays that the control plane knows.
    ///
    /// # Errors
    /// The refusal.
    pub fn relays(&self) -> Result<Vec<fleet::Relay>, Status> {
        let mut client = FleetServiceClient::new(self.channel.clone());
        let answer = self.runtime.block_on(client.list_relays(fleet::ListRelaysRequest {}))?;
        Ok(answer.into_inner().relays)
    }

    /// Waits until that many relays have applied this revision or a later one; how long it took.
    ///
    /// # Panics
    /// When they have not within ten seconds.
    pub fn wait_for_relays(&self, count: usize, revision: u64) -> Duration {
        let began = Instant::now();
        loop {
            let relays = self.relays();
            let reached = relays.iter().flatten().filter(|relay| relay.applied_revision >= revision).count();
            if reached >= count {
                return began.elapsed();
            }
            assert!(began.elapsed() < Duration::from_secs(10), "revision {revision} is not applied: {relays:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A connector for these address spaces that sends through these smart hosts, its message size not limited.
#[must_use]
pub fn connector(name: &str, spaces: &[&str], hosts: &[SocketAddr]) -> wire::Connector {
    let host = |address: &SocketAddr| wire::SmartHost {
        host: address.ip().to_string(),
        port: u32::from(address.port()),
        ..wire::SmartHost::default()
    };
    wire::Connector {
        name: name.to_owned(),
        address_spaces: spaces.iter().map(|domain| space(domain, 1)).collect(),
        smart_hosts: hosts.iter().map(host).collect(),
        max_message_size: Some(0),
        ..wire::Connector::default()
    }
}

/// An SMTP address space.
#[must_use]
pub fn space(domain: &str, cost: u32) -> wire::AddressSpace {
    wire::AddressSpace { r#type: "SMTP".to_owned(), space: domain.to_owned(), cost: Some(cost) }
}
