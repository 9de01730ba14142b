//! The relay as a value: built, run, drained.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use postroad_config_feed::{Feed, FeedSettings, Usability};
use postroad_connector_model::RelayIdentity;
use postroad_delivery::Courier as _;
use postroad_lifecycle::{HealthInfo, Readiness, ReadyToken, SettingsError, Shutdown, Tasks, serve_health};
use postroad_pipeline::Offering;
use postroad_routing::RouteTable;
use postroad_smarthost::{SmartHostCourier, Timers};
use postroad_submission_users::TokenVerifier;
use postroad_telemetry::Recorder;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::admission::Admission;
use crate::drain::{Drain, Schedule};
use crate::front::{Front, Shared};
use crate::listener::Listener;
use crate::listeners::ListenerSettings;
use crate::settings::Checked;
use crate::tokens::Tokens;
use crate::{Settings, reload};

/// A relay whose sockets are bound.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    listeners: Vec<Arc<Listener>>,
    admin: TcpListener,
    feed: Feed,
    offering: Offering,
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
        for warning in &checked.warnings {
            warn!(%warning, "settings");
        }
        Self::open(settings, checked, None, recorder).await
    }

    /// As [`build`](Self::build), for a program that has relays inside it: with listeners that were made in code, in place
    /// of those of the settings, and with somebody who checks bearer tokens, without whom OAUTHBEARER and XOAUTH2 are not
    /// offered. Such listeners are taken as they are: neither the ranges of the file of listeners bind them, nor is it
    /// asked whether they make an open relay.
    ///
    /// # Errors
    /// As there.
    pub async fn with_listeners(
        settings: Settings,
        listeners: Vec<ListenerSettings>,
        tokens: Option<Arc<dyn TokenVerifier>>,
        recorder: Recorder,
    ) -> anyhow::Result<Self> {
        let checked = settings.checked().map_err(SettingsError::new)?;
        Self::open(settings, Checked { listeners, ..checked }, tokens.map(Tokens), recorder).await
    }

    async fn open(
        settings: Settings,
        checked: Checked,
        tokens: Option<Tokens>,
        recorder: Recorder,
    ) -> anyhow::Result<Self> {
        postroad_tls::install_provider();
        let courier = Arc::new(SmartHostCourier::new(timers(&settings)));
        let feed = Feed::new(FeedSettings {
            endpoint: settings.control_plane.clone(),
            relay: RelayIdentity { name: checked.name.clone(), site: settings.site.clone() },
            version: env!("CARGO_PKG_VERSION").to_owned(),
            listeners: checked.listeners.iter().map(|listener| listener.name.clone()).collect(),
            usability: usability(Arc::clone(&courier)),
        })
        .context("--control-plane")?;
        let offering = Offering::new(feed.table(), courier.learned());
        let shared = Shared {
            courier,
            open: settings.open_timeout,
            recorder,
            table: feed.table(),
            extensions: offering.offered(),
            host_name: checked.host_name,
            tokens,
        };
        let listeners = open_all(checked.listeners, &shared).await?;
        let admin = bind("--admin-listen", settings.admin_listen).await?;
        let admin_address = admin.local_addr()?;
        let smtp_address = match listeners.first() {
            Some(first) => first.socket.local_addr()?,
            None => anyhow::bail!("there is no listener"),
        };
        let readiness = Readiness::new();
        Ok(Self { settings, listeners, admin, feed, offering, readiness, smtp_address, admin_address })
    }

    /// Where clients hand in mail: the first of the listeners.
    #[must_use]
    pub const fn smtp_address(&self) -> SocketAddr {
        self.smtp_address
    }

    /// Where the listener of this name takes mail; `None`: there is none of it.
    #[must_use]
    pub fn listener_address(&self, name: &str) -> Option<SocketAddr> {
        let listener = self.listeners.iter().find(|listener| listener.front.name == name)?;
        listener.socket.local_addr().ok()
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

    /// Serves until the shutdown begins, then drains: no new client, 421 between transactions, and an end to what is under
    /// way, before the drain deadline. Returns what is left for whoever called: what it does then, the process's end
    /// included, is within the deadline if it takes no longer.
    pub async fn run(self, shutdown: Shutdown) -> Duration {
        let (sessions, services) = (Tasks::new(), Tasks::new());
        let configured = self.readiness.token("configuration");
        let serving = self.readiness.token("not draining");
        serving.ready();
        self.announce();
        let health = HealthInfo { service: "postroad-relay", version: env!("CARGO_PKG_VERSION") };
        // Health is served until the last session has ended.
        let stopped = Shutdown::new();
        services.spawn("health", serve_health(self.admin, self.readiness.clone(), health, stopped.clone()));
        services.spawn("readiness", ready_when_configured(self.feed.table(), configured, stopped.clone()));
        services.spawn("offering", until(stopped.clone(), self.offering.run()));
        services.spawn("files", reload::run(self.listeners.clone(), self.settings.reload_interval, stopped.clone()));
        let feed_stop = stopped.clone();
        let feed = self.feed;
        services.spawn("configuration", async move { feed.run(feed_stop).await });
        let drain = Drain::on(shutdown.clone());
        let final_reply = self.listeners.iter().map(|listener| listener.front.settings.timeouts.final_reply).max();
        let accepting = Tasks::new();
        for listener in self.listeners {
            accepting.spawn("accept", listener.accept(sessions.clone(), drain.clone()));
        }
        shutdown.begun().await;
        let schedule = Schedule::new(self.settings.drain_deadline, final_reply.unwrap_or_default());
        // Whoever asks for readiness is told before a client is turned away.
        serving.not_ready();
        accepting.finish(LEAVE.min(self.settings.drain_deadline / 8)).await;
        drain.run(&sessions, schedule).await;
        stopped.begin();
        services.finish(LEAVE.min(schedule.left() / 2)).await;
        info!("stopped");
        schedule.left()
    }

    fn announce(&self) {
        for listener in &self.listeners {
            if let Ok(address) = listener.socket.local_addr() {
                let mode = listener.front.settings.mode.as_str();
                info!(port_name = listener.front.name, %address, mode, "listening");
            }
        }
        info!(port_name = "admin", address = %self.admin_address, "listening");
    }
}

/// What the accept loops, and then the services, may take to end; it is a moment for each.
const LEAVE: Duration = Duration::from_secs(1);

/// What this relay can do is what its courier can.
fn usability(courier: Arc<SmartHostCourier>) -> Usability {
    Usability::new(move |connector, is_source| {
        let shortcomings = courier.shortcomings(connector, is_source).into_iter();
        shortcomings.map(|shortcoming| (shortcoming.field.to_owned(), shortcoming.text.to_owned())).collect()
    })
}

fn timers(settings: &Settings) -> Timers {
    Timers {
        connect: settings.connect_timeout,
        command: settings.command_timeout,
        data: settings.data_timeout,
        final_reply: settings.final_reply_timeout,
    }
}

/// Reads the files of all listeners and binds their sockets.
async fn open_all(listeners: Vec<ListenerSettings>, shared: &Shared) -> anyhow::Result<Vec<Arc<Listener>>> {
    let (mut opened, mut wrong) = (Vec::new(), Vec::new());
    for settings in listeners {
        match Front::open(settings, shared) {
            Ok(front) => opened.push(front),
            Err(problems) => wrong.extend(problems),
        }
    }
    SettingsError::report(wrong)?;
    let mut bound = Vec::new();
    for front in opened {
        let limits = &front.settings.limits;
        let admission =
            Admission::new(limits.max_sessions, limits.max_sessions_per_address.unwrap_or(limits.max_sessions));
        let socket = bind(&format!("listener {}", front.name), front.settings.listen).await?;
        bound.push(Arc::new(Listener { socket, front, admission }));
    }
    Ok(bound)
}

/// Runs something until it ends or is told to.
async fn until(stopped: Shutdown, service: impl Future<Output = ()>) {
    tokio::select! {
        () = service => {}
        () = stopped.begun() => {}
    }
}

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
