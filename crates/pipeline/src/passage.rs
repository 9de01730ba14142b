//! The message on its way through, and its end.

use postroad_delivery::{Courier, Delivery, Fault, FaultKind, Finish, Halt};
use postroad_mail_types::Reply;
use postroad_smtp_codec::{BodyChunk, BodyForm};
use postroad_telemetry::Phase;
use tracing::warn;

use crate::head::Head;
use crate::leg::Leg;
use crate::outcome::{Cause, note_accepted};
use crate::rule::Rule;
use crate::{Transaction, mismatch, text};

/// What was counted of a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message {
    /// Octets, stuffed dots not counted.
    pub size: u64,
    /// Received fields.
    pub hops: u32,
}

/// How far a message has come.
#[derive(Debug)]
pub(crate) struct Passage {
    /// By DATA or by BDAT.
    pub(crate) form: BodyForm,
    pub(crate) head: Head,
    /// Our Received field was written.
    started: bool,
    /// The last two octets, ours included.
    tail: [u8; 2],
}

impl Default for Passage {
    fn default() -> Self {
        Self { form: BodyForm::Stuffed, head: Head::default(), started: false, tail: *b"\r\n" }
    }
}

impl Passage {
    const fn saw(&mut self, octets: &[u8]) {
        match octets {
            [.., before, last] => self.tail = [*before, *last],
            [last] => {
                let [_, before] = self.tail;
                self.tail = [before, *last];
            }
            [] => {}
        }
    }
}

impl<C: Courier> Transaction<C> {
    /// A run of the message. What goes wrong is told at the end of the data; until then the rest is dropped.
    pub async fn body(&mut self, run: BodyChunk<'_>) {
        self.size += run.size();
        self.passage.saw(run.octets);
        if let Err((reply, cause)) = self.take_in(run).await {
            self.give_up(reply, cause).await;
        }
    }

    async fn take_in(&mut self, run: BodyChunk<'_>) -> Result<(), (Reply, Cause)> {
        if self.held_back(run).await? { Ok(()) } else { self.pass_on(run).await }
    }

    pub(crate) async fn pass_on(&mut self, run: BodyChunk<'_>) -> Result<(), (Reply, Cause)> {
        let received = if self.passage.started { None } else { Some(self.received(self.only_recipient())) };
        self.passage.started = true;
        let limit = self.pin.as_ref().map(|pin| pin.connector().connector.max_message_size);
        let Leg::Open(delivery) = &mut self.leg else { return Ok(()) };
        if limit.is_some_and(|limit| !limit.allows(self.size)) {
            return Err((text::too_large(), Cause::Policy(Phase::Data, Rule::ConnectorSize)));
        }
        if !run.octets.is_ascii() && !mismatch::takes_eight_bits(&self.mail.parameters, delivery.capabilities()) {
            return Err((text::eight_bit_refused(), Cause::Policy(Phase::Data, Rule::EightBit)));
        }
        let written = match received {
            Some(received) => {
                let ours = BodyChunk { octets: received.as_bytes(), dots: &[], form: run.form };
                match delivery.body(ours).await {
                    Ok(()) => delivery.body(run).await,
                    halt => halt,
                }
            }
            None => delivery.body(run).await,
        };
        written.map_err(|halt| match halt {
            Halt::Refused(reply) => (reply, Cause::Host(Phase::Data)),
            Halt::Failed(fault) => {
                self.log(&fault);
                // M9 holds here too; for the rest it is all the same how the host was lost.
                let kind = if fault.kind == FaultKind::Login { FaultKind::Login } else { FaultKind::Lost };
                let told = Fault { kind, ..fault };
                (told.to_reply(), Cause::of(&told))
            }
        })
    }

    /// The connection to the host is closed without a dot: it cannot take what it has for a whole message.
    async fn give_up(&mut self, reply: Reply, cause: Cause) {
        self.hang_up(false).await;
        self.leg = Leg::Dead(reply, cause);
    }

    /// A chunk that is not the last was read whole. `None`: the client is told 250, which promises nothing (RFC 3030
    /// §2). Else the message has failed already, and this is the final reply; it must be written before [`Self::settle`].
    pub fn chunk_end(&mut self, message: Message) -> Option<Reply> {
        let Leg::Dead(reply, cause) = &self.leg else { return None };
        let (reply, cause) = (reply.clone(), cause.clone());
        (self.record.size, self.record.hops) = (message.size, message.hops);
        Some(self.last_word(reply, &cause))
    }

    /// The data breaks a rule of the listener. The host is left at once; the client is told by [`Self::refuse`], at the
    /// end of the data (RFC 5321 §4.1.1.4) or of the chunk (RFC 3030 §2).
    pub async fn spoilt(&mut self) {
        if matches!(self.leg, Leg::Open(_)) {
            self.give_up(text::no_recipient_left(), Cause::Policy(Phase::Data, Rule::Listener)).await;
        }
    }

    /// The end of the data, or the whole last chunk, was read. Returns the final reply; it must be written before
    /// [`Self::settle`].
    pub async fn finish(&mut self, message: Message) -> Reply {
        self.last_run().await;
        (self.record.size, self.record.hops) = (message.size, message.hops);
        self.check_line_end().await;
        let finish = match &mut self.leg {
            Leg::Open(delivery) => delivery.finish().await,
            Leg::Dead(reply, cause) => {
                let (reply, cause) = (reply.clone(), cause.clone());
                return self.last_word(reply, &cause);
            }
            Leg::Unopened => return self.last_word(text::no_recipient_left(), &Cause::NoRoute),
        };
        match finish {
            Finish::Accepted(reply) => {
                note_accepted(&mut self.record, &reply);
                self.answered = true;
                reply.with_id(&self.record.trace_id.to_string())
            }
            Finish::Refused(reply) => self.last_word(reply, &Cause::Host(Phase::Dot)),
            Finish::Failed(fault) => {
                self.log(&fault);
                self.last_word(fault.to_reply(), &Cause::of(&fault))
            }
            Finish::InDoubt(fault) => {
                warn!(trace_id = %self.record.trace_id, detail = fault.detail, "in_doubt: the reply to the dot was lost");
                self.last_word(fault.to_reply(), &Cause::InDoubt(fault.error))
            }
        }
    }

    /// What is still held back goes on. The first run may never have come: an empty message still gets its Received field.
    async fn last_run(&mut self) {
        let nothing = BodyChunk { octets: &[], dots: &[], form: self.passage.form };
        let written = match self.head_is_over().await {
            Ok(()) if !self.passage.started => self.pass_on(nothing).await,
            other => other,
        };
        if let Err((reply, cause)) = written {
            self.give_up(reply, cause).await;
        }
    }

    /// What came by BDAT and goes out by DATA must end with CRLF, or the dot would not stand on a line of its own; a line
    /// end of ours would change the message.
    async fn check_line_end(&mut self) {
        let Leg::Open(delivery) = &self.leg else { return };
        let by_data = self.passage.form == BodyForm::Plain && !delivery.capabilities().chunking;
        if by_data && self.passage.tail != *b"\r\n" {
            self.give_up(text::no_line_end(), Cause::Policy(Phase::Data, Rule::NoLineEnd)).await;
        }
    }

    /// The data broke a rule of the listener: nothing of it may count at the host.
    pub async fn refuse(&mut self, reply: Reply, message: Message) -> Reply {
        (self.record.size, self.record.hops) = (message.size, message.hops);
        self.spoilt().await;
        self.last_word(reply, &Cause::Policy(Phase::Data, Rule::Listener))
    }
}
