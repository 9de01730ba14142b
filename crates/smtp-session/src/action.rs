//! What the driver of a session is to do.

use std::sync::Arc;

use postroad_mail_types::{Mailbox, ReversePath};
use postroad_smtp_codec::sasl::Mechanism;
use postroad_smtp_codec::{
    BodyForm, ClientAttributes, ClientName, MailParameters, Protocol, RcptParameters, SaslOctets,
};

use crate::{Said, TlsFacts};

/// What the driver is to do. Wherever a [`Said`] names a delay, the driver waits so long before it writes.
#[derive(Debug)]
pub enum Action {
    /// Nothing to say: read on.
    Read,
    /// Queue the reply and go on; it may wait until all that the client sent is done with (RFC 2920 §3.2).
    Reply(Said),
    /// Write the reply and all that wait before it at once, then go on.
    ReplyNow(Said),
    /// Give up the open transaction, if any: the client did. Then as `ReplyNow`.
    Abort(Said),
    /// The last word to the open transaction, which the pipeline has answered: write it at once, then settle.
    Final(Said),
    /// Give up the open transaction, if any, write the reply and close.
    Close(Said),
    /// Open a transaction and answer ([`crate::Event::Answer`]).
    Mail(Box<MailRequest>),
    /// Offer the recipient to the transaction and answer.
    Rcpt(RcptRequest),
    /// Ask the transaction to take data of this form and answer: 354, or a refusal. Before the first chunk of BDAT, 354
    /// is asked for too; the client does not see it.
    Data(BodyForm),
    /// Take the step of the SASL exchange and answer ([`crate::Event::Sasl`]).
    Sasl(SaslInput),
    /// Write this line at once: a challenge, encoded, with its CRLF. It can be longer than a reply.
    Challenge(Vec<u8>),
    /// Write the reply, let the client go through the TLS handshake, and say so ([`crate::Event::TlsEstablished`]).
    ///
    /// Every octet that was read behind the STARTTLS line, or is read before the handshake, belongs to the handshake or
    /// is an attack (RFC 3207 §4.2; CVE-2011-0411): the driver hands the bare socket to TLS, carries nothing over from
    /// its buffer, and closes if there is something in it. A handshake that fails ends the session without a word. When
    /// there can be no TLS, nothing is written and [`crate::Event::TlsUnavailable`] is the answer.
    StartTls(Said),
    /// Describe the client anew from these attributes ([`crate::Event::Client`]).
    Xclient(ClientAttributes),
}

/// What a transaction starts with.
#[derive(Clone, Debug)]
pub struct MailRequest {
    /// Who is to be told of a failure.
    pub reverse_path: ReversePath,
    /// All parameters of MAIL; only such as were offered.
    pub parameters: MailParameters,
    /// The name the client gave in EHLO or HELO, or XCLIENT gave for it.
    pub client: ClientName,
    /// What WITH of our Received field says.
    pub protocol: Protocol,
    /// The TLS session it comes in.
    pub tls: Option<Arc<TlsFacts>>,
    /// The authenticated user.
    pub user: Option<Arc<str>>,
    /// It comes through a listener for submission (RFC 6409).
    pub submission: bool,
}

/// A recipient.
#[derive(Clone, Debug)]
pub struct RcptRequest {
    /// Who.
    pub mailbox: Mailbox,
    /// All parameters of RCPT; only such as were offered.
    pub parameters: RcptParameters,
}

/// A step of a SASL exchange.
#[derive(Debug)]
pub enum SaslInput {
    /// It begins.
    Begin {
        /// By this mechanism, which is usable here.
        mechanism: Mechanism,
        /// The client's first message, decoded; `None`: none was given, which is not the empty one.
        initial: Option<SaslOctets>,
    },
    /// The client's answer to the last challenge, decoded.
    Response(SaslOctets),
    /// The client gave up, or what it sent is unusable: forget the exchange. The answer is
    /// [`crate::SaslFailure::Cancelled`].
    Cancelled,
}
