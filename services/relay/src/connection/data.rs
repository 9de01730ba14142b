//! Message data on its way through, and the final reply.

use std::io;
use std::sync::atomic::Ordering;

use postroad_pipeline::Message;
use postroad_smtp_session::{BodyEnd, Event};
use tokio::time::Instant;

use super::{Connection, Next, lost_track};

impl Connection<'_> {
    /// Message data: what is there already, or what comes next.
    pub(super) async fn data(&mut self) -> io::Result<Next> {
        let step = self.session.body(self.input.unread());
        let (consumed, end) = (step.consumed, step.end);
        match (step.chunk, &mut self.transaction) {
            (Some(chunk), Some(transaction)) if !chunk.is_empty() => transaction.body(chunk).await,
            (None, Some(transaction)) => transaction.spoilt().await,
            _ => {}
        }
        self.input.consume(consumed);
        if let Some(end) = end {
            return Box::pin(self.end_of_data(end)).await;
        }
        let read = tokio::time::timeout(self.timers.data, self.input.fill(&mut self.stream, true)).await;
        self.read(read).await
    }

    async fn end_of_data(&mut self, end: BodyEnd) -> io::Result<Next> {
        let (size, hops) = self.session.message();
        let message = Message { size, hops };
        self.answering.store(true, Ordering::Relaxed);
        let action = match (&mut self.transaction, end) {
            (Some(transaction), BodyEnd::Chunk(action)) if self.session.is_between_chunks() => {
                match transaction.chunk_end(message) {
                    Some(reply) => self.session.chunk_refused(reply),
                    None => action,
                }
            }
            (_, BodyEnd::Chunk(action)) => action,
            (Some(transaction), BodyEnd::Complete) => {
                let reply = Box::pin(transaction.finish(message)).await;
                self.session.on(Event::Answer(reply))
            }
            (Some(transaction), BodyEnd::Refused(reply)) => {
                let reply = transaction.refuse(reply, message).await;
                self.session.on(Event::Answer(reply))
            }
            (None, _) => self.session.on(Event::Answer(lost_track())),
        };
        let next = self.say(action).await;
        self.answering.store(false, Ordering::Relaxed);
        self.since = Instant::now();
        next
    }
}
