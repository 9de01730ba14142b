//! One session: what comes in, and where it goes.

use std::sync::Arc;

use postroad_mail_types::Reply;
use postroad_smtp_codec::{ClientName, Extensions, Line};

use crate::limits::Counters;
use crate::offered::Offered;
use crate::state::{Progress, Rest, Scanner, State};
use crate::text::{self, No};
use crate::{Action, Client, Event, Phase, Refusal, Said, SessionSettings, Timeout};

/// One SMTP session of a client.
#[derive(Debug)]
pub struct Session {
    pub(crate) settings: Arc<SessionSettings>,
    pub(crate) client: Client,
    /// The newest list of what the next hops can honour.
    pub(crate) offer: Arc<Extensions>,
    /// What the client called itself, and what it was offered then.
    pub(crate) hello: Option<(ClientName, Offered)>,
    /// The name that a proxy gave for the client (`HELO` of XCLIENT).
    pub(crate) proxied_name: Option<ClientName>,
    pub(crate) state: State,
    pub(crate) progress: Progress,
    pub(crate) scanner: Scanner,
    /// Why the message that is being read is refused at its end.
    pub(crate) refused: Option<No>,
    /// What is due once a chunk is drained, a cancelled exchange forgotten, or the first chunk allowed.
    pub(crate) pending: Option<Action>,
    /// The BDAT whose first chunk waits for the pipeline's answer.
    pub(crate) first_chunk: (u64, bool),
    pub(crate) counters: Counters,
    pub(crate) phase: Phase,
    /// The client was not greeted but refused: all it may say is QUIT (RFC 5321 §3.1).
    turned_away: bool,
}

impl Session {
    /// A session before its greeting. `offer`: what the next hops can honour now.
    #[must_use]
    pub fn new(settings: Arc<SessionSettings>, client: Client, offer: Arc<Extensions>) -> Self {
        Self {
            settings,
            client,
            offer,
            hello: None,
            proxied_name: None,
            state: State::Idle,
            progress: Progress::default(),
            scanner: Scanner::None,
            refused: None,
            pending: None,
            first_chunk: (0, false),
            counters: Counters::default(),
            phase: Phase::Connect,
            turned_away: false,
        }
    }

    /// What the next hops can honour has changed. It counts from the next EHLO on.
    pub fn offer(&mut self, offer: Arc<Extensions>) {
        self.offer = offer;
    }

    /// The one way in, except for message data ([`Self::body`]). An event that cannot come now closes the session.
    pub fn on(&mut self, event: Event<'_>) -> Action {
        match event {
            Event::Connected => self.greet(),
            Event::SpokeEarly => {
                self.turned_away = true;
                Action::ReplyNow(self.refusal(text::spoke_early()))
            }
            Event::Line { line, more } => self.line(&line, more),
            Event::Answer(reply) => self.answer(reply),
            Event::Sasl(answer) => self.sasl(answer),
            Event::TlsEstablished(facts) => self.tls_established(facts),
            Event::TlsUnavailable => self.tls_unavailable(),
            Event::Client(client) => self.reattributed(client),
            Event::Timeout(timeout) => self.timeout(timeout),
            Event::Shutdown => {
                self.between_commands();
                self.close(text::shutting_down())
            }
        }
    }

    /// True while message data is awaited: the driver calls [`Self::body`] instead of scanning for lines.
    #[must_use]
    pub const fn expects_data(&self) -> bool {
        matches!(self.state, State::Data | State::Chunk { .. } | State::Drain { .. })
    }

    /// True while a refused chunk is dropped that is no part of the message: the transaction stays as it is.
    #[must_use]
    pub const fn drops_stray_chunk(&self) -> bool {
        matches!(self.state, State::Drain { then: Rest::Open, .. })
    }

    /// True when a chunk of a message was taken and the next is still to come.
    #[must_use]
    pub fn is_between_chunks(&self) -> bool {
        self.state == State::Chunks
    }

    /// True when no transaction is open and nothing is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.state == State::Idle
    }

    /// True while the next line belongs to a SASL exchange: it may hold a password.
    #[must_use]
    pub fn is_authenticating(&self) -> bool {
        self.state == State::Challenged
    }

    /// Octets that the next line may have, CRLF included. Where AUTH can come, lines may be longer (RFC 4954 §4); the
    /// session holds all others to [`SessionSettings::max_command_line`] itself.
    #[must_use]
    pub fn line_limit(&self) -> usize {
        let auth = self.hello.as_ref().is_some_and(|(_, offered)| offered.auth()) && self.client.identity.is_none();
        if auth || self.is_authenticating() {
            SessionSettings::AUTH_LINE_LIMIT.max(self.settings.max_command_line)
        } else {
            self.settings.max_command_line
        }
    }

    /// The name of the authenticated user.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.client.identity.as_ref().map(|identity| identity.user())
    }

    /// Octets and Received fields of the message so far.
    #[must_use]
    pub const fn message(&self) -> (u64, u32) {
        self.scanner.message()
    }

    pub(crate) fn greet(&self) -> Action {
        let text = format!("{} ESMTP Postroad", self.settings.server_name);
        Action::ReplyNow(Said::plain(Reply::made(220, None, text)))
    }

    fn line(&mut self, line: &Line<'_>, more: bool) -> Action {
        match self.state {
            State::Challenged => return self.exchange_line(line),
            State::Idle | State::Open | State::Chunks | State::Failed => {}
            _ => return self.lost_step(),
        }
        self.between_commands();
        let Line::Text(text) = line else {
            let no = if *line == Line::TooLong { text::line_too_long() } else { text::malformed_line() };
            return self.error(no);
        };
        self.phase = Phase::of_line(text);
        let auth_line = self.phase == Phase::Auth && text.len() + 2 <= self.line_limit();
        if text.len() + 2 > self.settings.max_command_line && !auth_line {
            return self.error(text::line_too_long());
        }
        if self.turned_away { self.only_quit(text) } else { self.command(text, more) }
    }

    fn only_quit(&mut self, line: &[u8]) -> Action {
        if line.eq_ignore_ascii_case(b"QUIT") { self.quit() } else { self.error(text::turned_away()) }
    }

    pub(crate) const fn between_commands(&mut self) {
        self.phase = Phase::Command;
    }

    pub(crate) fn refusal(&self, no: No) -> Said {
        let refusal = Some(Refusal { rule: no.rule, phase: self.phase });
        Said { refusal, ..Said::plain(no.reply) }
    }

    /// A refusal that is the client's fault. Too many of them end the session.
    pub(crate) fn error(&mut self, no: No) -> Action {
        self.counters.errors += 1;
        if self.counters.errors > self.settings.max_errors {
            return self.close(text::too_many_errors());
        }
        let mut said = self.refusal(no);
        said.delay = self.counters.error_delay(&self.settings);
        Action::ReplyNow(said)
    }

    /// 421 begins with our name (RFC 5321 §4.2.3).
    pub(crate) fn close(&mut self, no: No) -> Action {
        self.state = State::Closed;
        let reply = no.reply;
        let text = format!("{} {}", self.settings.server_name, reply.lines().next().unwrap_or_default());
        let reply = Reply::made(reply.code(), reply.enhanced(), text);
        Action::Close(self.refusal(No { rule: no.rule, reply }))
    }

    /// The driver has shown something that cannot come now. Nothing more is done in such a session.
    pub(crate) fn lost_step(&mut self) -> Action {
        self.close(text::lost_step())
    }

    fn timeout(&mut self, timeout: Timeout) -> Action {
        if matches!(self.state, State::Data | State::Chunk { .. } | State::Drain { .. }) {
            self.phase = Phase::Data;
        } else if self.state == State::Challenged {
            self.phase = Phase::Auth;
        } else {
            self.between_commands();
        }
        self.close(text::timeout(timeout))
    }
}
