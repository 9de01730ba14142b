//! The control plane as a value: built, run, drained.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use postroad_api::config::v1::config_service_server::ConfigServiceServer;
use postroad_api::connector::v1::connector_service_server::ConnectorServiceServer;
use postroad_api::fleet::v1::fleet_service_server::FleetServiceServer;
use postroad_api::{DESCRIPTORS, limits};
use postroad_lifecycle::{HealthInfo, Readiness, Shutdown, Tasks, serve_health};
use postroad_seal::KeyRing;
use postroad_store::ConnectorStore;
use postroad_store_sled::SledStore;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::{Router, TcpIncoming};
use tracing::{info, warn};

use crate::Settings;
use crate::configuration::Configuration;
use crate::connectors::ConnectorApi;
use crate::fleet::FleetApi;
use crate::stream::ConfigApi;

/// HTTP/2 pings: how often, and how long to wait for the answer (SR7).
const PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));
/// How long a request without a deadline of its own may take.
const UNARY: Duration = Duration::from_secs(30);
/// How long requests under way may take after the shutdown has begun.
const DRAIN: Duration = Duration::from_secs(3);
/// Streams of one connection.
const STREAMS: u32 = 16;
/// Octets of the headers of a request.
const HEADERS: u32 = 16 * 1024;

/// A control plane whose store is loaded and whose sockets are bound.
pub struct App {
    configuration: Arc<Configuration>,
    grpc: TcpListener,
    admin: TcpListener,
    grpc_address: SocketAddr,
    admin_address: SocketAddr,
    readiness: Readiness,
    tasks: Tasks,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("grpc_address", &self.grpc_address)
            .field("admin_address", &self.admin_address)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Checks the settings, opens the store, loads it whole, and binds the sockets: whatever can fail.
    ///
    /// # Errors
    /// Settings that are wrong (all at once), a store or keys that cannot be used, an address that cannot be bound.
    pub async fn build(settings: Settings) -> anyhow::Result<Self> {
        settings.check()?;
        let (readiness, tasks) = (Readiness::new(), Tasks::new());
        let writable = readiness.token("store");
        let (store, keys) = tokio::task::spawn_blocking({
            let settings = settings.clone();
            move || open(&settings)
        })
        .await
        .context("opening the store was given up")??;
        let configuration = Configuration::load(store, keys, tasks.clone(), writable)
            .await
            .with_context(|| format!("the data in {} cannot be used", settings.data_dir.display()))?;
        let grpc = bind("--grpc-listen", settings.grpc_listen).await?;
        let admin = bind("--admin-listen", settings.admin_listen).await?;
        Ok(Self {
            configuration: Arc::new(configuration),
            grpc_address: grpc.local_addr()?,
            admin_address: admin.local_addr()?,
            grpc,
            admin,
            readiness,
            tasks,
        })
    }

    /// Where operators and relays are served.
    #[must_use]
    pub const fn grpc_address(&self) -> SocketAddr {
        self.grpc_address
    }

    /// Where health is served.
    #[must_use]
    pub const fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }

    /// Serves until the shutdown begins; then streams end with GoAway, and requests under way have three seconds.
    ///
    /// # Errors
    /// When the server cannot go on.
    pub async fn run(self, shutdown: Shutdown) -> anyhow::Result<()> {
        info!(port_name = "grpc", address = %self.grpc_address, "listening");
        info!(port_name = "admin", address = %self.admin_address, "listening");
        let revision = self.configuration.state().revision;
        info!(revision, connectors = self.configuration.state().connectors.len(), "configuration loaded");
        let health = HealthInfo { service: "postroad-control-plane", version: env!("CARGO_PKG_VERSION") };
        let stopped = Shutdown::new();
        self.tasks.spawn("health", serve_health(self.admin, self.readiness, health, stopped.clone()));
        let router = router(&self.configuration, &shutdown).await?;
        let incoming = TcpIncoming::from(self.grpc).with_nodelay(Some(true));
        let begun = shutdown.clone();
        let server = router.serve_with_incoming_shutdown(incoming, async move { begun.begun().await });
        let late = async {
            shutdown.begun().await;
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            served = server => served.context("the gRPC server failed")?,
            () = late => warn!("the drain deadline has passed; what is still under way is cut off"),
        }
        stopped.begin();
        let left = self.tasks.finish(Duration::from_secs(1)).await;
        if !left.is_empty() {
            warn!(tasks = left.join(", "), "cut off");
        }
        info!("stopped");
        Ok(())
    }
}

/// Every service of the gRPC port.
async fn router(configuration: &Arc<Configuration>, shutdown: &Shutdown) -> anyhow::Result<Router> {
    let connectors = ConnectorServiceServer::new(ConnectorApi { configuration: Arc::clone(configuration) })
        .max_decoding_message_size(limits::MESSAGE);
    let fleet = FleetServiceServer::new(FleetApi { configuration: Arc::clone(configuration) })
        .max_decoding_message_size(limits::MESSAGE);
    let config =
        ConfigServiceServer::new(ConfigApi { configuration: Arc::clone(configuration), shutdown: shutdown.clone() })
            .max_decoding_message_size(limits::RELAY_MESSAGE);
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<ConnectorServiceServer<ConnectorApi>>().await;
    reporter.set_serving::<FleetServiceServer<FleetApi>>().await;
    reporter.set_serving::<ConfigServiceServer<ConfigApi>>().await;
    let describe = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok(Server::builder()
        .timeout(UNARY)
        .http2_keepalive_interval(Some(PING.0))
        .http2_keepalive_timeout(Some(PING.1))
        .http2_max_header_list_size(HEADERS)
        .max_concurrent_streams(STREAMS)
        .add_service(connectors)
        .add_service(fleet)
        .add_service(config)
        .add_service(health)
        .add_service(describe().build_v1().context("reflection")?)
        // What older clients ask for.
        .add_service(describe().build_v1alpha().context("reflection")?))
}

fn open(settings: &Settings) -> anyhow::Result<(Arc<dyn ConnectorStore>, (KeyRing, bool))> {
    let store = SledStore::open(&settings.data_dir)
        .with_context(|| format!("--data-dir: the store in {} cannot be opened", settings.data_dir.display()))?;
    let keys = KeyRing::load_or_create(&settings.key_path()).context("--key-file")?;
    Ok((Arc::new(store), keys))
}

async fn bind(setting: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{setting}: cannot listen on {address}; is another program there already?"))
}
