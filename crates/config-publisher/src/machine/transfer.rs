//! A transfer on its way.

use std::sync::Arc;

use postroad_api::config::v1 as wire;
use wire::stream_config_response::Message;

use crate::{Held, View};

/// A transfer that has begun. The view it carries stays the same, whatever is published meanwhile.
#[derive(Debug)]
pub(super) struct Sending {
    transfer: u64,
    view: Arc<View>,
    allow_mass_delete: bool,
    next: usize,
    refused: bool,
}

/// A transfer that was sent and not answered.
#[derive(Debug)]
pub(super) struct InFlight {
    pub(super) transfer: u64,
    pub(super) held: Held,
}

impl Sending {
    pub(super) fn new(transfer: u64, view: Arc<View>, from: &Held) -> Self {
        let allow_mass_delete = view.may_remove_most(from);
        Self { transfer, view, allow_mass_delete, next: 0, refused: false }
    }

    pub(super) fn begin(&self) -> Message {
        Message::Begin(wire::Begin {
            transfer: self.transfer,
            kind: wire::TransferKind::Snapshot.into(),
            epoch: self.view.held.epoch.to_vec(),
            class: Vec::new(),
            base_revision: 0,
            revision: self.view.held.revision,
            upserts: self.view.records(),
            removals: 0,
            bytes: self.view.octets(),
            allow_mass_delete: self.allow_mass_delete,
        })
    }

    /// Notes that the relay refuses this transfer before its end; what it refuses, the first time.
    pub(super) fn refuse(&mut self, transfer: u64) -> Option<Held> {
        if self.transfer != transfer || self.refused {
            return None;
        }
        self.refused = true;
        Some(self.view.held.clone())
    }

    /// The next Chunk; after the last one, or when the relay would only drop it, the Commit.
    pub(super) fn next(&mut self) -> Message {
        let at = self.next;
        let Some(upserts) = self.view.chunks().get(at).filter(|_| !self.refused) else {
            return Message::Commit(wire::Commit {
                transfer: self.transfer,
                revision: self.view.held.revision,
                view_digest: self.view.held.digest.to_bytes().to_vec(),
                traceparents: Vec::new(),
            });
        };
        self.next = at + 1;
        Message::Chunk(wire::Chunk {
            transfer: self.transfer,
            index: u32::try_from(at).unwrap_or(u32::MAX),
            upserts: upserts.to_vec(),
            removed: Vec::new(),
        })
    }

    /// The transfer that waits for its answer; `None` when it was answered before its end.
    pub(super) fn into_in_flight(self) -> Option<InFlight> {
        (!self.refused).then(|| InFlight { transfer: self.transfer, held: self.view.held.clone() })
    }
}
