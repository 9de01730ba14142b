//! The thread that makes durable.

use std::fmt;
use std::sync::{Arc, PoisonError};

use postroad_store::StoreError;
use postroad_store::rows::Effect;
use tokio::sync::mpsc;

use crate::disk::Disk;
use crate::shared::Shared;

/// The most changes that share a flush (ST7).
pub(crate) const GROUP: usize = 64;

/// Says an outcome, or that the disk failed before it.
pub(crate) type Outcome = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What is written and waits for the disk; without an effect, an answer that rests on what is before it.
pub(crate) struct Written {
    pub(crate) effect: Option<Effect>,
    pub(crate) outcome: Outcome,
}

/// Takes what is written, makes it durable together, then moves the memory and answers.
#[derive(Debug)]
pub(crate) struct Committer {
    pub(crate) disk: Arc<Disk>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) written: mpsc::Receiver<Written>,
}

impl Committer {
    /// Works until the writer has ended; blocks.
    pub(crate) fn run(mut self) {
        while let Some(first) = self.written.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP {
                match self.written.try_recv() {
                    Ok(written) => group.push(written),
                    Err(_) => break,
                }
            }
            self.commit(group);
        }
        if let Err(reason) = Disk::close(self.disk) {
            tracing::error!(reason, "the store did not close cleanly");
        }
    }

    fn commit(&self, group: Vec<Written>) {
        let (effects, outcomes): (Vec<_>, Vec<_>) =
            group.into_iter().map(|written| (written.effect, written.outcome)).unzip();
        let effects: Vec<_> = effects.into_iter().flatten().collect();
        match self.sync(effects) {
            Ok(()) => outcomes.into_iter().for_each(|outcome| outcome(Ok(()))),
            Err(reason) => {
                for outcome in outcomes {
                    outcome(Err(self.shared.break_off(reason.clone())));
                }
            }
        }
    }

    /// One flush and one sync for all; then they show.
    fn sync(&self, effects: Vec<Effect>) -> Result<(), String> {
        if let Some(reason) = self.shared.broken() {
            return Err(reason.to_owned());
        }
        let Some(newest) = effects.last().map(|effect| effect.revision) else { return Ok(()) };
        self.disk.sync()?;
        let mut keyspace = self.shared.keyspace.write().unwrap_or_else(PoisonError::into_inner);
        effects.into_iter().for_each(|effect| keyspace.adopt(effect));
        drop(keyspace);
        self.shared.revision.send_if_modified(|revision| std::mem::replace(revision, newest) != newest);
        Ok(())
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Written").field("effect", &self.effect).finish_non_exhaustive()
    }
}
