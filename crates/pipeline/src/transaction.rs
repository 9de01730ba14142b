//! A transaction from MAIL to its final reply.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use postroad_delivery::{Courier, Delivery, Fault, FaultKind, Finish};
use postroad_mail_types::{Mailbox, Reply};
use postroad_routing::RouteTable;
use postroad_smtp_codec::{BodyChunk, Date, Received};
use postroad_smtp_session::MailRequest;
use postroad_telemetry::{Anchor, Outcome, Phase, SessionRecord, TransactionRecord};
use tracing::warn;

use crate::leg::{Leg, Need, Pin, Useless};
use crate::outcome::{Cause, note, note_accepted};
use crate::{Pipeline, text};

/// One transaction. It ends with [`Self::settle`] or [`Self::abort`], which write its record; one that is dropped writes
/// it all the same.
#[derive(Debug)]
pub struct Transaction<C: Courier> {
    pub(crate) shared: Arc<Pipeline<C>>,
    pub(crate) mail: MailRequest,
    pub(crate) table: Option<Arc<RouteTable>>,
    pub(crate) record: TransactionRecord,
    pub(crate) pin: Option<Pin>,
    pub(crate) leg: Leg<C::Delivery>,
    /// Recipients answered 2xx, for a host that takes over.
    pub(crate) accepted: Vec<Mailbox>,
    /// Connectors that cannot carry it.
    pub(crate) useless: Vec<Useless>,
    pub(crate) attempts: u32,
    /// The final reply is known, and in the record.
    pub(crate) answered: bool,
    /// The record is written.
    pub(crate) ended: bool,
    started: bool,
    pub(crate) size: u64,
}

/// What was counted of a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message {
    /// Octets, stuffed dots not counted.
    pub size: u64,
    /// Received fields.
    pub hops: u32,
}

impl<C: Courier> Transaction<C> {
    pub(crate) fn new(
        shared: Arc<Pipeline<C>>,
        session: Arc<SessionRecord>,
        mail: MailRequest,
        table: Option<Arc<RouteTable>>,
        sequence: u32,
    ) -> Self {
        let now = Instant::now();
        #[allow(clippy::disallowed_methods, reason = "the one reading of the wall clock that a transaction is told by")]
        let wall = SystemTime::now();
        let record = TransactionRecord {
            trace_id: postroad_telemetry::fresh_trace_id(),
            span_id: postroad_telemetry::fresh_span_id(),
            parent: None,
            anchor: Anchor { wall, instant: now },
            start: now,
            end: now,
            session,
            sequence,
            revision: table.as_ref().map_or(0, |t| t.revision().0),
            recipients: 0,
            accepted: 0,
            rejected: 0,
            recipient_domain: None,
            size: 0,
            hops: 0,
            outcome: Outcome::Aborted,
            flag: None,
            phase: None,
            reply: None,
            error: None,
            attempts: Vec::new(),
        };
        Self {
            shared,
            mail,
            table,
            record,
            pin: None,
            leg: Leg::Unopened,
            accepted: Vec::new(),
            useless: Vec::new(),
            attempts: 0,
            answered: false,
            ended: false,
            started: false,
            size: 0,
        }
    }

    /// DATA: 354 when the host said 354; until then the next host may still take over.
    pub async fn data(&mut self) -> Reply {
        let (reply, cause) = Box::pin(self.ask_data()).await;
        if reply.class() == 3 { reply } else { self.last_word(reply, &cause) }
    }

    async fn ask_data(&mut self) -> (Reply, Cause) {
        let Some(first) = self.accepted.first().cloned() else { return (text::no_recipient_left(), Cause::NoRoute) };
        let mut need = Need::new(first, self.shared.settings.open);
        loop {
            let delivery = match self.standing(&mut need).await {
                Ok(delivery) => delivery,
                Err(refusal) => return refusal,
            };
            match delivery.data().await {
                Ok(reply) if reply.class() == 3 => return (reply, Cause::Host(Phase::Data)),
                Ok(reply) => {
                    self.hang_up(true).await;
                    return (reply, Cause::Host(Phase::Data));
                }
                Err(fault) => {
                    self.hang_up(false).await;
                    self.failed(fault, &mut need);
                }
            }
        }
    }

    /// A run of the message. What goes wrong is told at the end of the data; until then the rest is dropped.
    pub async fn body(&mut self, chunk: BodyChunk<'_>) {
        self.size += chunk.size();
        let result = self.pass_on(chunk).await;
        if let Err((reply, cause)) = result {
            self.give_up(reply, cause).await;
        }
    }

    async fn pass_on(&mut self, chunk: BodyChunk<'_>) -> Result<(), (Reply, Cause)> {
        let received = if self.started { None } else { Some(self.received(self.only_recipient())) };
        self.started = true;
        let limit = self.pin.as_ref().map(|pin| pin.connector.connector.max_message_size);
        let Leg::Open(delivery) = &mut self.leg else { return Ok(()) };
        if limit.is_some_and(|limit| !limit.allows(self.size)) {
            return Err((text::too_large(), Cause::Policy(Phase::Data)));
        }
        if !delivery.capabilities().eight_bit_mime && !chunk.octets.is_ascii() {
            return Err((text::eight_bit_refused(), Cause::Policy(Phase::Data)));
        }
        let written = match received {
            Some(received) => match delivery.body(received.as_bytes()).await {
                Ok(()) => delivery.body(chunk.octets).await,
                fault => fault,
            },
            None => delivery.body(chunk.octets).await,
        };
        written.map_err(|fault| {
            self.log(&fault);
            let told = Fault { kind: FaultKind::Lost, ..fault };
            (told.to_reply(), Cause::of(&told))
        })
    }

    /// The connection to the host is closed without a dot: it cannot take what it has for a whole message.
    async fn give_up(&mut self, reply: Reply, cause: Cause) {
        self.hang_up(false).await;
        self.leg = Leg::Dead(reply, cause);
    }

    /// The data breaks a rule of the listener. The host is left at once; the client is told by [`Self::refuse`], at the
    /// end of the data (RFC 5321 §4.1.1.4).
    pub async fn spoilt(&mut self) {
        if matches!(self.leg, Leg::Open(_)) {
            self.give_up(text::no_recipient_left(), Cause::Policy(Phase::Data)).await;
        }
    }

    /// The end of the data was read. Returns the final reply; it must be written before [`Self::settle`].
    pub async fn finish(&mut self, message: Message) -> Reply {
        // The first run may never have come: an empty message still gets its Received field.
        self.body(BodyChunk::undotted(&[])).await;
        (self.record.size, self.record.hops) = (message.size, message.hops);
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

    /// The data broke a rule of the listener: nothing of it may count at the host.
    pub async fn refuse(&mut self, reply: Reply, message: Message) -> Reply {
        (self.record.size, self.record.hops) = (message.size, message.hops);
        self.spoilt().await;
        self.last_word(reply, &Cause::Policy(Phase::Data))
    }

    /// Notes the refusal that ends the transaction, and puts the id on it that people see.
    fn last_word(&mut self, reply: Reply, cause: &Cause) -> Reply {
        note(&mut self.record, &reply, cause);
        self.answered = true;
        reply.with_id(&self.record.trace_id.to_string())
    }

    const fn only_recipient(&self) -> Option<&Mailbox> {
        match self.accepted.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Our Received field.
    pub(crate) fn received(&self, recipient: Option<&Mailbox>) -> String {
        let seconds = self.record.anchor.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        Received {
            client: &self.mail.client,
            reverse_name: None,
            address: self.record.session.peer.ip(),
            by: &self.shared.settings.host_name,
            protocol: self.mail.protocol,
            id: self.record.trace_id,
            recipient,
            tls: None,
            date: Date(seconds),
        }
        .to_string()
    }
}
