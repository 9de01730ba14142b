//! One client connection: a single task that drives the client, the session and the transaction.

mod data;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postroad_lifecycle::Shutdown;
use postroad_mail_types::Reply;
use postroad_pipeline::{Abort, Transaction};
use postroad_smarthost::SmartHostCourier;
use postroad_smtp_codec::{Extensions, LineScanner};
use postroad_smtp_session::{Action, Client, Event, Said, SaslAnswer, SaslFailure, Session, SessionSettings, Timeout};
use postroad_telemetry::SessionRecord;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tracing::{debug, info, warn};

use crate::front::{ClientTimers, Front};
use crate::input::Input;

/// A client, its dialogue, and the transaction that is open.
pub(crate) struct Connection<'l> {
    front: &'l Front,
    stream: TcpStream,
    timers: ClientTimers,
    input: Input,
    lines: LineScanner,
    session: Session,
    /// Replies not written yet.
    out: Vec<u8>,
    /// When the oldest of them was made.
    out_since: Instant,
    /// When the last command was done with: the next one is awaited from here on, however it drips in.
    since: Instant,
    record: Arc<SessionRecord>,
    transaction: Option<Transaction<SmartHostCourier>>,
    sequence: u32,
    /// Why the transaction that is open ends, should the session end now.
    ending: Abort,
    /// The end of the data was read, and its reply is on the way: a true answer is worth waiting for.
    answering: Arc<AtomicBool>,
}

/// Whether the dialogue goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Go,
    Close,
}

impl<'l> Connection<'l> {
    pub(crate) fn new(front: &'l Front, stream: TcpStream, peer: SocketAddr) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let may_relay = front.may_relay(peer.ip());
        let record = SessionRecord::new(
            front.name.clone(),
            postroad_telemetry::fresh_span_id().to_string(),
            front.session.server_name.to_string(),
            stream.local_addr()?,
            peer,
        );
        debug!(session = record.session_id, %peer, may_relay, "client connected");
        Ok(Self {
            front,
            stream,
            timers: front.timers,
            input: Input::default(),
            lines: LineScanner::new(SessionSettings::LINE_LIMIT),
            session: Session::new(
                Arc::clone(&front.session),
                Client::new(peer.ip(), may_relay),
                Arc::new(Extensions::of_unknown_host()),
            ),
            out: Vec::with_capacity(256),
            out_since: Instant::now(),
            since: Instant::now(),
            record: Arc::new(record),
            transaction: None,
            sequence: 0,
            ending: Abort::Client,
            answering: Arc::default(),
        })
    }

    /// The whole dialogue. Once `cut` has begun, only the reply to the end of a message is still waited for.
    pub(crate) async fn run(mut self, shutdown: &Shutdown, cut: &Shutdown) {
        let answering = Arc::clone(&self.answering);
        let ended = {
            let mut dialogue = Box::pin(self.dialogue(shutdown));
            let ended = tokio::select! {
                ended = &mut dialogue => Some(ended),
                () = cut.begun() => None,
            };
            match ended {
                None if answering.load(Ordering::Relaxed) => Some(dialogue.await),
                ended => ended,
            }
        };
        let Some(ended) = ended else {
            // What is open is dropped as it is, and writes its record.
            warn!(session = self.record.session_id, peer = %self.record.peer, "cut off: the drain deadline has passed");
            return;
        };
        if let Err(error) = ended {
            debug!(session = self.record.session_id, %error, "client gone");
        }
        if let Some(transaction) = self.transaction.take() {
            transaction.abort(self.ending).await;
        }
    }

    async fn dialogue(&mut self, shutdown: &Shutdown) -> io::Result<()> {
        let greeting = self.session.on(Event::Connected);
        let mut next = self.act(greeting).await?;
        while next == Next::Go {
            next = if self.session.expects_data() { self.data().await? } else { self.line(shutdown).await? };
        }
        Ok(())
    }

    /// One command line: what is there already, or what comes next.
    async fn line(&mut self, shutdown: &Shutdown) -> io::Result<Next> {
        let scan = self.lines.scan(self.input.unread());
        let consumed = scan.consumed;
        if let Some(line) = scan.line {
            let more = self.input.unread().len() > consumed;
            let action = self.session.on(Event::Line { line, more });
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
        let line_by = self.since + self.timers.command;
        let read = tokio::select! {
            biased;
            () = shutdown.begun() => {
                self.ending = Abort::Shutdown;
                let action = self.session.on(Event::Shutdown);
                return self.act(action).await;
            }
            read = tokio::time::timeout_at(line_by, self.input.fill(&mut self.stream, false)) => read,
        };
        self.read(read).await
    }

    async fn read(&mut self, read: Result<io::Result<usize>, tokio::time::error::Elapsed>) -> io::Result<Next> {
        match read {
            Ok(Ok(0)) => Ok(Next::Close),
            Ok(Ok(_)) => Ok(Next::Go),
            Ok(Err(error)) => Err(error),
            Err(_elapsed) => {
                self.ending = Abort::Timeout;
                let action = self.session.on(Event::Timeout(Timeout::Idle));
                self.act(action).await
            }
        }
    }

    /// Does what the session says. What it asks is answered, and it says what to do with the answer.
    async fn act(&mut self, mut action: Action) -> io::Result<Next> {
        loop {
            let event = match action {
                Action::Mail(mail) => {
                    self.sequence += 1;
                    let transaction = self.front.pipeline.begin(Arc::clone(&self.record), *mail, self.sequence);
                    self.transaction = Some(transaction);
                    Event::Answer(Reply::fixed(250, Some(OK), "Ok"))
                }
                Action::Rcpt(request) => {
                    // The answers to a group of commands leave together, but not while the client's timer runs out.
                    if !self.out.is_empty() && self.out_since.elapsed() > HELD {
                        self.flush().await?;
                    }
                    Event::Answer(match &mut self.transaction {
                        Some(transaction) => Box::pin(transaction.rcpt(request)).await,
                        None => lost_track(),
                    })
                }
                Action::Data(form) => Event::Answer(match &mut self.transaction {
                    Some(transaction) => Box::pin(transaction.data(form)).await,
                    None => lost_track(),
                }),
                // Neither is configured anywhere.
                Action::Sasl(_) => Event::Sasl(SaslAnswer::Failure(SaslFailure::Mechanism)),
                Action::StartTls(_) => Event::TlsUnavailable,
                said => return self.say(said).await,
            };
            action = self.session.on(event);
        }
    }

    /// Writes what the session says now.
    async fn say(&mut self, action: Action) -> io::Result<Next> {
        match action {
            Action::Read => Ok(Next::Go),
            Action::Reply(said) => {
                self.note(&said);
                if self.out.is_empty() {
                    self.out_since = Instant::now();
                }
                said.reply.write_to(&mut self.out);
                Ok(Next::Go)
            }
            Action::ReplyNow(said) => self.say_now(&said).await,
            Action::Abort(said) => {
                let written = self.say_now(&said).await;
                if let Some(transaction) = self.transaction.take() {
                    transaction.abort(Abort::Client).await;
                }
                written
            }
            Action::Final(said) => {
                let written = self.say_now(&said).await;
                if let Some(transaction) = self.transaction.take() {
                    transaction.settle(written.is_ok()).await;
                }
                written
            }
            Action::Close(said) => {
                self.say_now(&said).await?;
                self.stream.shutdown().await?;
                Ok(Next::Close)
            }
            // The rest is asked and answered; no peer is listed for XCLIENT.
            _ => Ok(Next::Close),
        }
    }

    async fn say_now(&mut self, said: &Said) -> io::Result<Next> {
        self.note(said);
        said.reply.write_to(&mut self.out);
        self.flush().await?;
        Ok(Next::Go)
    }

    async fn flush(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let written = tokio::time::timeout(self.timers.command.min(WRITE), self.stream.write_all(&self.out)).await;
        self.out.clear();
        written.unwrap_or_else(|_elapsed| {
            Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its replies"))
        })
    }

    /// Refusals go into the log with the peer and the reply, which holds no address of a person.
    fn note(&self, said: &Said) {
        if let Some(refusal) = said.refusal.filter(|refusal| !refusal.is_passed_on()) {
            info!(
                session = self.record.session_id,
                peer = %self.record.peer,
                rule = refusal.rule,
                phase = refusal.phase.as_str(),
                code = said.reply.code(),
                enhanced = said.reply.enhanced().map(tracing::field::display),
                "refused"
            );
        }
    }
}

const OK: postroad_mail_types::EnhancedCode = postroad_mail_types::EnhancedCode::new(2, 1, 0);
/// Longest time that a reply waits for those behind it.
const HELD: Duration = Duration::from_secs(2);
/// A client that does not read for so long is gone.
const WRITE: Duration = Duration::from_secs(60);

/// Cannot happen: the session asks only inside a transaction. If it does, nothing is accepted.
fn lost_track() -> Reply {
    Reply::fixed(451, Some(postroad_mail_types::EnhancedCode::new(4, 3, 0)), "Internal error, try again later")
}
