//! The subscriber: stream after stream, for as long as the relay runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use postroad_connector_model::RelayIdentity;
use postroad_lifecycle::Shutdown;
use postroad_routing::RouteTable;
use tokio::sync::watch;
use tonic::transport::Endpoint;
use tracing::{info, warn};

use crate::backoff::Backoff;
use crate::link::Held;
use crate::usability::Usability;

/// What the subscriber needs to know.
#[derive(Clone, Debug)]
pub struct FeedSettings {
    /// The control plane, for example `http://127.0.0.1:7443`.
    pub endpoint: String,
    /// Who this relay is.
    pub relay: RelayIdentity,
    /// Version of the program.
    pub version: String,
    /// Names of the relay's listeners.
    pub listeners: Vec<String>,
    /// What it can do.
    pub usability: Usability,
}

/// Keeps the newest table that the control plane sent and this relay could compile.
#[derive(Debug)]
pub struct Feed {
    pub(crate) settings: FeedSettings,
    endpoint: Endpoint,
    pub(crate) boot_id: [u8; 16],
    pub(crate) held: Held,
    pub(crate) table: watch::Sender<Option<Arc<RouteTable>>>,
}

/// Why there can be no subscriber.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The address is none.
    #[error("{address:?} is no address of a control plane; write for example http://127.0.0.1:7443")]
    Endpoint {
        /// As given.
        address: String,
    },
}

/// A stream that stood so long ends the series of failures.
const SETTLED: Duration = Duration::from_secs(60);
/// Nobody sends a relay away for longer.
const LONGEST_LEAVE: Duration = Duration::from_secs(60);

impl Feed {
    /// A subscriber without a table.
    ///
    /// # Errors
    /// When the endpoint is no address.
    pub fn new(settings: FeedSettings) -> Result<Self, FeedError> {
        let endpoint = Endpoint::from_shared(settings.endpoint.clone())
            .map_err(|_invalid| FeedError::Endpoint { address: settings.endpoint.clone() })?
            .connect_timeout(Duration::from_secs(5))
            .http2_keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10))
            .keep_alive_while_idle(true);
        let (table, _) = watch::channel(None);
        Ok(Self { settings, endpoint, boot_id: postroad_seal::random_bytes(), held: Held::default(), table })
    }

    /// The newest table; `None` until the first one is applied. A published table never changes, and none is taken away.
    #[must_use]
    pub fn table(&self) -> watch::Receiver<Option<Arc<RouteTable>>> {
        self.table.subscribe()
    }

    /// Follows the control plane until the shutdown begins.
    pub async fn run(mut self, shutdown: Shutdown) {
        let mut backoff = Backoff::default();
        while !shutdown.is_begun() {
            let since = Instant::now();
            let connected = tokio::select! {
                connected = self.endpoint.connect() => connected,
                () = shutdown.begun() => return,
            };
            let pause = match connected {
                Ok(channel) => {
                    let ended = self.follow(channel, &shutdown).await;
                    if shutdown.is_begun() {
                        return;
                    }
                    if ended.established && since.elapsed() > SETTLED {
                        backoff.settled();
                    }
                    let lost =
                        if ended.established { Some(ended.spread.unwrap_or(Duration::from_secs(2))) } else { None };
                    // Jitter even where the control plane asks for another stream: a whole fleet may have been asked.
                    let asked = ended.leave.unwrap_or_default().min(LONGEST_LEAVE);
                    let pause = asked + backoff.pause(lost, rand::random());
                    self.tell(&ended.why, pause);
                    pause
                }
                Err(error) => {
                    let pause = backoff.pause(None, rand::random());
                    let cause =
                        std::error::Error::source(&error).map_or_else(String::new, |source| format!(": {source}"));
                    self.tell(&format!("{}: {error}{cause}", self.settings.endpoint), pause);
                    pause
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.begun() => return,
            }
        }
    }

    /// With a table the loss of the control plane costs no mail: it is said, not cried.
    fn tell(&self, why: &str, pause: Duration) {
        let retry_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        if self.held.revision == 0 && self.table.borrow().is_none() {
            warn!(why, retry_ms, "no control plane and no configuration yet: recipients get 451 4.3.2");
        } else {
            info!(
                why,
                retry_ms,
                revision = self.held.revision,
                "control plane lost; going on with the configuration held"
            );
        }
    }
}
