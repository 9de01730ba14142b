//! Message data on its way through, and the final reply.

use std::io;
use std::sync::atomic::Ordering;

use postroad_pipeline::Message;
use postroad_smtp_session::{Action, BodyEnd, Event};
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
            return self.end_of_data(end).await;
        }
        let read = tokio::time::timeout(self.timers.data, self.input.fill(&mut self.stream, true)).await;
        self.read(read).await
    }

    async fn end_of_data(&mut self, end: BodyEnd) -> io::Result<Next> {
        let (size, hops) = self.session.message();
        let message = Message { size, hops };
        self.answering.store(true, Ordering::Relaxed);
        let reply = match (&mut self.transaction, end) {
            (Some(transaction), BodyEnd::Complete) => Box::pin(transaction.finish(message)).await,
            (Some(transaction), BodyEnd::Refused(reply)) => transaction.refuse(reply, message).await,
            (None, _) => lost_track(),
        };
        let action = self.session.on(Event::Answer(reply));
        let next = self.last_word(action).await;
        self.answering.store(false, Ordering::Relaxed);
        self.since = Instant::now();
        next
    }

    /// The final reply of a transaction: written first, recorded then.
    pub(super) async fn last_word(&mut self, action: Action) -> io::Result<Next> {
        let said = self.say(action).await;
        if let Some(transaction) = self.transaction.take() {
            transaction.settle(said.is_ok()).await;
        }
        said
    }
}
