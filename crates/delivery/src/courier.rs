//! The port: open, MAIL, RCPT, DATA, body, finish or abort.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postroad_connector_model::{Connector, Credential, SmartHost};
use postroad_mail_types::{HostName, Mailbox, Reply, ReversePath, SpanId};
use postroad_smtp_codec::{Capabilities, MailParameters};
use postroad_telemetry::{AttemptRecord, ErrorType};

use crate::Fault;

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

    /// Connects, up to the point where MAIL may be said.
    fn open(&self, order: Order) -> impl Future<Output = Result<Self::Delivery, (Fault, AttemptRecord)>> + Send;
}

/// A transaction at a next hop.
///
/// `Ok(reply)` is the host's verdict, fit to be passed on. `Err(fault)` means the connection is of no more use: before
/// the first octet of data the next host may be tried. Each call has its own deadline. Dropping a delivery closes its
/// connection; no path but [`Delivery::finish`] ever writes the final dot.
pub trait Delivery: Send {
    /// What the host offered in the EHLO reply that counts.
    fn capabilities(&self) -> &Capabilities;

    /// MAIL. `header`: octets that will be put on top of the message.
    fn mail(
        &mut self,
        path: &ReversePath,
        parameters: &MailParameters,
        header: u64,
    ) -> impl Future<Output = Result<Reply, Fault>> + Send;

    /// RCPT.
    fn rcpt(&mut self, mailbox: &Mailbox) -> impl Future<Output = Result<Reply, Fault>> + Send;

    /// DATA: 354, or the host's refusal.
    fn data(&mut self) -> impl Future<Output = Result<Reply, Fault>> + Send;

    /// A run of the message in wire form. Returns when the host has room for more.
    fn body(&mut self, wire: &[u8]) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Checks that the host said nothing meanwhile, writes the dot, and reads one whole reply (steps 6 to 8 of the safe
    /// order in `docs/FLOW.md`).
    fn finish(&mut self) -> impl Future<Output = Finish> + Send;

    /// Closes the connection and hands out what is remembered of it. `polite`: QUIT first, where the dialogue allows it.
    fn close(self, polite: bool) -> impl Future<Output = AttemptRecord> + Send;

    /// True while the dot may be on its way and its reply was not read: whoever stops now does not know whether the host
    /// has the message.
    fn is_in_doubt(&self) -> bool;

    /// As [`Self::close`], for whoever cannot wait any more, and why.
    fn abandon(self, why: ErrorType) -> AttemptRecord;
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
