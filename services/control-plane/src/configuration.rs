//! The configuration: read from memory, written through the store.

mod durable;
mod writing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as Lock};

use postroad_config_publisher::{Publisher, Registry};
use postroad_lifecycle::{ReadyToken, Shutdown, Tasks};
use postroad_seal::KeyRing;
use postroad_store::{ConnectorStore, RequestRecord, Stored};
use tokio::sync::{Mutex, watch};

use crate::audit::RefusalRate;
use crate::clock;
use crate::state::State;

use durable::Flight;

/// What is configured, and the way to change it.
pub(crate) struct Configuration {
    store: Arc<dyn ConnectorStore>,
    keys: KeyRing,
    /// The newest durable state: what is read and sent (ST3).
    newest: watch::Sender<Arc<State>>,
    /// The newest decided state, which the disk may not have yet. Whoever holds it decides the next change on top of it.
    drafted: Mutex<Drafted>,
    /// States that wait for the disk.
    flight: Lock<Flight>,
    /// What streams send.
    pub(crate) publisher: Publisher,
    /// Who they send it to.
    pub(crate) registry: Registry,
    refusals: RefusalRate,
    tasks: Tasks,
    writable: ReadyToken,
    broken: Shutdown,
}

/// What is decided.
struct Drafted {
    /// The newest state.
    state: Arc<State>,
    /// Requests that wait for the disk, by id: the store does not show them yet.
    requests: BTreeMap<String, RequestRecord>,
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
        let state = Arc::new(State::load(&keys, held)?);
        let registry = Registry::default();
        registry.published(&state.view.held, clock::now());
        writable.ready();
        Ok(Self {
            publisher: Publisher::new(Arc::clone(&state.view)),
            drafted: Mutex::new(Drafted { state: Arc::clone(&state), requests: BTreeMap::new() }),
            newest: watch::Sender::new(state),
            flight: Lock::default(),
            store,
            keys,
            registry,
            refusals: RefusalRate::default(),
            tasks,
            writable,
            broken: Shutdown::new(),
        })
    }

    /// Begins when the store has failed: nothing is written any more.
    pub(crate) const fn broken(&self) -> &Shutdown {
        &self.broken
    }

    /// The newest durable state.
    pub(crate) fn state(&self) -> Arc<State> {
        Arc::clone(&self.newest.borrow())
    }

    /// The keys, for tokens that only we can make and for secrets of the past.
    pub(crate) const fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The store, for what was.
    pub(crate) fn store(&self) -> &Arc<dyn ConnectorStore> {
        &self.store
    }
}
