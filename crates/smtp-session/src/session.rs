//! The states of a session (RFC 5321 §4.1.4).

use std::sync::Arc;

use postroad_mail_types::{EnhancedCode, Mailbox, Reply, ReversePath};
use postroad_smtp_codec::{ClientName, DataScanner, Line, MailParameters, Protocol};

use crate::{SessionSettings, text};

/// One SMTP session of a client.
#[derive(Debug)]
pub struct Session {
    pub(crate) settings: Arc<SessionSettings>,
    /// The client's address is in an allowed network.
    pub(crate) may_relay: bool,
    pub(crate) client: Option<(ClientName, Protocol)>,
    pub(crate) state: State,
    pub(crate) data: DataScanner,
    pub(crate) refused: Option<Reply>,
    errors: u32,
}

/// Where the dialogue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// No transaction is open.
    Idle,
    /// MAIL was asked for; its answer is due.
    AskedMail,
    /// A transaction is open.
    Open { accepted: u32 },
    /// RCPT was asked for.
    AskedRcpt { accepted: u32 },
    /// DATA was asked for.
    AskedData,
    /// Message data is being read.
    Body,
    /// The data was read whole; the final reply is due.
    AskedEnd,
}

/// What happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// The connection stands.
    Connected,
    /// A command line was read.
    Line(Line<'a>),
    /// The answer to what was asked last.
    Answer(Reply),
    /// The client was silent for too long.
    Timeout,
    /// The relay shuts down, and no command is under way.
    Shutdown,
}

/// What the driver is to do.
#[derive(Debug)]
pub enum Action {
    /// Queue the reply and go on; it may wait until all that the client sent is done with (RFC 2920 §3.2).
    Reply(Reply),
    /// Write the reply at once, then go on.
    ReplyNow(Reply),
    /// Give up the open transaction, if any, then as `ReplyNow`.
    Abort(Reply),
    /// Give up the open transaction, if any, write the reply and close.
    Close(Reply),
    /// Open a transaction and answer.
    Mail(MailRequest),
    /// Offer the recipient to the transaction and answer.
    Rcpt(Mailbox),
    /// Ask the transaction to take the data and answer: 354, or a refusal.
    Data,
}

/// What a transaction starts with.
#[derive(Clone, Debug)]
pub struct MailRequest {
    /// Who is to be told of a failure.
    pub reverse_path: ReversePath,
    /// SIZE and BODY.
    pub parameters: MailParameters,
    /// The name the client gave.
    pub client: ClientName,
    /// HELO or EHLO.
    pub protocol: Protocol,
}

impl Session {
    /// A session before its greeting. `may_relay`: the client's address is in an allowed network.
    #[must_use]
    pub fn new(settings: Arc<SessionSettings>, may_relay: bool) -> Self {
        Self {
            settings,
            may_relay,
            client: None,
            state: State::Idle,
            data: DataScanner::default(),
            refused: None,
            errors: 0,
        }
    }

    /// The one way in, except for message data ([`Self::body`]).
    pub fn on(&mut self, event: Event<'_>) -> Action {
        match event {
            Event::Connected => {
                Action::ReplyNow(Reply::made(220, None, format!("{} ESMTP Postroad", self.settings.server_name)))
            }
            Event::Line(Line::Text(line)) => self.command(line),
            Event::Line(Line::Malformed) => self.error(text::malformed_line()),
            Event::Line(Line::TooLong) => self.error(text::line_too_long()),
            Event::Answer(reply) => self.answer(reply),
            Event::Timeout => self.goodbye(EnhancedCode::new(4, 4, 2), "silent for too long, closing"),
            Event::Shutdown => self.goodbye(EnhancedCode::new(4, 3, 2), "shutting down, try again"),
        }
    }

    /// True while message data is awaited: the driver calls [`Self::body`] instead of scanning for lines.
    #[must_use]
    pub fn expects_data(&self) -> bool {
        self.state == State::Body
    }

    /// True when no transaction is open.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.state == State::Idle
    }

    pub(crate) fn error(&mut self, reply: Reply) -> Action {
        self.errors += 1;
        if self.errors > self.settings.max_errors {
            return self.goodbye(EnhancedCode::new(4, 7, 0), "too many errors, closing");
        }
        Action::ReplyNow(reply)
    }

    /// 421 begins with our name (RFC 5321 §4.2.3).
    pub(crate) fn goodbye(&mut self, enhanced: EnhancedCode, why: &str) -> Action {
        self.state = State::Idle;
        Action::Close(Reply::made(421, Some(enhanced), format!("{} {why}", self.settings.server_name)))
    }

    fn answer(&mut self, reply: Reply) -> Action {
        self.state = match (self.state, reply.class()) {
            (State::AskedMail, 2) => State::Open { accepted: 0 },
            (State::AskedRcpt { accepted }, class) => State::Open { accepted: accepted + u32::from(class == 2) },
            (State::AskedData, 3) => {
                self.data = DataScanner::default();
                self.refused = None;
                State::Body
            }
            _ => State::Idle,
        };
        match self.state {
            State::Open { .. } => Action::Reply(reply),
            _ => Action::ReplyNow(reply),
        }
    }
}
