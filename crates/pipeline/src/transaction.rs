//! A transaction from MAIL to its final reply.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use postroad_delivery::{Courier, Delivery, Fault, Finish};
use postroad_mail_types::{Mailbox, Reply};
use postroad_routing::RouteTable;
use postroad_smtp_codec::{BodyChunk, Date, Received};
use postroad_smtp_session::MailRequest;
use postroad_telemetry::{Anchor, Outcome, Phase, ResponseFlag, SessionRecord, TransactionRecord};
use tracing::{info, warn};

use crate::leg::{Leg, Pin};
use crate::outcome::{Cause, note, note_aborted, note_accepted};
use crate::{Pipeline, text};

/// One transaction. It ends with [`Self::settle`] or [`Self::abort`], which write its record.
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
    pub(crate) attempts: u32,
    started: bool,
    size: u64,
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
        let (pin, leg, accepted) = (None, Leg::Unopened, Vec::new());
        Self { shared, mail, table, record, pin, leg, accepted, attempts: 0, started: false, size: 0 }
    }

    /// DATA: 354 when the host said 354; until then the next host may still take over.
    pub async fn data(&mut self) -> Reply {
        let (reply, cause) = Box::pin(self.ask_data()).await;
        if reply.class() == 3 {
            return reply;
        }
        note(&mut self.record, &reply, &cause);
        reply.with_id(&self.record.trace_id.to_string())
    }

    async fn ask_data(&mut self) -> (Reply, Cause) {
        let mut first_fault: Option<Fault> = None;
        loop {
            let mut delivery = match std::mem::replace(&mut self.leg, Leg::Unopened) {
                Leg::Open(delivery) => delivery,
                Leg::Dead(reply, cause) => return (reply, cause),
                Leg::Unopened => {
                    let Some(first) = self.accepted.first().cloned() else {
                        return (text::no_recipient_left(), Cause::NoRoute);
                    };
                    match self.open_next(&first, &mut first_fault).await {
                        Ok(delivery) => delivery,
                        Err(none) => return self.no_host(none, first_fault),
                    }
                }
            };
            match delivery.data().await {
                Ok(reply) if reply.class() == 3 => {
                    self.leg = Leg::Open(delivery);
                    return (reply, Cause::Host(Phase::Data));
                }
                Ok(reply) => {
                    self.record.attempts.push(delivery.close(true).await);
                    return (reply, Cause::Host(Phase::Data));
                }
                Err(fault) => {
                    self.failed(&fault);
                    self.record.attempts.push(delivery.close(false).await);
                    first_fault.get_or_insert(fault);
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
        if !delivery.capabilities().eight_bit_mime && !chunk.wire.is_ascii() {
            return Err((text::eight_bit_refused(), Cause::Policy(Phase::Data)));
        }
        let written = match received {
            Some(received) => match delivery.body(received.as_bytes()).await {
                Ok(()) => delivery.body(chunk.wire).await,
                fault => fault,
            },
            None => delivery.body(chunk.wire).await,
        };
        written.map_err(|fault| {
            let told = Fault { kind: postroad_delivery::FaultKind::Lost, ..fault };
            (told.to_reply(), Cause::of(&told))
        })
    }

    /// The connection to the host is closed without a dot: it cannot take what it has for a whole message.
    async fn give_up(&mut self, reply: Reply, cause: Cause) {
        if let Leg::Open(delivery) = std::mem::replace(&mut self.leg, Leg::Dead(reply, cause)) {
            self.record.attempts.push(delivery.close(false).await);
        }
    }

    /// The end of the data was read. Returns the final reply; it must be written before [`Self::settle`].
    pub async fn finish(&mut self, message: Message) -> Reply {
        // The first run may never have come: an empty message still gets its Received field.
        self.body(BodyChunk { wire: &[], dots: &[] }).await;
        (self.record.size, self.record.hops) = (message.size, message.hops);
        let reply = match &mut self.leg {
            Leg::Open(delivery) => match delivery.finish().await {
                Finish::Accepted(reply) => {
                    note_accepted(&mut self.record, &reply);
                    reply
                }
                Finish::Refused(reply) => {
                    note(&mut self.record, &reply, &Cause::Host(Phase::Dot));
                    reply
                }
                Finish::Failed(fault) => {
                    let reply = fault.to_reply();
                    note(&mut self.record, &reply, &Cause::of(&fault));
                    reply
                }
                Finish::InDoubt(fault) => {
                    let reply = fault.to_reply();
                    note(&mut self.record, &reply, &Cause::InDoubt(fault.error));
                    warn!(trace_id = %self.record.trace_id, detail = fault.detail, "in_doubt: the reply to the dot was lost");
                    reply
                }
            },
            Leg::Dead(reply, cause) => {
                note(&mut self.record, reply, cause);
                reply.clone()
            }
            Leg::Unopened => text::no_recipient_left(),
        };
        reply.with_id(&self.record.trace_id.to_string())
    }

    /// The data broke a rule of the listener: nothing of it may count at the host.
    pub async fn refuse(&mut self, reply: Reply, message: Message) -> Reply {
        (self.record.size, self.record.hops) = (message.size, message.hops);
        self.give_up(reply.clone(), Cause::Policy(Phase::Data)).await;
        note(&mut self.record, &reply, &Cause::Policy(Phase::Data));
        reply.with_id(&self.record.trace_id.to_string())
    }

    /// After the final reply: `written` says whether the client could be given it.
    pub async fn settle(mut self, written: bool) {
        self.record.end = Instant::now();
        if !written {
            if self.record.outcome == Outcome::Accepted {
                self.record.flag = Some(ResponseFlag::ReplyLost);
                warn!(trace_id = %self.record.trace_id, "lost_reply: the host has the message, the client is gone");
            } else {
                self.record.flag = Some(ResponseFlag::ClientAborted);
            }
        }
        self.close().await;
    }

    /// The transaction ends without a final reply: RSET, EHLO, QUIT, or the client is gone.
    pub async fn abort(mut self) {
        self.record.end = Instant::now();
        if self.record.accepted > 0 || self.record.rejected == 0 {
            note_aborted(&mut self.record);
        }
        self.close().await;
    }

    async fn close(mut self) {
        if let Leg::Open(delivery) = std::mem::replace(&mut self.leg, Leg::Unopened) {
            self.record.attempts.push(delivery.close(true).await);
        }
        // A transaction lasts as long as its last attempt, whose end is noted a moment later.
        let last = self.record.attempts.iter().map(|attempt| attempt.end).max();
        self.record.end = last.map_or(self.record.end, |last| last.max(self.record.end));
        let record = &self.record;
        info!(
            trace_id = %record.trace_id,
            listener = record.session.listener,
            connector = self.pin.as_ref().map(|pin| pin.connector.connector.name.as_str()),
            revision = record.revision,
            outcome = record.outcome.as_str(),
            reply = record.reply.map(|r| r.code),
            error = record.error.map(postroad_telemetry::ErrorType::as_str),
            recipients = record.accepted,
            size = record.size,
            attempts = record.attempts.len(),
            "transaction"
        );
        self.shared.recorder.record(record);
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
            address: self.record.session.peer.ip(),
            by: &self.shared.settings.host_name,
            protocol: self.mail.protocol,
            id: self.record.trace_id,
            recipient,
            date: Date(seconds),
        }
        .to_string()
    }
}
