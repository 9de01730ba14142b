//! What counts as failed, and which transactions are kept whatever the ratio says.

use std::time::Duration;

use crate::{AttemptRecord, TransactionRecord};

/// Replies from here on are failures.
const FAILURE: u16 = 400;

/// The rule by which a whole transaction is traced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keep {
    pub(crate) errors: bool,
    pub(crate) slower_than: Option<Duration>,
}

impl Keep {
    /// One span that deserves it keeps them all, so that none is an orphan.
    pub(crate) fn wants(self, record: &TransactionRecord) -> bool {
        self.errors && has_failure(record) || self.slower_than.is_some_and(|limit| is_slow(record, limit))
    }
}

/// An attempt fails by anything but a positive last reply.
pub(crate) fn failed(attempt: &AttemptRecord) -> bool {
    attempt.error.is_some() || attempt.reply.is_some_and(|reply| reply.code >= FAILURE)
}

fn has_failure(record: &TransactionRecord) -> bool {
    record.error.is_some()
        || record.reply.is_some_and(|reply| reply.code >= FAILURE)
        || record.attempts.iter().any(failed)
}

fn is_slow(record: &TransactionRecord, limit: Duration) -> bool {
    // An attempt lies within its transaction.
    record.end.saturating_duration_since(record.start) > limit
}
