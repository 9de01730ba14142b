//! What happens to a session.

use std::fmt;
use std::sync::Arc;

use postroad_mail_types::Reply;
use postroad_smtp_codec::Line;

use crate::{Client, Identity, TlsFacts};

/// What happened.
pub enum Event<'a> {
    /// The connection stands (and with it TLS, on a listener that begins with TLS).
    Connected,
    /// The client spoke before it was greeted; given in place of `Connected`. It is turned away (TH15).
    SpokeEarly,
    /// A command line was read. It may hold a secret while [`crate::Session::is_authenticating`].
    Line {
        /// The line.
        line: Line<'a>,
        /// The client has sent more already: something stands in the buffer behind the line.
        more: bool,
    },
    /// The pipeline's answer to what was asked last.
    Answer(Reply),
    /// The answer to [`crate::Action::Sasl`].
    Sasl(SaslAnswer),
    /// The handshake after [`crate::Action::StartTls`] is done.
    TlsEstablished(TlsFacts),
    /// There can be no TLS now; in place of the handshake, nothing was written yet.
    TlsUnavailable,
    /// The answer to [`crate::Action::Xclient`]: the client as the peer described it.
    Client(Client),
    /// The client took too long.
    Timeout(Timeout),
    /// The relay shuts down, and no command is under way.
    Shutdown,
}

/// In what a client took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// It was silent.
    Idle,
    /// One phase, such as a command line or the data, took too long as a whole.
    Phase,
    /// The message came in more slowly than the listener bears.
    Rate,
    /// The session as a whole.
    Session,
}

/// What came of a step of a SASL exchange.
#[derive(Debug)]
pub enum SaslAnswer {
    /// The server's next message, not encoded; at most 9 KiB.
    Challenge(Vec<u8>),
    /// The client is who it says.
    Success(Arc<dyn Identity>),
    /// It is not, or it could not be found out.
    Failure(SaslFailure),
}

/// Why a SASL exchange failed (RFC 4954 §4, §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaslFailure {
    /// Wrong user or password, or not allowed to act as the other; nobody is told which: 535 5.7.8.
    Credentials,
    /// It cannot be found out now: 454 4.7.0.
    Temporary,
    /// The client's message is malformed, or came where the mechanism has none: 501 5.5.2.
    Malformed,
    /// The mechanism is not taken here after all: 504 5.5.4.
    Mechanism,
    /// The answer to [`crate::SaslInput::Cancelled`].
    Cancelled,
}

/// A line may hold a password, so no line shows itself.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("Connected"),
            Self::SpokeEarly => f.write_str("SpokeEarly"),
            Self::Line { more, .. } => f.debug_struct("Line").field("more", more).finish_non_exhaustive(),
            Self::Answer(reply) => f.debug_tuple("Answer").field(reply).finish(),
            Self::Sasl(answer) => f.debug_tuple("Sasl").field(answer).finish(),
            Self::TlsEstablished(facts) => f.debug_tuple("TlsEstablished").field(facts).finish(),
            Self::TlsUnavailable => f.write_str("TlsUnavailable"),
            Self::Client(client) => f.debug_tuple("Client").field(client).finish(),
            Self::Timeout(timeout) => f.debug_tuple("Timeout").field(timeout).finish(),
            Self::Shutdown => f.write_str("Shutdown"),
        }
    }
}
