//! The configuration: read from memory, written through the store.

use std::sync::Arc;

use postroad_api::{connector::v1 as wire, field_warnings};
use postroad_config_publisher::{Publisher, Registry};
use postroad_connector_model::{ConnectorId, Warning};
use postroad_lifecycle::{ReadyToken, Shutdown, Tasks};
use postroad_seal::KeyRing;
use postroad_store::{Change, ConnectorStore, Expect, StoreError, Stored};
use tokio::sync::{Mutex, oneshot, watch};

use crate::edit::Edit;
use crate::error::ApiError;
use crate::state::State;
use crate::{clock, stored};

/// How often a change is decided anew because others wrote first.
const TRIES: usize = 5;

/// What is configured, and the way to change it.
pub(crate) struct Configuration {
    store: Arc<dyn ConnectorStore>,
    keys: KeyRing,
    newest: watch::Sender<Arc<State>>,
    /// What streams send.
    pub(crate) publisher: Publisher,
    /// Who they send it to.
    pub(crate) registry: Registry,
    /// One change at a time: each is checked on top of the one before.
    writing: Mutex<()>,
    tasks: Tasks,
    writable: ReadyToken,
    broken: Shutdown,
}

/// A change that was made, or only checked.
pub(crate) struct Changed {
    /// The configuration with the change.
    pub(crate) state: Arc<State>,
    /// The connector that was changed.
    pub(crate) id: ConnectorId,
    /// What the writer may not have meant.
    pub(crate) warnings: Vec<Warning>,
}

impl Changed {
    /// The connector as its writer sees it.
    ///
    /// # Errors
    /// When it was removed.
    pub(crate) fn show(self) -> Result<wire::Connector, ApiError> {
        let mut shown = self.state.show(self.state.find(self.id.as_str())?);
        shown.warnings = field_warnings(self.warnings);
        Ok(shown)
    }
}

impl Configuration {
    /// Takes over what was read from the store.
    ///
    /// # Errors
    /// When a record in it cannot be used.
    pub(crate) fn load(
        store: Arc<dyn ConnectorStore>,
        held: &Stored,
        keys: KeyRing,
        tasks: Tasks,
        writable: ReadyToken,
    ) -> anyhow::Result<Self> {
        let state = Arc::new(State::load(held.epoch, held.revision, stored::open(&keys, held)?)?);
        let registry = Registry::default();
        registry.published(&state.view.held, clock::now());
        writable.ready();
        Ok(Self {
            publisher: Publisher::new(Arc::clone(&state.view)),
            newest: watch::Sender::new(state),
            store,
            keys,
            registry,
            writing: Mutex::new(()),
            tasks,
            writable,
            broken: Shutdown::new(),
        })
    }

    /// Begins when the store has failed: nothing is written any more.
    pub(crate) const fn broken(&self) -> &Shutdown {
        &self.broken
    }

    /// The newest state.
    pub(crate) fn state(&self) -> Arc<State> {
        Arc::clone(&self.newest.borrow())
    }

    /// The keys, for tokens that only we can make.
    pub(crate) const fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Decides and makes a change; it is durable and published when this returns. A caller who goes away does not stop
    /// it: the change is made or not made, never forgotten.
    ///
    /// # Errors
    /// What `decide` says, what relays would say, or what the store says.
    pub(crate) async fn change<D>(self: &Arc<Self>, decide: D) -> Result<Changed, ApiError>
    where
        D: Fn(&State) -> Result<Edit, ApiError> + Send + Sync + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let this = Arc::clone(self);
        self.tasks.spawn("write", async move {
            // Nobody waits any more when this fails.
            let _heard = answer.send(this.write(decide).await).is_ok();
        });
        answered.await.map_err(|_dropped| ApiError::Internal("the write was given up"))?
    }

    /// Decides a change and checks it as a real one, but makes nothing of it.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub(crate) fn rehearse(&self, decide: impl Fn(&State) -> Result<Edit, ApiError>) -> Result<Changed, ApiError> {
        let state = self.state();
        let edit = decide(&state)?;
        let after = state.edited(&edit, state.revision)?;
        Ok(Changed { state: Arc::new(after), id: edit.id, warnings: edit.warnings })
    }

    async fn write(&self, decide: impl Fn(&State) -> Result<Edit, ApiError>) -> Result<Changed, ApiError> {
        let _turn = self.writing.lock().await;
        for _ in 0..TRIES {
            let state = self.state();
            let edit = decide(&state)?;
            // Any later revision does for the check; the store has the last word on it, and this is what it mostly says.
            let guess = state.revision + 1;
            let change = self.to_store(&state, &edit)?;
            let (edit, checked) = edited(&state, edit, guess).await?;
            match self.store.apply(change).await {
                Ok(commit) => {
                    let after =
                        if commit.revision == guess { checked } else { state.edited(&edit, commit.revision)? };
                    let after = Arc::new(after);
                    self.install(Arc::clone(&after));
                    return Ok(Changed { state: after, id: edit.id, warnings: edit.warnings });
                }
                Err(StoreError::BaseMoved { .. } | StoreError::Stale { .. }) => self.reload().await?,
                Err(error) => {
                    if matches!(error, StoreError::Broken(_) | StoreError::Corrupt(_)) {
                        self.writable.not_ready();
                        self.broken.begin();
                    }
                    return Err(error.into());
                }
            }
        }
        Err(ApiError::Contended)
    }

    fn to_store(&self, state: &State, edit: &Edit) -> Result<Change, ApiError> {
        let key = |kind| stored::key(kind, edit.id.as_str()).ok_or(ApiError::Internal("a record of a strange kind"));
        let connector = key(postroad_api::config::v1::RecordKind::Connector)?;
        let expect = edit.before.map_or(Expect::Absent, Expect::Version);
        Ok(Change {
            base: state.revision,
            expect: vec![(connector, expect)],
            puts: edit.written(0).map(|record| stored::put(&self.keys, &record)).collect::<Result<_, _>>()?,
            deletes: edit.removed().iter().map(|kind| key(*kind)).collect::<Result<_, _>>()?,
            time: clock::unix_ms(),
            ..Change::default()
        })
    }

    /// Somebody else wrote: the store is right.
    async fn reload(&self) -> Result<(), ApiError> {
        let held = self.store.snapshot().await?;
        let state = stored::open(&self.keys, &held)
            .and_then(|records| State::load(held.epoch, held.revision, records))
            .map_err(|error| ApiError::Store(StoreError::Corrupt(format!("{error:#}"))))?;
        self.install(Arc::new(state));
        Ok(())
    }

    /// Makes a durable state the one that is read and sent.
    fn install(&self, state: Arc<State>) {
        self.registry.published(&state.view.held, clock::now());
        let view = Arc::clone(&state.view);
        self.newest.send_replace(state);
        self.publisher.publish(view);
    }
}

/// The state after an edit, made apart from the threads that serve.
async fn edited(state: &Arc<State>, edit: Edit, revision: u64) -> Result<(Edit, State), ApiError> {
    let state = Arc::clone(state);
    tokio::task::spawn_blocking(move || state.edited(&edit, revision).map(|after| (edit, after)))
        .await
        .map_err(|_panic| ApiError::Internal("the change could not be checked"))?
}
