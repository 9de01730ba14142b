//! The thread that decides and writes.

use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use postroad_store::rows::{Drafts, Effect, Trimmer, Write};
use postroad_store::{AuditId, Change, Commit, StoreError, Trimmed};
use tokio::sync::{mpsc, oneshot};

use crate::committer::{Outcome, Written};
use crate::disk::Disk;
use crate::shared::Shared;

/// Where a durable outcome goes.
pub(crate) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// A change that got its revision; the outcome follows when it is durable.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) revision: u64,
    pub(crate) outcome: oneshot::Receiver<Result<Commit, StoreError>>,
}

/// Something to be done, in order.
#[derive(Debug)]
pub(crate) enum Job {
    Change(Box<Change>, Answer<Decided>),
    Record(Bytes, u64, Answer<AuditId>),
    Trim(u64, Answer<Trimmed>),
}

/// Decides one job on top of the one before and writes it in a transaction, while the committer makes earlier ones
/// durable.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) disk: Arc<Disk>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) drafts: Drafts,
    pub(crate) trimmer: Trimmer,
    pub(crate) jobs: mpsc::Receiver<Job>,
    pub(crate) written: mpsc::Sender<Written>,
}

impl Writer {
    /// Works until the store is dropped; blocks.
    pub(crate) fn run(mut self) {
        let mut durable = 0;
        while let Some(job) = self.jobs.blocking_recv() {
            let head = *self.shared.revision.borrow();
            if head > durable {
                self.drafts.retire(head);
                durable = head;
            }
            let written = match job {
                Job::Change(change, decided) => self.change(&change, decided),
                Job::Record(audit, time, answer) => self.record(&audit, time, answer),
                Job::Trim(now, answer) => self.trim(now, answer),
            };
            // The committer ends after this thread only.
            if self.written.blocking_send(written).is_err() {
                self.shared.break_off("the committer has stopped".to_owned());
            }
        }
    }

    fn change(&mut self, change: &Change, decided: Answer<Decided>) -> Written {
        let made = self.decide(change).and_then(|effect| self.write(effect));
        match made {
            Ok(effect) => {
                let (answer, outcome) = oneshot::channel();
                let revision = effect.revision;
                // A caller who has gone away loses nothing but the answer.
                let _heard = decided.send(Ok(Decided { revision, outcome })).is_ok();
                Written { effect: Some(effect), outcome: answering(answer, Ok(Commit { revision })) }
            }
            Err(error) => Written { effect: None, outcome: answering(decided, Err(error)) },
        }
    }

    fn record(&mut self, audit: &Bytes, time: u64, answer: Answer<AuditId>) -> Written {
        match self.drafts.record(audit, time).and_then(|effect| self.write(effect)) {
            Ok(effect) => {
                let id = effect.audit_id.unwrap_or_default();
                Written { effect: Some(effect), outcome: answering(answer, Ok(id)) }
            }
            Err(error) => Written { effect: None, outcome: answering(answer, Err(error)) },
        }
    }

    /// What is removed was old: nobody needs to wait for its sync, so a failing disk shows at the next change.
    fn trim(&mut self, now: u64, answer: Answer<Trimmed>) -> Written {
        let (disk, head) = (&self.disk, self.drafts.revision());
        let step = disk.guarded(|| self.trimmer.step(disk.as_ref(), head, now));
        let trimmed = step.and_then(|(writes, more)| {
            self.write_rows(&writes)?;
            Ok(Trimmed { removed: writes.iter().filter(|write| write.value.is_none()).count(), more })
        });
        Written { effect: None, outcome: answering(answer, trimmed) }
    }

    fn decide(&mut self, change: &Change) -> Result<Effect, StoreError> {
        self.disk.guarded(|| Drafts::check_request(self.disk.as_ref(), change))?;
        let keyspace = self.shared.keyspace.read().unwrap_or_else(PoisonError::into_inner);
        self.drafts.decide(&keyspace, change)
    }

    fn write(&self, mut effect: Effect) -> Result<Effect, StoreError> {
        let writes = std::mem::take(&mut effect.writes);
        self.write_rows(&writes).map(|()| effect)
    }

    /// Writes, unless the store is broken (ST8).
    fn write_rows(&self, writes: &[Write]) -> Result<(), StoreError> {
        match self.shared.broken() {
            Some(reason) => Err(StoreError::Broken(reason.to_owned())),
            None => self.disk.write(writes).map_err(|reason| self.shared.break_off(reason)),
        }
    }
}

/// Answers when what was written before is durable: a refusal names revisions, and those must be durable as well (ST3).
fn answering<T: Send + 'static>(answer: Answer<T>, outcome: Result<T, StoreError>) -> Outcome {
    Box::new(move |durable| {
        // A caller who has gone away loses nothing but the answer.
        let _heard = answer.send(durable.and(outcome)).is_ok();
    })
}
