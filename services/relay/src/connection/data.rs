//! Message data on its way through, and the end of it.

use std::io;
use std::sync::atomic::Ordering;

use postroad_pipeline::Message;
use postroad_smtp_session::{Action, BodyEnd, Event, Timeout};
use tokio::time::Instant;

use super::reply::lost_track;
use super::{Connection, Next};
use crate::input::DATA_ROOM;

impl Connection<'_> {
    /// Message data: what is there already, or what comes next.
    pub(super) async fn data(&mut self) -> io::Result<Next> {
        let stray = self.session.drops_stray_chunk();
        let step = self.session.body(self.input.unread());
        let (consumed, end) = (step.consumed, step.end);
        match (step.chunk, &mut self.transaction) {
            (Some(chunk), Some(transaction)) if !chunk.is_empty() => transaction.body(chunk).await,
            (None, Some(transaction)) if !stray => transaction.spoilt().await,
            _ => {}
        }
        self.input.consume(consumed);
        match end {
            Some(BodyEnd::Chunk(action)) => {
                let action = self.end_of_chunk(action);
                let next = self.act(action).await;
                self.since = Instant::now();
                next
            }
            Some(end) => self.end_of_data(end).await,
            None => self.more_data().await,
        }
    }

    async fn more_data(&mut self) -> io::Result<Next> {
        // Replies to chunks may wait for those behind them, but not for the client.
        self.flush().await?;
        let patience = self.pace.patience();
        let left = self.over_at.saturating_duration_since(Instant::now());
        let began = Instant::now();
        let read = tokio::time::timeout(patience.min(left), self.input.fill(&mut self.wire, DATA_ROOM)).await;
        if let Ok(Ok(count)) = read {
            self.pace.came(count as u64, began.elapsed());
        }
        let timeout = match () {
            () if left <= patience => Timeout::Session,
            () if patience >= self.front.pace.standstill => Timeout::Idle,
            () => Timeout::Rate,
        };
        self.read(read, timeout).await
    }

    /// The host may have refused a chunk that went on to it.
    fn end_of_chunk(&mut self, action: Action) -> Action {
        let (size, hops) = self.session.message();
        match &mut self.transaction {
            Some(transaction) if self.session.is_between_chunks() => {
                match transaction.chunk_end(Message { size, hops }) {
                    Some(reply) => self.session.chunk_refused(reply),
                    None => action,
                }
            }
            _ => action,
        }
    }

    async fn end_of_data(&mut self, end: BodyEnd) -> io::Result<Next> {
        let (size, hops) = self.session.message();
        let message = Message { size, hops };
        self.answering.store(true, Ordering::Relaxed);
        let reply = match (&mut self.transaction, end) {
            (Some(transaction), BodyEnd::Complete) => Box::pin(transaction.finish(message)).await,
            (Some(transaction), BodyEnd::Refused(reply)) => transaction.refuse(reply, message).await,
            (_, BodyEnd::Chunk(_)) | (None, _) => lost_track(),
        };
        let action = self.session.on(Event::Answer(reply));
        let next = self.act(action).await;
        self.answering.store(false, Ordering::Relaxed);
        self.since = Instant::now();
        next
    }
}
