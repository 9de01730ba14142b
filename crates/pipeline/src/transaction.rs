//! A transaction from MAIL to its final reply.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use postroad_delivery::{Courier, Delivery};
use postroad_mail_types::{Mailbox, Reply};
use postroad_routing::RouteTable;
use postroad_smtp_codec::{BodyForm, Date, Received};
use postroad_smtp_session::{MailRequest, RcptRequest};
use postroad_telemetry::{Anchor, Outcome, Phase, SessionRecord, TransactionRecord};
use tracing::info;

use crate::leg::{Leg, Need};
use crate::outcome::{Cause, note};
use crate::passage::Passage;
use crate::pin::{Pin, Useless};
use crate::rule::Rule;
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
    pub(crate) accepted: Vec<RcptRequest>,
    /// Connectors that cannot carry it.
    pub(crate) useless: Vec<Useless>,
    pub(crate) attempts: u32,
    /// The final reply is known, and in the record.
    pub(crate) answered: bool,
    /// How it ended is in the record; only the leave of the host is missing there.
    pub(crate) settled: bool,
    /// The record is written.
    pub(crate) ended: bool,
    pub(crate) passage: Passage,
    pub(crate) size: u64,
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
            link: None,
            context_rejected: false,
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
            settled: false,
            ended: false,
            passage: Passage::default(),
            size: 0,
        }
    }

    /// DATA, or the first BDAT, by the form in which the message is about to come: 354 when the host stands that the
    /// message goes to, and has said 354 where it is asked; until then the next host may still take over.
    pub async fn data(&mut self, form: BodyForm) -> Reply {
        self.passage.form = form;
        let (reply, cause) = Box::pin(self.ask_data(form)).await;
        if reply.class() == 3 { reply } else { self.last_word(reply, &cause) }
    }

    async fn ask_data(&mut self, form: BodyForm) -> (Reply, Cause) {
        let Some(first) = self.accepted.first().map(|rcpt| rcpt.mailbox.clone()) else {
            return (text::no_recipient_left(), Cause::NoRoute);
        };
        let mut need = Need::new(first, self.shared.settings.open);
        loop {
            let delivery = match self.standing(&mut need).await {
                Ok(delivery) => delivery,
                Err(refusal) => return refusal,
            };
            match delivery.begin(form).await {
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

    /// Notes the refusal that ends the transaction, and puts the id on it that people see.
    pub(crate) fn last_word(&mut self, reply: Reply, cause: &Cause) -> Reply {
        self.refused(&reply, cause);
        self.answered = true;
        reply.with_id(&self.record.trace_id.to_string())
    }

    /// Notes a refusal as the last word so far, and logs it where the session does not.
    pub(crate) fn refused(&mut self, reply: &Reply, cause: &Cause) {
        note(&mut self.record, reply, cause);
        if matches!(cause, Cause::Policy(_, Rule::Listener)) {
            return;
        }
        info!(
            session = self.record.session.session_id,
            peer = %self.record.session.peer,
            trace_id = %self.record.trace_id,
            phase = cause.phase().as_str(),
            rule = cause.rule(reply),
            code = reply.code(),
            enhanced = reply.enhanced().map(tracing::field::display),
            connector = self.pin.as_ref().map(Pin::name),
            "refused"
        );
    }

    pub(crate) const fn only_recipient(&self) -> Option<&Mailbox> {
        match self.accepted.as_slice() {
            [only] => Some(&only.mailbox),
            _ => None,
        }
    }

    /// Our Received field.
    pub(crate) fn received(&self, recipient: Option<&Mailbox>) -> String {
        let seconds = self.record.anchor.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        Received {
            client: &self.mail.client,
            reverse_name: self.record.session.client_name.as_deref(),
            address: self.record.session.peer.ip(),
            by: &self.shared.settings.server_name,
            protocol: self.mail.protocol,
            id: self.record.trace_id,
            recipient,
            // RFC 8314 §4.3: of a submission it is told how well it was protected.
            tls: self.mail.tls.as_ref().filter(|_| self.mail.submission).map(|tls| tls.cipher.as_str()),
            date: Date(seconds),
        }
        .to_string()
    }
}
