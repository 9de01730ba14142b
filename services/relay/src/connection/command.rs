//! Command lines, and what the session asks for.

use std::io;
use std::sync::Arc;

use postroad_lifecycle::Shutdown;
use postroad_mail_types::{EnhancedCode, Reply};
use postroad_pipeline::Abort;
use postroad_smtp_codec::Line;
use postroad_smtp_session::{Action, Event, MailRequest, Timeout};
use tokio::time::Instant;

use super::reply::lost_track;
use super::{Connection, Next};

impl Connection<'_> {
    /// One command line: what is there already, or what comes next.
    pub(super) async fn line(&mut self, shutdown: &Shutdown) -> io::Result<Next> {
        self.lines.set_limit(self.session.line_limit());
        let scan = self.lines.scan(self.input.unread());
        let consumed = scan.consumed;
        if let Some(line) = scan.line {
            let secret = self.session.is_authenticating() || begins_login(&line);
            let more = self.input.unread().len() > consumed;
            self.session.offer(self.front.extensions());
            let action = self.session.on(Event::Line { line, more });
            if secret {
                self.input.wipe(consumed);
            }
            self.input.consume(consumed);
            let next = self.act(action).await;
            self.since = Instant::now();
            return next;
        }
        self.input.consume(consumed);
        self.flush().await?;
        if self.session.is_idle() {
            self.input.rest();
        }
        self.next_octets(shutdown).await
    }

    /// Waits for more of a line; in between transactions also for the shutdown.
    async fn next_octets(&mut self, shutdown: &Shutdown) -> io::Result<Next> {
        let mut by = (self.since + self.front.settings.timeouts.command).min(self.over_at);
        if self.session.is_authenticating() {
            by = by.min(self.login_by);
        }
        let idle = self.session.is_idle();
        let room = self.session.line_limit();
        let partial = self.lines.is_skipping() || !self.input.unread().is_empty();
        let read = tokio::select! {
            biased;
            () = shutdown.begun(), if idle => {
                self.ending = Abort::Shutdown;
                let action = self.session.on(Event::Shutdown);
                return self.act(action).await;
            }
            read = tokio::time::timeout_at(by, self.input.fill(&mut self.wire, room)) => read,
        };
        let timeout = match () {
            () if by == self.over_at => Timeout::Session,
            () if partial || by == self.login_by => Timeout::Phase,
            () => Timeout::Idle,
        };
        self.read(read, timeout).await
    }

    /// What came of waiting for the client.
    pub(super) async fn read(
        &mut self,
        read: Result<io::Result<usize>, tokio::time::error::Elapsed>,
        timeout: Timeout,
    ) -> io::Result<Next> {
        match read {
            Ok(Ok(0)) => Ok(Next::Close),
            Ok(Ok(_)) => Ok(Next::Go),
            Ok(Err(error)) => Err(error),
            Err(_elapsed) => {
                self.ending = Abort::Timeout;
                let action = self.session.on(Event::Timeout(timeout));
                self.act(action).await
            }
        }
    }

    /// Does what the session says. What it asks is answered, and it says what to do with the answer.
    pub(super) async fn act(&mut self, mut action: Action) -> io::Result<Next> {
        loop {
            let event = match action {
                Action::Mail(request) => Event::Answer(self.begin(*request)),
                Action::Rcpt(request) => {
                    self.flush_what_waits_long().await?;
                    Event::Answer(match &mut self.transaction {
                        Some(transaction) => Box::pin(transaction.rcpt(request)).await,
                        None => lost_track(),
                    })
                }
                Action::Data(form) => {
                    self.pace = crate::pace::Pace::new(self.front.pace);
                    Event::Answer(match &mut self.transaction {
                        Some(transaction) => Box::pin(transaction.data(form)).await,
                        None => lost_track(),
                    })
                }
                Action::Sasl(input) => Event::Sasl(Box::pin(self.sasl(input)).await),
                Action::Xclient(attributes) => Event::Client(self.reattribute(&attributes)),
                Action::StartTls(said) => match Box::pin(self.start_tls(said)).await? {
                    Some(event) => event,
                    None => return Ok(Next::Close),
                },
                said => return self.say(said).await,
            };
            action = self.session.on(event);
        }
    }

    fn begin(&mut self, request: MailRequest) -> Reply {
        self.sequence += 1;
        let mut transaction = self.front.pipeline.begin(Arc::clone(&self.record), request, self.sequence);
        if self.front.settings.trusted_traces.contain(self.ends.client.ip()) {
            transaction.trust_trace_context();
        }
        self.transaction = Some(Box::new(transaction));
        Reply::fixed(250, Some(EnhancedCode::new(2, 1, 0)), "Ok")
    }
}

/// The line begins a login, and may hold a password.
fn begins_login(line: &Line<'_>) -> bool {
    matches!(line, Line::Text(text) if text.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case(b"AUTH")))
}
