//! From decided to durable: nothing that a power cut could take back is read, sent, or the ground of an answer (ST3).

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use postroad_store::StoreError;

use super::Configuration;
use crate::clock;
use crate::error::ApiError;
use crate::state::State;

/// States that wait for the disk, by revision.
pub(super) type Flight = BTreeMap<u64, Arc<State>>;

impl Configuration {
    /// Notes a state that is decided.
    pub(super) fn depart(&self, state: &Arc<State>) {
        self.flight.lock().unwrap_or_else(PoisonError::into_inner).insert(state.revision, Arc::clone(state));
    }

    /// A revision is durable, and so is all before it: the newest such state becomes the one that is read and sent. When
    /// this returns the state of this revision, or a newer one, is.
    pub(super) fn arrive(&self, revision: u64) {
        let mut flight = self.flight.lock().unwrap_or_else(PoisonError::into_inner);
        let durable = revision.max(*self.store.head().borrow());
        let later = flight.split_off(&(durable + 1));
        let arrived = std::mem::replace(&mut *flight, later);
        if let Some((_, state)) = arrived.into_iter().next_back() {
            self.install(state);
        }
    }

    /// Makes a durable state the one that is read and sent. Whoever calls holds the flight, so one comes after the other.
    fn install(&self, state: Arc<State>) {
        self.registry.published(&state.view.held, clock::now());
        let view = Arc::clone(&state.view);
        self.newest.send_replace(state);
        self.publisher.publish(view);
    }

    /// Takes a state that was read from the store anew.
    pub(super) fn replace(&self, state: Arc<State>) {
        let mut flight = self.flight.lock().unwrap_or_else(PoisonError::into_inner);
        flight.clear();
        self.install(state);
    }

    /// Waits until a revision is durable: an answer may rest on it.
    ///
    /// # Errors
    /// When the store broke before.
    pub(super) async fn durable(&self, revision: u64) -> Result<(), ApiError> {
        let mut head = self.store.head();
        tokio::select! {
            biased;
            reached = head.wait_for(|head| *head >= revision) => {
                reached.map_err(|_closed| StoreError::Closed)?;
                Ok(())
            }
            () = self.broken.begun() => Err(StoreError::Broken("it failed before this was written".to_owned()).into()),
        }
    }

    /// What the store says, noting when it can do nothing more.
    pub(super) fn checked<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Broken(_) | StoreError::Corrupt(_)) = &outcome {
            self.writable.not_ready();
            self.broken.begin();
        }
        outcome
    }
}
