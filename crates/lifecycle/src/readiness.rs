//! Named reasons for not being ready.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

/// What still keeps a service from being ready. Ready when no token is pending, hence also when there is no token: take
/// all tokens before telling anybody.
#[derive(Clone, Debug)]
pub struct Readiness {
    state: Arc<watch::Sender<State>>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    pending: BTreeMap<u64, String>,
}

/// One named reason. Pending when made, and again after [`not_ready`](Self::not_ready). Dropping it changes nothing: a
/// part that went away before it was ready stays a reason.
#[derive(Debug)]
#[must_use = "a token that nobody sets to ready keeps the service from being ready for ever"]
pub struct ReadyToken {
    id: u64,
    name: String,
    state: Arc<watch::Sender<State>>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}

impl Readiness {
    /// One without any token.
    #[must_use]
    pub fn new() -> Self {
        Self { state: Arc::new(watch::Sender::new(State::default())) }
    }

    /// Registers a reason, pending from now on. The name is shown to operators, as in "configuration".
    pub fn token(&self, name: impl Into<String>) -> ReadyToken {
        let name = name.into();
        let mut id = 0;
        self.state.send_modify(|state| {
            id = state.next;
            state.next += 1;
            state.pending.insert(id, name.clone());
        });
        ReadyToken { id, name, state: Arc::clone(&self.state) }
    }

    /// Names of the pending tokens, in the order of their registration.
    #[must_use]
    pub fn pending(&self) -> Vec<String> {
        self.state.borrow().pending.values().cloned().collect()
    }

    /// True when no token is pending.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.state.borrow().pending.is_empty()
    }

    /// Waits until no token is pending.
    pub async fn became_ready(&self) {
        let mut receiver = self.state.subscribe();
        // The sender lives in self, so that waiting cannot fail.
        let _closed = receiver.wait_for(|state| state.pending.is_empty()).await.is_err();
    }
}

impl ReadyToken {
    /// This reason is gone.
    pub fn ready(&self) {
        self.state.send_if_modified(|state| state.pending.remove(&self.id).is_some());
    }

    /// This reason is back.
    pub fn not_ready(&self) {
        self.state.send_if_modified(|state| state.pending.insert(self.id, self.name.clone()).is_none());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pending_names_decide() {
        let readiness = Readiness::new();
        assert!(readiness.is_ready());
        let listeners = readiness.token("listeners");
        let table = readiness.token("configuration");
        assert_eq!(readiness.pending(), ["listeners", "configuration"]);
        listeners.ready();
        listeners.ready();
        assert_eq!(readiness.pending(), ["configuration"]);
        assert!(!readiness.is_ready());
        table.ready();
        readiness.became_ready().await;
        assert!(readiness.is_ready());
        listeners.not_ready();
        assert_eq!(readiness.clone().pending(), ["listeners"]);
    }

    #[test]
    fn a_dropped_token_stays_a_reason() {
        let readiness = Readiness::new();
        drop(readiness.token("feed"));
        assert_eq!(readiness.pending(), ["feed"]);
    }
}
