//! The parts that quickstart runs in this process, and their end.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::Resettable;
use clap::{Args, Command};
use postroad_control_plane as control_plane;
use postroad_lifecycle::{Readiness, Shutdown, Tasks};
use postroad_relay as relay;
use postroad_telemetry::{Capture, Settings, Telemetry};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::QuickstartArguments;
use super::capturing_host::CapturingHost;
use super::hop::Hop;
use crate::Failure;

/// Name of the relay, and of the connector.
pub(super) const NAME: &str = "quickstart";
/// How long the control plane and the relay may take to end; with the two below it is under five seconds.
const SERVICES_END: Duration = Duration::from_millis(3500);
/// How long the capturing host may take to end.
const HOST_END: Duration = Duration::from_millis(300);
/// How long traces may take to leave.
const TRACES_END: Duration = Duration::from_millis(900);
/// How long the relay waits for transactions that are under way.
const DRAIN: Duration = Duration::from_secs(1);

/// Everything that runs.
#[derive(Debug)]
pub(super) struct System {
    shutdown: Shutdown,
    services: Tasks,
    /// Ends after the services, so that what they have under way can end well.
    host_shutdown: Shutdown,
    host_tasks: Tasks,
    telemetry: Telemetry,
    capture: Capture,
    broken: (mpsc::Sender<String>, mpsc::Receiver<String>),
    /// Removed when it is dropped, after everything has ended.
    temporary: Option<TempDir>,
}

/// A running relay.
#[derive(Debug)]
pub(super) struct RunningRelay {
    /// Where it accepts mail.
    pub(super) smtp: SocketAddr,
    /// Where its health is served.
    pub(super) admin: SocketAddr,
    /// What it still waits for.
    pub(super) readiness: Readiness,
}

impl System {
    /// Starts the telemetry, which samples everything and keeps what it samples.
    ///
    /// # Errors
    /// When it cannot start.
    pub(super) fn new(shutdown: Shutdown) -> Result<Self, Failure> {
        let capture = Capture::new();
        let telemetry = Telemetry::start(Settings {
            relay: NAME.to_owned(),
            sample_everything: true,
            capture: Some(capture.clone()),
            ..Settings::new("postroad-relay", env!("CARGO_PKG_VERSION"))
        });
        Ok(Self {
            shutdown,
            services: Tasks::new(),
            host_shutdown: Shutdown::new(),
            host_tasks: Tasks::new(),
            telemetry: telemetry.map_err(|error| Failure::step("start the telemetry", error))?,
            capture,
            broken: mpsc::channel(2),
            temporary: None,
        })
    }

    /// The data directory: the one given, or a temporary one.
    ///
    /// # Errors
    /// When none can be made.
    pub(super) fn data_dir(&mut self, given: Option<&Path>) -> Result<PathBuf, Failure> {
        if let Some(given) = given {
            return Ok(given.to_owned());
        }
        let made = tempfile::Builder::new().prefix("postroad-quickstart-").tempdir();
        let made = made.map_err(|error| Failure::step("make a temporary directory", error))?;
        let path = made.path().to_owned();
        self.temporary = Some(made);
        Ok(path)
    }

    /// Starts a control plane and says where it serves gRPC.
    ///
    /// # Errors
    /// When it cannot open its data or its ports.
    pub(super) async fn start_control_plane(
        &self,
        arguments: &QuickstartArguments,
        data_dir: PathBuf,
    ) -> Result<SocketAddr, Failure> {
        let settings = control_plane::Settings {
            grpc_listen: arguments.grpc_listen,
            admin_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir,
            ..defaults()?
        };
        let app = control_plane::App::build(settings).await;
        let app = app.map_err(|error| Failure::step("start the control plane", format!("{error:#}")))?;
        let address = app.grpc_address();
        let (shutdown, broken) = (self.shutdown.clone(), self.broken.0.clone());
        self.services.spawn("control plane", async move {
            if let Err(error) = app.run(shutdown.clone()).await {
                let _full = broken.try_send(format!("the control plane ended: {error:#}"));
            }
            shutdown.begin();
        });
        Ok(address)
    }

    /// Starts a relay.
    ///
    /// # Errors
    /// When it cannot open its ports.
    pub(super) async fn start_relay(
        &self,
        arguments: &QuickstartArguments,
        control_plane: SocketAddr,
    ) -> Result<RunningRelay, Failure> {
        // A real smart host may look the name up; the capturing one does not.
        let host_name = if arguments.smart_host.is_some() { "" } else { "relay.quickstart.invalid" };
        let settings = relay::Settings {
            name: NAME.to_owned(),
            host_name: host_name.to_owned(),
            control_plane: format!("http://{control_plane}"),
            smtp_listen: arguments.smtp_listen,
            admin_listen: arguments.admin_listen,
            drain_deadline: DRAIN,
            ..defaults()?
        };
        let app = relay::App::build(settings, self.telemetry.recorder()).await;
        let app = app.map_err(|error| Failure::step("start the relay", format!("{error:#}")))?;
        let running = RunningRelay { smtp: app.smtp_address(), admin: app.admin_address(), readiness: app.readiness() };
        let shutdown = self.shutdown.clone();
        self.services.spawn("relay", async move {
            let _left = app.run(shutdown.clone()).await;
            shutdown.begin();
        });
        Ok(running)
    }

    /// Starts a capturing smart host.
    ///
    /// # Errors
    /// When it gets no port.
    pub(super) async fn start_host(&self) -> Result<CapturingHost, Failure> {
        CapturingHost::start(&self.host_tasks, self.host_shutdown.clone())
            .await
            .map_err(|error| Failure::step("start the capturing smart host", error))
    }

    /// The spans of a trace, as far as they have ended.
    pub(super) fn hops(&self, trace_id: &str) -> Vec<Hop> {
        let hops = self.capture.spans().into_iter().map(Hop::from);
        hops.filter(|hop| hop.trace_id == trace_id).collect()
    }

    /// Ends everything, in under five seconds.
    ///
    /// # Errors
    /// When a part had ended by itself, or one did not end in time.
    pub(super) async fn stop(mut self) -> Result<(), Failure> {
        self.shutdown.begin();
        let mut left = self.services.finish(SERVICES_END).await;
        self.host_shutdown.begin();
        left.extend(self.host_tasks.finish(HOST_END).await);
        self.telemetry.shutdown(TRACES_END).await;
        if let Ok(broken) = self.broken.1.try_recv() {
            return Err(Failure::step("run", broken));
        }
        if !left.is_empty() {
            return Err(Failure::step("end", format!("these did not end in time: {}", left.join(", "))));
        }
        Ok(())
    }
}

/// The settings of a service as its command line gives them without flags. The environment variables of a service are
/// not asked: they are meant for a process of its own.
fn defaults<S: Args>() -> Result<S, Failure> {
    let command = S::augment_args(Command::new(NAME)).mut_args(|arg| arg.env(Resettable::Reset));
    let matches = command.try_get_matches_from([NAME]);
    let settings = matches.and_then(|matches| S::from_arg_matches(&matches));
    settings.map_err(|error| Failure::step("read the default settings", error))
}
