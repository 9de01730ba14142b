use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use postroad_lifecycle::{Shutdown, Tasks};
use postroad_relay::{App, ListenerSettings, Settings};
use postroad_submission_users::TokenVerifier;
use postroad_telemetry::Telemetry;
use tokio::runtime::Runtime;

/// Whatever a relay waits for here, it is a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// A relay inside this process: its listeners may be held to limits that no file of listeners may say.
pub(crate) struct Relay {
    runtime: Runtime,
    shutdown: Shutdown,
    running: Tasks,
    addresses: HashMap<String, SocketAddr>,
}

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    settings: Settings,
}

impl Relay {
    /// Starts one and waits until it has a configuration.
    pub(crate) fn start(
        control_plane: SocketAddr,
        listeners: Vec<ListenerSettings>,
        tokens: Arc<dyn TokenVerifier>,
    ) -> Self {
        let control_plane = format!("http://{control_plane}");
        let flags = ["relay", "--name", "dialogues", "--host-name", "relay.example", "--control-plane", &control_plane];
        // A transaction that is open at a shutdown is waited for no longer than half of it.
        let more = ["--admin-listen", "127.0.0.1:0", "--drain-deadline", "2s"];
        let settings = Program::parse_from(flags.into_iter().chain(more)).settings;
        let names: Vec<String> = listeners.iter().map(|listener| listener.name.clone()).collect();
        let telemetry = Telemetry::start(postroad_telemetry::Settings::new("dialogues", "0")).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (shutdown, running) = (Shutdown::new(), Tasks::new());
        let app =
            runtime.block_on(App::with_listeners(settings, listeners, Some(tokens), telemetry.recorder())).unwrap();
        let address = |name: String| app.listener_address(&name).map(|address| (name, address));
        let addresses = names.into_iter().filter_map(address).collect();
        let (mut table, stop) = (app.table(), shutdown.clone());
        runtime.block_on(async {
            running.spawn("relay", async move {
                app.run(stop).await;
                drop(telemetry);
            });
            let configured = tokio::time::timeout(PATIENCE, table.wait_for(Option::is_some)).await;
            assert!(
                configured.is_ok_and(|table| table.is_ok()),
                "the relay has no configuration: has the control plane been built from this source?"
            );
        });
        Self { runtime, shutdown, running, addresses }
    }

    /// Where the listener of this name is.
    pub(crate) fn address(&self, name: &str) -> SocketAddr {
        self.addresses[name]
    }

    /// It begins to end, as at SIGTERM.
    pub(crate) fn shut_down(&self) {
        self.shutdown.begin();
    }

    /// Ends it and waits for that.
    pub(crate) fn stop(self) {
        self.shut_down();
        let left = self.runtime.block_on(self.running.finish(PATIENCE));
        assert!(left.is_empty(), "the relay does not end");
    }
}
