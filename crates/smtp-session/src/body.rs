//! Message data on its way through.

use postroad_mail_types::Reply;
use postroad_smtp_codec::BodyChunk;

use crate::session::State;
use crate::{Session, text};

/// What came of some octets of message data.
#[derive(Debug)]
pub struct BodyStep<'b> {
    /// Octets to drop from the front of the buffer.
    pub consumed: usize,
    /// Data to pass on; `None` once the message is refused: the rest is read and dropped (RFC 5321 §4.1.1.4).
    pub chunk: Option<BodyChunk<'b>>,
    /// Set when the end of the data was read.
    pub end: Option<BodyEnd>,
}

/// How the data ended.
#[derive(Debug)]
pub enum BodyEnd {
    /// By our rules it may be accepted: the next hop's answer decides.
    Complete,
    /// It breaks a rule of ours.
    Refused(Reply),
}

impl Session {
    /// Shows the machine everything of the data that was received and not consumed yet. After an end, the final reply
    /// is awaited as an [`crate::Event::Answer`].
    pub fn body<'b>(&'b mut self, buffer: &'b [u8]) -> BodyStep<'b> {
        let step = self.data.scan(buffer);
        let (consumed, chunk, end) = (step.consumed, step.chunk, step.end);
        // The scanner is borrowed by the chunk; its counters were read into the step.
        let refusal = if let Some(violation) = step.violation {
            Some(text::violation(violation))
        } else if self.settings.max_message_size.is_some_and(|limit| step.size > limit) {
            Some(text::too_large())
        } else if step.hops > self.settings.max_hops {
            Some(text::too_many_hops())
        } else {
            None
        };
        if self.refused.is_none() {
            self.refused = refusal;
        }
        let chunk = self.refused.is_none().then_some(chunk);
        let end = end.then(|| {
            self.state = State::AskedEnd;
            self.refused.take().map_or(BodyEnd::Complete, BodyEnd::Refused)
        });
        BodyStep { consumed, chunk, end }
    }

    /// Octets and Received fields of the message so far.
    #[must_use]
    pub const fn message(&self) -> (u64, u32) {
        (self.data.size(), self.data.hops())
    }
}
