//! The one writer.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use postroad_store::{Change, Commit, Effect, Keyspace, StoreError, Written};
use tokio::sync::{mpsc, oneshot, watch};

use crate::disk::Disk;

/// The most changes that share a flush (ST7).
pub(crate) const GROUP: usize = 64;

/// What readers and the committer share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Moves only after the disk has the change.
    pub(crate) keyspace: RwLock<Keyspace>,
    pub(crate) revision: watch::Sender<u64>,
    broken: OnceLock<String>,
}

/// A change that waits.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) change: Change,
    pub(crate) answer: oneshot::Sender<Result<Commit, StoreError>>,
}

/// Takes the changes that wait, makes them durable together, then answers.
#[derive(Debug)]
pub(crate) struct Committer {
    pub(crate) disk: Disk,
    pub(crate) shared: Arc<Shared>,
    pub(crate) queue: mpsc::Receiver<Job>,
}

impl Shared {
    pub(crate) fn new(keyspace: Keyspace) -> Self {
        let revision = watch::Sender::new(keyspace.revision());
        Self { keyspace: RwLock::new(keyspace), revision, broken: OnceLock::new() }
    }

    /// Why nothing is written any more.
    pub(crate) fn broken(&self) -> Option<StoreError> {
        self.broken.get().map(|reason| StoreError::Broken(reason.clone()))
    }

    /// Ends all writing (ST8); the first reason stays.
    pub(crate) fn break_off(&self, reason: String) -> StoreError {
        let reason = self.broken.get_or_init(|| {
            tracing::error!(reason, "the store is broken: nothing more is written until a restart");
            reason
        });
        StoreError::Broken(reason.clone())
    }
}

impl Committer {
    /// Works until the store is dropped; blocks.
    pub(crate) fn run(mut self) {
        while let Some(first) = self.queue.blocking_recv() {
            let mut jobs = vec![first];
            while jobs.len() < GROUP {
                match self.queue.try_recv() {
                    Ok(job) => jobs.push(job),
                    Err(_) => break,
                }
            }
            self.commit(jobs);
        }
        if let Err(reason) = self.disk.close() {
            tracing::error!(reason, "the store did not close cleanly");
        }
    }

    /// Every answer, refusals too, waits for the disk: a refusal names revisions, and those must be durable as well.
    fn commit(&self, jobs: Vec<Job>) {
        let (changes, answers): (Vec<_>, Vec<_>) = jobs.into_iter().map(|job| (job.change, job.answer)).unzip();
        match self.write(&changes) {
            Ok(outcomes) => answers.into_iter().zip(outcomes).for_each(|(answer, outcome)| tell(answer, outcome)),
            Err(reason) => {
                for answer in answers {
                    tell(answer, Err(self.shared.break_off(reason.clone())));
                }
            }
        }
    }

    /// Writes what can be made of the changes and moves the memory; the outcomes come in the order of the changes.
    fn write(&self, changes: &[Change]) -> Result<Vec<Result<Commit, StoreError>>, String> {
        if let Some(StoreError::Broken(reason)) = self.shared.broken() {
            return Err(reason);
        }
        let (outcomes, effects, written) = self.decide(changes);
        let Some(newest) = effects.last().map(|effect| effect.revision) else {
            return Ok(outcomes);
        };
        self.disk.write(&effects)?;
        self.shared.keyspace.write().unwrap_or_else(PoisonError::into_inner).adopt(written);
        self.shared.revision.send_replace(newest);
        Ok(outcomes)
    }

    fn decide(&self, changes: &[Change]) -> (Vec<Result<Commit, StoreError>>, Vec<Effect>, Written) {
        let keyspace = self.shared.keyspace.read().unwrap_or_else(PoisonError::into_inner);
        let mut draft = keyspace.draft();
        let mut effects = Vec::new();
        let outcomes = changes
            .iter()
            .map(|change| {
                let effect = draft.apply(change)?;
                let revision = effect.revision;
                effects.push(effect);
                Ok(Commit { revision })
            })
            .collect();
        (outcomes, effects, draft.finish())
    }
}

/// A caller who has gone away loses nothing but the answer.
fn tell(answer: oneshot::Sender<Result<Commit, StoreError>>, outcome: Result<Commit, StoreError>) {
    if answer.send(outcome).is_err() {
        tracing::debug!("the caller did not wait for the outcome of a change");
    }
}
