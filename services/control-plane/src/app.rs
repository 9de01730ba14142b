//! The control plane as a value: built, run, drained.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use postroad_api::config::v1::config_service_server::ConfigServiceServer;
use postroad_api::connector::v1::certificate_service_server::CertificateServiceServer;
use postroad_api::connector::v1::connector_service_server::ConnectorServiceServer;
use postroad_api::fleet::v1::access_service_server::AccessServiceServer;
use postroad_api::fleet::v1::fleet_service_server::FleetServiceServer;
use postroad_api::{DESCRIPTORS, limits};
use postroad_lifecycle::{HealthInfo, Readiness, Shutdown, Tasks, serve_health};
use postroad_seal::KeyRing;
use postroad_store::ConnectorStore;
use postroad_store_sled::SledStore;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::{Router, TcpIncoming};
use tonic_health::server::HealthReporter;
use tracing::{error, info, warn};

use crate::Settings;
use crate::access::AccessApi;
use crate::certificates::{CertificateApi, watch_expiry};
use crate::configuration::Configuration;
use crate::connectors::ConnectorApi;
use crate::fleet::FleetApi;
use crate::stream::ConfigApi;
use crate::trimming;

/// HTTP/2 pings: how often, and how long to wait for the answer (SR7).
const PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));
/// How long a request without a deadline of its own may take.
const UNARY: Duration = Duration::from_secs(30);
/// How long requests under way may take after the shutdown has begun.
const DRAIN: Duration = Duration::from_secs(3);
/// How long streams and reads go on after the store broke: long enough for probes to see it, and for no hasty restarts
/// while a disk stays full.
const GRACE: Duration = Duration::from_secs(10);
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
        let store = blocking(&settings, open_store).await?;
        let held = store.snapshot().await.context("--data-dir: the store cannot be read")?;
        let sealed = held.records.iter().any(|record| record.key.kind.is_secret());
        let keys = blocking(&settings, move |settings| open_keys(settings, sealed)).await?;
        let configuration = Configuration::load(store, &held, keys, tasks.clone(), writable)
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
        info!(revision, connectors = self.configuration.state().objects.connectors.size(), "configuration loaded");
        let health = HealthInfo { service: "postroad-control-plane", version: env!("CARGO_PKG_VERSION") };
        let stopped = Shutdown::new();
        self.tasks.spawn("health", serve_health(self.admin, self.readiness, health, stopped.clone()));
        let (reporter, health) = tonic_health::server::health_reporter();
        // Ends with the caller's shutdown, or by itself when the store is broken.
        let ending = Shutdown::new();
        let router = router(&self.configuration, &ending).await?.add_service(health);
        report_serving(&reporter).await;
        let broken = self.configuration.broken().clone();
        self.tasks.spawn("ending", end(shutdown, broken.clone(), reporter, ending.clone()));
        self.tasks.spawn("certificates", watch_expiry(Arc::clone(&self.configuration), ending.clone()));
        self.tasks.spawn("trimming", trimming::run(Arc::clone(&self.configuration), ending.clone()));
        let incoming = TcpIncoming::from(self.grpc).with_nodelay(Some(true));
        let begun = ending.clone();
        let server = router.serve_with_incoming_shutdown(incoming, async move { begun.begun().await });
        let late = async {
            ending.begun().await;
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            served = server => served.context("the gRPC server failed")?,
            () = late => warn!("the drain deadline has passed; what is still under way is cut off"),
        }
        ending.begin();
        stopped.begin();
        let left = self.tasks.finish(Duration::from_secs(1)).await;
        if !left.is_empty() {
            warn!(tasks = left.join(", "), "cut off");
        }
        info!("stopped");
        anyhow::ensure!(
            !broken.is_begun(),
            "the disk failed or is full, so the store is broken: see to the disk and start again"
        );
        Ok(())
    }
}

async fn report_serving(reporter: &HealthReporter) {
    reporter.set_serving::<ConnectorServiceServer<ConnectorApi>>().await;
    reporter.set_serving::<CertificateServiceServer<CertificateApi>>().await;
    reporter.set_serving::<FleetServiceServer<FleetApi>>().await;
    reporter.set_serving::<AccessServiceServer<AccessApi>>().await;
    reporter.set_serving::<ConfigServiceServer<ConfigApi>>().await;
}

/// Begins the ending: with the caller's shutdown, or a while after the store broke. In that while the service that
/// writes is NOT_SERVING, and streams and reads go on; then only a restart, which reads the disk anew, helps (ST8).
async fn end(shutdown: Shutdown, broken: Shutdown, reporter: HealthReporter, ending: Shutdown) {
    tokio::select! {
        () = shutdown.begun() => {}
        () = broken.begun() => {
            reporter.set_not_serving::<ConnectorServiceServer<ConnectorApi>>().await;
            reporter.set_not_serving::<CertificateServiceServer<CertificateApi>>().await;
            error!(grace_s = GRACE.as_secs(), "the store is broken: this process ends, to be started again");
            tokio::select! {
                () = shutdown.begun() => {}
                () = tokio::time::sleep(GRACE) => {}
            }
        }
        () = ending.begun() => {}
    }
    ending.begin();
}

/// Every service of the gRPC port but health.
async fn router(configuration: &Arc<Configuration>, shutdown: &Shutdown) -> anyhow::Result<Router> {
    let connectors = ConnectorServiceServer::new(ConnectorApi { configuration: Arc::clone(configuration) })
        .max_decoding_message_size(limits::MESSAGE);
    let certificates = CertificateServiceServer::new(CertificateApi { configuration: Arc::clone(configuration) })
        .max_decoding_message_size(limits::MESSAGE);
    let fleet = FleetServiceServer::new(FleetApi { configuration: Arc::clone(configuration) })
        .max_decoding_message_size(limits::MESSAGE);
    let access = AccessServiceServer::new(AccessApi { configuration: Arc::clone(configuration) })
        .max_decoding_message_size(limits::MESSAGE);
    let config =
        ConfigServiceServer::new(ConfigApi { configuration: Arc::clone(configuration), shutdown: shutdown.clone() })
            .max_decoding_message_size(limits::RELAY_MESSAGE);
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
        .add_service(certificates)
        .add_service(fleet)
        .add_service(access)
        .add_service(config)
        .add_service(describe().build_v1().context("reflection")?)
        // What older clients ask for.
        .add_service(describe().build_v1alpha().context("reflection")?))
}

fn open_store(settings: &Settings) -> anyhow::Result<Arc<dyn ConnectorStore>> {
    let store = SledStore::open(&settings.data_dir)
        .with_context(|| format!("--data-dir: the store in {} cannot be opened", settings.data_dir.display()))?;
    Ok(Arc::new(store))
}

/// A new key opens no secret that is there, so none is made then.
fn open_keys(settings: &Settings, sealed: bool) -> anyhow::Result<KeyRing> {
    if let Some(keys) = &settings.secrets_key {
        return keys.ring().context("POSTROAD_SECRETS_KEY");
    }
    let path = settings.key_path();
    if sealed {
        return KeyRing::load(&path).context(
            "--secrets-key-file: the store holds sealed secrets, so the keys that sealed them are needed; if the key file \
             is gone, put the old key file back in its place",
        );
    }
    let (keys, made) = KeyRing::load_or_create(&path).context("--secrets-key-file")?;
    if made {
        let (file, key_id) = (path.display().to_string(), keys.sealing_key().to_string());
        warn!(file, key_id, "a new key for stored secrets was made: keep a copy of it apart from the data");
    }
    Ok(keys)
}

async fn blocking<T: Send + 'static>(
    settings: &Settings,
    open: impl FnOnce(&Settings) -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let settings = settings.clone();
    tokio::task::spawn_blocking(move || open(&settings)).await.context("opening the data was given up")?
}

async fn bind(setting: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{setting}: cannot listen on {address}; is another program there already?"))
}
