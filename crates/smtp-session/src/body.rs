//! Message data on its way through.

use postroad_smtp_codec::{BodyChunk, DataViolation};

use crate::state::{Rest, Scanner, State};
use crate::text::{self, No};
use crate::{Action, Phase, Said, Session};
use postroad_mail_types::Reply;

/// What came of some octets of message data.
#[derive(Debug)]
pub struct BodyStep<'b> {
    /// Octets to drop from the front of the buffer.
    pub consumed: usize,
    /// Data to pass on, empty perhaps; `None` once the message is refused, or outside of a message: the rest is read and
    /// dropped (RFC 5321 §4.1.1.4, RFC 3030 §2).
    pub chunk: Option<BodyChunk<'b>>,
    /// Set when the end of the data, or of a chunk, was read.
    pub end: Option<BodyEnd>,
}

/// How the data ended. After the first two, what the pipeline says is shown as [`crate::Event::Answer`].
#[derive(Debug)]
pub enum BodyEnd {
    /// By our rules the message may be accepted: the next hop's answer decides.
    Complete,
    /// It breaks a rule of ours: the pipeline is told to refuse it with this reply.
    Refused(Reply),
    /// It was a chunk and not the message that ended: do this, and go on.
    Chunk(Action),
}

/// What a scanner found, of either kind.
struct Scan<'b> {
    consumed: usize,
    chunk: BodyChunk<'b>,
    end: bool,
    counts: Counts,
}

#[derive(Clone, Copy)]
struct Counts {
    size: u64,
    header: u64,
    hops: u32,
    violation: Option<DataViolation>,
}

impl Session {
    /// Shows the machine everything of the data that was received and not consumed yet.
    pub fn body<'b>(&'b mut self, buffer: &'b [u8]) -> BodyStep<'b> {
        match self.state {
            State::Data | State::Chunk { .. } => {}
            State::Drain { left, then } => return self.drained(buffer, left, then),
            _ => {
                let close = self.lost_step();
                return BodyStep { consumed: 0, chunk: None, end: Some(BodyEnd::Chunk(close)) };
            }
        }
        let limit = match &self.hello {
            Some((_, offered)) => offered.max_size(&self.settings),
            None => self.settings.max_message_size,
        };
        let rules = Rules { limit, header: self.settings.max_header_size, hops: self.settings.max_hops };
        let Some(scan) = scan(&mut self.scanner, buffer) else {
            return BodyStep { consumed: 0, chunk: None, end: None };
        };
        let Scan { consumed, chunk, end, counts } = scan;
        // What is broken stays broken. Of several rules the one that is told is found at the end, where all is counted: it
        // must not depend on how the octets came.
        if self.refused.is_none() || end {
            self.refused = rules.broken_by(counts);
        }
        let chunk = self.refused.is_none().then_some(chunk);
        let end = end.then(|| ended(&mut self.state, self.refused.as_ref()));
        if end.is_some() {
            self.phase = Phase::Data;
        }
        BodyStep { consumed, chunk, end }
    }

    fn drained<'b>(&mut self, buffer: &'b [u8], left: u64, then: Rest) -> BodyStep<'b> {
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let left = left - taken as u64;
        if left > 0 {
            self.state = State::Drain { left, then };
            return BodyStep { consumed: taken, chunk: None, end: None };
        }
        self.state = then.state();
        let action = match self.pending.take() {
            Some(action) => action,
            None => self.lost_step(),
        };
        BodyStep { consumed: taken, chunk: None, end: Some(BodyEnd::Chunk(action)) }
    }
}

/// The end of the message, or of one of its chunks.
fn ended(state: &mut State, refused: Option<&No>) -> BodyEnd {
    let last = !matches!(*state, State::Chunk { last: false });
    if let Some(no) = refused {
        *state = State::AskedEnd { then: Rest::after_chunk(last) };
        return BodyEnd::Refused(no.reply.clone());
    }
    if last {
        *state = State::AskedEnd { then: Rest::Idle };
        return BodyEnd::Complete;
    }
    *state = State::Chunks;
    BodyEnd::Chunk(Action::Reply(Said::plain(text::chunk_received())))
}

fn scan<'b>(scanner: &'b mut Scanner, buffer: &'b [u8]) -> Option<Scan<'b>> {
    match scanner {
        Scanner::None => None,
        Scanner::Data(data) => {
            let step = data.scan(buffer);
            let counts = Counts { size: step.size, header: step.header, hops: step.hops, violation: step.violation };
            Some(Scan { consumed: step.consumed, chunk: step.chunk, end: step.end, counts })
        }
        Scanner::Chunks(chunks) => {
            let step = chunks.scan(buffer);
            let counts = Counts { size: step.size, header: step.header, hops: step.hops, violation: step.violation };
            Some(Scan { consumed: step.consumed, chunk: step.chunk, end: step.end_of_chunk, counts })
        }
    }
}

/// What a message is held to while it streams.
struct Rules {
    limit: Option<u64>,
    header: u64,
    hops: u32,
}

impl Rules {
    fn broken_by(&self, counts: Counts) -> Option<No> {
        if let Some(violation) = counts.violation {
            return Some(text::violation(violation));
        }
        if let Some(limit) = self.limit.filter(|limit| counts.size > *limit) {
            return Some(text::too_large(limit));
        }
        if counts.header > self.header {
            return Some(text::header_too_large(self.header));
        }
        (counts.hops > self.hops).then(text::too_many_hops)
    }
}
