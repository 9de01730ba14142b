//! What a transaction remembers of itself: plain values, from which spans are made at its end.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use postroad_mail_types::{EnhancedCode, SpanId, TraceContext, TraceId};

use crate::{ErrorType, Outcome, Phase, ResponseFlag};

/// One pair of clock readings, so that instants can be told as wall-clock times without a second reading.
#[derive(Clone, Copy, Debug)]
pub struct Anchor {
    /// The wall clock.
    pub wall: SystemTime,
    /// The monotonic clock at the same moment.
    pub instant: Instant,
}

impl Anchor {
    /// The wall-clock time of an instant.
    #[must_use]
    pub fn wall_time(&self, at: Instant) -> SystemTime {
        match at.checked_duration_since(self.instant) {
            Some(after) => self.wall + after,
            None => self.wall - self.instant.duration_since(at),
        }
    }
}

/// One SMTP transaction, from MAIL to the final reply: becomes the span `smtp.receive {listener}`.
#[derive(Clone, Debug)]
pub struct TransactionRecord {
    /// The trace; also the id that people see in `Received` and in the final reply.
    pub trace_id: TraceId,
    /// Id of the SERVER span, given out before the span exists.
    pub span_id: SpanId,
    /// Where the SERVER span hangs; `None` for a root.
    pub parent: Option<TraceContext>,
    /// The context in the message's header, where it is only linked to.
    pub link: Option<TraceContext>,
    /// The message's header holds a context that is malformed; it was ignored.
    pub context_rejected: bool,
    /// Clock readings that all instants of this record are told by.
    pub anchor: Anchor,
    /// When MAIL was read.
    pub start: Instant,
    /// When the final reply was written, or the transaction was given up.
    pub end: Instant,
    /// The session and the client.
    pub session: Arc<SessionRecord>,
    /// 1 for the first transaction of a session.
    pub sequence: u32,
    /// Configuration revision that decided; 0 when there was none.
    pub revision: u64,
    /// Recipients that the client named.
    pub recipients: u32,
    /// Recipients answered 2xx.
    pub accepted: u32,
    /// Recipients answered 4xx or 5xx.
    pub rejected: u32,
    /// The domain, when all recipients share one.
    pub recipient_domain: Option<String>,
    /// Octets of the message as received, stuffed dots not counted.
    pub size: u64,
    /// Received fields found in the message.
    pub hops: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Who ended it, where that is not plain.
    pub flag: Option<ResponseFlag>,
    /// Where it failed.
    pub phase: Option<Phase>,
    /// Code of the final reply; `None` when none was given.
    pub reply: Option<ReplyCodes>,
    /// Set when the failure is ours or the next hop's: the span's status becomes Error.
    pub error: Option<ErrorType>,
    /// The attempts at next hops, in order.
    pub attempts: Vec<AttemptRecord>,
}

/// What is the same for all transactions of a session.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// Name of the listener.
    pub listener: String,
    /// 16 hex digits.
    pub session_id: String,
    /// Our name as clients see it.
    pub server_name: String,
    /// Our end of the client's connection.
    pub local: SocketAddr,
    /// The client's end.
    pub peer: SocketAddr,
    /// The other end of the TCP connection, where it is not the client's but that of a proxy which spoke for it.
    pub through: Option<SocketAddr>,
    /// The name of the client's address, as a trusted proxy told it.
    pub client_name: Option<String>,
    /// The TLS session that the client is in.
    pub tls: Option<TlsSession>,
    /// The mechanism by which it has logged in; `None`: it has not.
    pub auth_mechanism: Option<&'static str>,
}

impl SessionRecord {
    /// A session of a client that speaks for itself, in clear and not logged in.
    #[must_use]
    pub const fn new(
        listener: String,
        session_id: String,
        server_name: String,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> Self {
        Self {
            listener,
            session_id,
            server_name,
            local,
            peer,
            through: None,
            client_name: None,
            tls: None,
            auth_mechanism: None,
        }
    }
}

/// Code and enhanced code of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyCodes {
    /// Three digits.
    pub code: u16,
    /// Enhanced code.
    pub enhanced: Option<EnhancedCode>,
}

/// One attempt at a next hop: becomes the span `smtp.send {connector}`.
#[derive(Clone, Debug)]
pub struct AttemptRecord {
    /// Id of the CLIENT span, given out before the span exists.
    pub span_id: SpanId,
    /// When the attempt began.
    pub start: Instant,
    /// When it was over.
    pub end: Instant,
    /// The connector's name.
    pub connector: String,
    /// 1 for the first attempt of a transaction.
    pub number: u32,
    /// The smart host as configured.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// The address that was connected to; `None` when it never came so far.
    pub peer: Option<(IpAddr, u16)>,
    /// The connection had been used before.
    pub reused: bool,
    /// Whether the connector demands TLS.
    pub tls_policy: TlsPolicy,
    /// The TLS session, once there was one.
    pub tls: Option<TlsSession>,
    /// SASL mechanism used.
    pub auth_mechanism: Option<&'static str>,
    /// Octets of the message written to the host.
    pub bytes_sent: u64,
    /// Time spent in each phase that was entered, in order.
    pub times: Vec<(Phase, Duration)>,
    /// Where it failed.
    pub phase: Option<Phase>,
    /// The reply that ended it.
    pub reply: Option<ReplyCodes>,
    /// Why it failed; `None` for success.
    pub error: Option<ErrorType>,
}

/// Whether TLS is demanded towards a next hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsPolicy {
    /// Never.
    None,
    /// Where it is offered.
    May,
    /// Always.
    Must,
}

impl TlsPolicy {
    /// Value of `smtp.tls.policy`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::May => "may",
            Self::Must => "must",
        }
    }
}

/// An established TLS session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSession {
    /// "1.2" or "1.3".
    pub version: &'static str,
    /// Name of the cipher suite.
    pub cipher: String,
    /// The session was resumed.
    pub resumed: bool,
}
