//! A change that is being decided: one write after the other, each on top of the one before.

use crate::difference;
use crate::error::ApiError;
use crate::objects::Objects;
use crate::state::State;
use crate::write::Write;

/// What a change is to make of a state.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    /// What it stands on.
    pub(crate) before: &'a State,
    /// The objects with all writes so far.
    pub(crate) objects: Objects,
    writes: Vec<Write>,
}

/// A change that is decided and checked.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) writes: Vec<Write>,
    /// The state with it, at the revision that it will most likely have.
    pub(crate) after: State,
}

impl<'a> Plan<'a> {
    /// Nothing yet.
    pub(crate) fn on(before: &'a State) -> Self {
        Self { before, objects: before.objects.clone(), writes: Vec::new() }
    }

    /// Adds a write. Each object is written once at most.
    pub(crate) fn write(&mut self, write: Write) {
        self.objects.apply(&write.object, self.revision());
        self.writes.push(write);
    }

    /// What it makes of the objects so far.
    pub(crate) fn changes(&self) -> Vec<postroad_api::connector::v1::ObjectChange> {
        difference::of_writes(&self.before.objects, &self.objects, &self.writes)
    }

    /// The revision that the change will most likely have; the store has the last word.
    pub(crate) const fn revision(&self) -> u64 {
        self.before.revision + 1
    }

    /// Checks the whole of it as relays will.
    ///
    /// # Errors
    /// When relays would refuse it.
    pub(crate) fn finish(self) -> Result<Planned, ApiError> {
        let after = self.before.with(self.objects, &self.writes, self.before.revision + 1)?;
        Ok(Planned { writes: self.writes, after })
    }
}
