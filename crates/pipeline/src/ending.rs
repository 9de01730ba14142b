//! How a transaction ends, and its one record.

use std::time::Instant;

use postroad_delivery::{Courier, Delivery};
use postroad_telemetry::{ErrorType, Outcome, ResponseFlag};
use tracing::{info, warn};

use crate::Transaction;
use crate::leg::Leg;
use crate::outcome::{note_aborted, note_cut_off};
use crate::pin::Pin;

/// Why a transaction ends without a final reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abort {
    /// RSET, EHLO, QUIT, too many errors, or the client is gone.
    Client,
    /// The client was silent for too long and was told 421.
    Timeout,
    /// The relay shuts down; the client was told 421.
    Shutdown,
}

impl<C: Courier> Transaction<C> {
    /// After the final reply: `written` says whether the client could be given it.
    pub async fn settle(mut self, written: bool) {
        self.record.end = Instant::now();
        if !written {
            self.note_lost_reply();
        }
        self.settled = true;
        self.hang_up(true).await;
        self.write_record();
    }

    /// The transaction ends without a final reply.
    pub async fn abort(mut self, why: Abort) {
        self.record.end = Instant::now();
        self.record.size = self.size;
        // Where every recipient was refused, that is how it ended.
        if self.record.accepted > 0 || self.record.rejected == 0 {
            note_aborted(&mut self.record, why);
        }
        self.settled = true;
        self.hang_up(true).await;
        self.write_record();
    }

    fn note_lost_reply(&mut self) {
        if self.record.outcome == Outcome::Accepted {
            self.record.flag = Some(ResponseFlag::ReplyLost);
            warn!(trace_id = %self.record.trace_id, "lost_reply: the host has the message, the client is gone");
        } else {
            self.record.flag = Some(ResponseFlag::ClientAborted);
        }
    }

    /// The task of the session is being stopped, wherever it stands.
    fn cut_off(&mut self) {
        if self.settled {
            return;
        }
        self.record.end = Instant::now();
        let mut in_doubt = false;
        if let Leg::Open(delivery) = std::mem::replace(&mut self.leg, Leg::Unopened) {
            in_doubt = delivery.is_in_doubt();
            self.record.attempts.push(delivery.abandon(ErrorType::Shutdown));
        }
        if self.answered {
            self.note_lost_reply();
        } else {
            self.record.size = self.size;
            note_cut_off(&mut self.record, in_doubt);
            if in_doubt {
                warn!(trace_id = %self.record.trace_id, "in_doubt: cut off before the reply to the dot");
            }
        }
    }

    fn write_record(&mut self) {
        self.ended = true;
        // A transaction lasts as long as its last attempt, whose end is noted a moment later.
        let last = self.record.attempts.iter().map(|attempt| attempt.end).max();
        self.record.end = last.map_or(self.record.end, |last| last.max(self.record.end));
        let record = &self.record;
        info!(
            trace_id = %record.trace_id,
            listener = record.session.listener,
            connector = self.pin.as_ref().map(Pin::name),
            revision = record.revision,
            outcome = record.outcome.as_str(),
            reply = record.reply.map(|r| r.code),
            error = record.error.map(ErrorType::as_str),
            recipients = record.accepted,
            size = record.size,
            attempts = record.attempts.len(),
            "transaction"
        );
        self.shared.recorder.record(record);
    }
}

/// No transaction goes without its record: a session that is cut off at the end of a drain drops its transaction.
impl<C: Courier> Drop for Transaction<C> {
    fn drop(&mut self) {
        if !self.ended {
            self.cut_off();
            self.write_record();
        }
    }
}
