//! The port: open, MAIL, RCPT, the message, finish or abort.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postroad_connector_model::{Connector, Credential, SmartHost};
use postroad_mail_types::{HostName, Mailbox, Reply, ReversePath, SpanId};
use postroad_smtp_codec::{BodyChunk, BodyForm, Capabilities, MailParameters, RcptParameters};
use postroad_telemetry::{AttemptRecord, ErrorType};

use crate::{Fault, Shortcoming};

/// What one attempt at a smart host needs to know.
#[derive(Clone, Debug)]
pub struct Order {
    /// The connector whose settings hold.
    pub connector: Arc<Connector>,
    /// Its account.
    pub credential: Option<Arc<Credential>>,
    /// The smart host to try.
    pub host: SmartHost,
    /// The name to say in EHLO.
    pub helo: HostName,
    /// Id of the attempt's span.
    pub span_id: SpanId,
    /// 1 for the first attempt of the transaction.
    pub number: u32,
    /// The connection must stand by then.
    pub deadline: Instant,
    /// Wait for the reply to the end of the data; `None`: the courier's default.
    pub final_reply_timeout: Option<Duration>,
}

/// Brings transactions to next hops.
pub trait Courier: Send + Sync + 'static {
    /// A transaction at a next hop.
    type Delivery: Delivery;

    /// What keeps this courier from using a connector at all; empty: nothing. `is_source`: this relay is one of its
    /// source relays. To be asked before [`Self::open`], and quick.
    fn shortcomings(&self, connector: &Connector, is_source: bool) -> Vec<Shortcoming>;

    /// Connects, up to the point where MAIL may be said.
    fn open(&self, order: Order) -> impl Future<Output = Result<Self::Delivery, (Fault, AttemptRecord)>> + Send;
}

/// Several pipelines can share one courier.
impl<C: Courier> Courier for Arc<C> {
    type Delivery = C::Delivery;

    fn shortcomings(&self, connector: &Connector, is_source: bool) -> Vec<Shortcoming> {
        C::shortcomings(self, connector, is_source)
    }

    fn open(&self, order: Order) -> impl Future<Output = Result<Self::Delivery, (Fault, AttemptRecord)>> + Send {
        C::open(self, order)
    }
}

/// A transaction at a next hop.
///
/// `Ok(reply)` is the host's verdict, fit to be passed on. `Err(fault)` means the connection is of no more use: before
/// the first octet of data the next host may be tried. Each call has its own deadline. Dropping a delivery closes its
/// connection; no path but [`Delivery::finish`] ever writes the final dot.
pub trait Delivery: Send {
    /// What the host can honour, by the EHLO reply that counts. An extension that it offers and that this connection may
    /// not be trusted with, such as REQUIRETLS without a checked certificate, is not among it.
    fn capabilities(&self) -> &Capabilities;

    /// MAIL with the client's parameters, as far as the host offers them; the caller has refused what would get lost.
    /// `header`: octets that will be put on top of the message.
    fn mail(
        &mut self,
        path: &ReversePath,
        parameters: &MailParameters,
        header: u64,
    ) -> impl Future<Output = Result<Reply, Fault>> + Send;

    /// RCPT, with the client's parameters as [`Self::mail`].
    fn rcpt(
        &mut self,
        mailbox: &Mailbox,
        parameters: &RcptParameters,
    ) -> impl Future<Output = Result<Reply, Fault>> + Send;

    /// Brings the dialogue to where the message may be written: 354, or the host's refusal. A message that came by BDAT
    /// ([`BodyForm::Plain`]) goes on by BDAT where the host takes CHUNKING: it is asked nothing then, and the 354 is said
    /// in its place. Everything else goes by DATA.
    fn begin(&mut self, form: BodyForm) -> impl Future<Output = Result<Reply, Fault>> + Send;

    /// A run of the message, in the form that [`Self::begin`] was told. Returns when the host has room for more.
    fn body(&mut self, run: BodyChunk<'_>) -> impl Future<Output = Result<(), Halt>> + Send;

    /// Checks that the host said nothing meanwhile, writes the dot or the last chunk, and reads one whole reply (steps 6
    /// to 8 of the safe order in `docs/FLOW.md`).
    fn finish(&mut self) -> impl Future<Output = Finish> + Send;

    /// Closes the connection and hands out what is remembered of it. `polite`: QUIT first, where the dialogue allows it.
    fn close(self, polite: bool) -> impl Future<Output = AttemptRecord> + Send;

    /// True while the dot may be on its way and its reply was not read: whoever stops now does not know whether the host
    /// has the message.
    fn is_in_doubt(&self) -> bool;

    /// As [`Self::close`], for whoever cannot wait any more, and why.
    fn abandon(self, why: ErrorType) -> AttemptRecord;
}

/// Why no more of a message can be written. The host does not have it.
#[derive(Debug)]
pub enum Halt {
    /// The host's 4xx or 5xx to a chunk.
    Refused(Reply),
    /// The connection is of no more use.
    Failed(Fault),
}

/// How the end of the data went.
#[derive(Debug)]
pub enum Finish {
    /// The host's 2xx was read whole: the host has the message.
    Accepted(Reply),
    /// The host's 4xx or 5xx: it has not.
    Refused(Reply),
    /// The dot was not written: the host cannot have the message.
    Failed(Fault),
    /// The dot was written and no whole reply was read: nobody knows.
    InDoubt(Fault),
}
