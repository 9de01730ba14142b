//! The relay as a value: built, run, drained.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use postroad_config_feed::{Feed, FeedSettings};
use postroad_connector_model::RelayIdentity;
use postroad_lifecycle::{HealthInfo, Readiness, ReadyToken, SettingsError, Shutdown, Tasks, serve_health};
use postroad_pipeline::{Pipeline, PipelineSettings};
use postroad_routing::RouteTable;
use postroad_smarthost::{SmartHostCourier, Timers};
use postroad_smtp_session::SessionSettings;
use postroad_telemetry::Recorder;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tracing::{info, warn};

use crate::Settings;
use crate::front::{ClientTimers, Front};
use crate::listener::Listener;

/// A relay whose sockets are bound.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    listener: Arc<Listener>,
    admin: TcpListener,
    feed: Feed,
    readiness: Readiness,
    smtp_address: SocketAddr,
    admin_address: SocketAddr,
}

impl App {
    /// Checks the settings and binds the sockets. Spans of transactions go to `recorder`.
    ///
    /// # Errors
    /// Settings that are wrong (all at once), or an address that cannot be bound.
    pub async fn build(settings: Settings, recorder: Recorder) -> anyhow::Result<Self> {
        let checked = settings.checked().map_err(SettingsError::new)?;
        anyhow::ensure!(settings.listeners.is_none(), "--listeners: files of listeners can be checked, not served yet");
        postroad_tls::install_provider();
        let socket = bind("--smtp-listen", settings.smtp_listen).await?;
        let admin = bind("--admin-listen", settings.admin_listen).await?;
        let (smtp_address, admin_address) = (socket.local_addr()?, admin.local_addr()?);
        let feed = Feed::new(FeedSettings {
            endpoint: settings.control_plane.clone(),
            relay: RelayIdentity { name: checked.name.clone(), site: settings.site.clone() },
            version: env!("CARGO_PKG_VERSION").to_owned(),
            listeners: vec!["smtp".to_owned()],
        })
        .context("--control-plane")?;
        let timers = Timers {
            connect: settings.connect_timeout,
            command: settings.command_timeout,
            data: settings.data_timeout,
            final_reply: settings.final_reply_timeout,
        };
        let pipeline = Pipeline::new(
            SmartHostCourier::new(timers),
            PipelineSettings {
                host_name: checked.host_name.clone(),
                server_name: checked.host_name.clone(),
                open: settings.open_timeout,
                final_reply: settings.final_reply_timeout,
            },
            recorder,
            feed.table(),
        );
        let session = SessionSettings {
            max_message_size: Some(settings.max_message_size).filter(|size| *size > 0),
            max_recipients: settings.max_recipients,
            ..SessionSettings::new(checked.host_name)
        };
        let front = Front {
            name: "smtp".to_owned(),
            networks: settings.allow_networks.clone(),
            session: Arc::new(session),
            timers: ClientTimers { command: settings.client_timeout, data: settings.data_timeout },
            pipeline: Arc::new(pipeline),
        };
        let places = Arc::new(Semaphore::new(settings.max_sessions as usize));
        let listener = Listener { socket, front, places };
        let readiness = Readiness::new();
        Ok(Self { settings, listener: Arc::new(listener), admin, feed, readiness, smtp_address, admin_address })
    }

    /// Where clients hand in mail.
    #[must_use]
    pub const fn smtp_address(&self) -> SocketAddr {
        self.smtp_address
    }

    /// Where health is served.
    #[must_use]
    pub const fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }

    /// What the relay still waits for.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    /// The newest table: `None` until the first configuration is applied.
    #[must_use]
    pub fn table(&self) -> watch::Receiver<Option<Arc<RouteTable>>> {
        self.feed.table()
    }

    /// Serves until the shutdown begins, then drains: no new client, 421 between commands, and an end to what is under
    /// way, at most until the drain deadline; final replies are waited for beyond it.
    pub async fn run(self, shutdown: Shutdown) {
        let (sessions, services) = (Tasks::new(), Tasks::new());
        let configured = self.readiness.token("configuration");
        let serving = self.readiness.token("not draining");
        serving.ready();
        info!(port_name = "smtp", address = %self.smtp_address, "listening");
        info!(port_name = "admin", address = %self.admin_address, "listening");
        let health = HealthInfo { service: "postroad-relay", version: env!("CARGO_PKG_VERSION") };
        // Health is served until the last session has ended.
        let stopped = Shutdown::new();
        services.spawn("health", serve_health(self.admin, self.readiness.clone(), health, stopped.clone()));
        services.spawn("readiness", ready_when_configured(self.feed.table(), configured, stopped.clone()));
        let feed_stop = stopped.clone();
        let feed = self.feed;
        services.spawn("configuration", async move { feed.run(feed_stop).await });
        let cut = Shutdown::new();
        Arc::clone(&self.listener).accept(sessions.clone(), shutdown, cut.clone()).await;
        serving.not_ready();
        drop(self.listener);
        let answers = self.settings.data_timeout + LONGEST_FINAL_REPLY;
        drain(&sessions, &cut, self.settings.drain_deadline, answers).await;
        stopped.begin();
        services.finish(Duration::from_secs(2)).await;
        info!("stopped");
    }
}

/// Until the deadline sessions may end by themselves. After it only those are waited for whose message is complete: its
/// dot may be written, so that the host may have it, and the client is given the true answer.
async fn drain(sessions: &Tasks, cut: &Shutdown, deadline: Duration, answers: Duration) {
    let cut_off = async {
        tokio::time::sleep(deadline).await;
        warn!(sessions = sessions.len(), "the drain deadline has passed; only final replies are still waited for");
        cut.begin();
        std::future::pending::<()>().await;
    };
    let left = tokio::select! {
        left = sessions.finish(deadline + answers) => left,
        () = cut_off => Vec::new(),
    };
    if !left.is_empty() {
        warn!(?left, "these sessions did not end");
    }
}

/// The longest that a connector may wait for the reply to the end of a message.
const LONGEST_FINAL_REPLY: Duration = Duration::from_secs(10 * 60 + 5);

async fn ready_when_configured(
    mut table: watch::Receiver<Option<Arc<RouteTable>>>,
    token: ReadyToken,
    stopped: Shutdown,
) {
    tokio::select! {
        applied = table.wait_for(Option::is_some) => {
            if applied.is_ok() {
                token.ready();
            }
        }
        () = stopped.begun() => return,
    }
    // The token is held as long as the relay runs.
    stopped.begun().await;
}

async fn bind(flag: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{flag} {address}: this address cannot be listened on; is another program using it?"))
}
