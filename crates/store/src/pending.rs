//! A change that is decided and not yet durable.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::change::Commit;
use crate::error::StoreError;

/// A change that got its revision and waits for the disk: a future of its outcome.
///
/// The next change may be decided on top of it at once (its `base` is this revision). But nothing of it may be shown to
/// anybody, a refusal that rests on it included, before this future is ready (ST3). Changes become durable in the order
/// of their revisions; when one fails, all later ones fail, and the store is broken. Dropping it does not stop the change.
#[must_use = "a change is durable when this future is ready"]
pub struct Pending {
    revision: u64,
    outcome: Pin<Box<dyn Future<Output = Result<Commit, StoreError>> + Send>>,
}

impl Pending {
    /// A change that has this revision as soon as `outcome` says so.
    pub fn new(revision: u64, outcome: impl Future<Output = Result<Commit, StoreError>> + Send + 'static) -> Self {
        Self { revision, outcome: Box::pin(outcome) }
    }

    /// The revision that it will have.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }
}

impl Future for Pending {
    type Output = Result<Commit, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.outcome.as_mut().poll(context)
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pending").field("revision", &self.revision).finish_non_exhaustive()
    }
}
