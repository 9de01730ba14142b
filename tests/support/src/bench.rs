use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use postroad_api::connector::v1::Connector;
use tempfile::TempDir;

use crate::{AdminApi, ControlPlane, Relay, RelaySetup, Sender, connector};

/// A control plane and a relay that has applied its configuration, with a folder that goes away with them.
#[derive(Debug)]
pub struct Bench {
    /// The relay.
    pub relay: Relay,
    /// Client of the control plane.
    pub api: AdminApi,
    /// The control plane.
    pub control_plane: ControlPlane,
    folder: TempDir,
}

impl Bench {
    /// Starts both; the relay has a connector `main` for `*` through these smart hosts, and these flags.
    ///
    /// # Panics
    /// When something does not come up.
    #[must_use]
    pub fn start(hosts: &[SocketAddr], flags: &[&str]) -> Self {
        Self::with_connector(connector("main", &["*"], hosts), flags)
    }

    /// Starts both; the relay has this connector and these flags.
    ///
    /// # Panics
    /// When something does not come up.
    #[must_use]
    pub fn with_connector(connector: Connector, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let control_plane = ControlPlane::start(&folder.path().join("control-plane"));
        let api = AdminApi::new(control_plane.grpc());
        let stored = api.create(connector).unwrap();
        let relay = Relay::start(&RelaySetup::new("relay-a", control_plane.grpc()).with(flags));
        relay.wait_for_revision(stored.revision, Duration::from_secs(20));
        Self { relay, api, control_plane, folder }
    }

    /// A folder for the test's own files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A client that has been greeted and has said EHLO.
    ///
    /// # Panics
    /// When the relay does not welcome it.
    #[must_use]
    pub fn sender(&self) -> Sender {
        Sender::connect(self.relay.smtp()).unwrap()
    }
}
