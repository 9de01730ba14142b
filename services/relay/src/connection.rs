//! One client connection: a single task that drives the client, the session and the transaction.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postroad_lifecycle::Shutdown;
use postroad_mail_types::Reply;
use postroad_pipeline::{Abort, Message, Transaction};
use postroad_smarthost::SmartHostCourier;
use postroad_smtp_codec::LineScanner;
use postroad_smtp_session::{Action, BodyEnd, Event, Session, SessionSettings};
use postroad_telemetry::SessionRecord;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tracing::{debug, info};

use crate::input::Input;
use crate::listener::{ClientTimers, Listener};

/// A client, its dialogue, and the transaction that is open.
pub(crate) struct Connection<'l> {
    listener: &'l Listener,
    stream: TcpStream,
    timers: ClientTimers,
    input: Input,
    lines: LineScanner,
    session: Session,
    /// Replies not written yet.
    out: Vec<u8>,
    record: Arc<SessionRecord>,
    transaction: Option<Transaction<SmartHostCourier>>,
    sequence: u32,
    /// Why the transaction that is open ends, should the session end now.
    ending: Abort,
}

/// Whether the dialogue goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Go,
    Close,
}

impl<'l> Connection<'l> {
    pub(crate) fn new(listener: &'l Listener, stream: TcpStream, peer: SocketAddr) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let may_relay = listener.may_relay(peer.ip());
        let record = SessionRecord {
            listener: listener.name.clone(),
            session_id: postroad_telemetry::fresh_span_id().to_string(),
            server_name: listener.session.server_name.to_string(),
            local: stream.local_addr()?,
            peer,
        };
        debug!(session = record.session_id, %peer, may_relay, "client connected");
        Ok(Self {
            listener,
            stream,
            timers: listener.timers,
            input: Input::default(),
            lines: LineScanner::new(SessionSettings::LINE_LIMIT),
            session: Session::new(Arc::clone(&listener.session), may_relay),
            out: Vec::with_capacity(256),
            record: Arc::new(record),
            transaction: None,
            sequence: 0,
            ending: Abort::Client,
        })
    }

    /// The whole dialogue.
    pub(crate) async fn run(mut self, shutdown: &Shutdown) {
        if let Err(error) = Box::pin(self.dialogue(shutdown)).await {
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
            let action = self.session.on(Event::Line(line));
            self.input.consume(consumed);
            return self.act(action).await;
        }
        self.input.consume(consumed);
        self.flush().await?;
        if self.session.is_idle() {
            self.input.rest();
        }
        let read = tokio::select! {
            read = tokio::time::timeout(self.timers.command, self.input.fill(&mut self.stream, false)) => read,
            () = shutdown.begun() => {
                self.ending = Abort::Shutdown;
                let action = self.session.on(Event::Shutdown);
                return self.act(action).await;
            }
        };
        self.read(read).await
    }

    async fn read(&mut self, read: Result<io::Result<usize>, tokio::time::error::Elapsed>) -> io::Result<Next> {
        match read {
            Ok(Ok(0)) => Ok(Next::Close),
            Ok(Ok(_)) => Ok(Next::Go),
            Ok(Err(error)) => Err(error),
            Err(_elapsed) => {
                info!(session = self.record.session_id, peer = %self.record.peer, rule = "timeout", "client was silent for too long");
                self.ending = Abort::Timeout;
                let action = self.session.on(Event::Timeout);
                self.act(action).await
            }
        }
    }

    /// Does what the session says. A pipeline's answer goes back into the session, which says what to do with it.
    async fn act(&mut self, action: Action) -> io::Result<Next> {
        let action = match action {
            Action::Mail(mail) => {
                self.sequence += 1;
                let transaction = self.listener.pipeline.begin(Arc::clone(&self.record), mail, self.sequence);
                self.transaction = Some(transaction);
                self.session.on(Event::Answer(Reply::fixed(250, Some(OK), "Ok")))
            }
            Action::Rcpt(mailbox) => {
                let reply = match &mut self.transaction {
                    Some(transaction) => Box::pin(transaction.rcpt(mailbox)).await,
                    None => lost_track(),
                };
                self.session.on(Event::Answer(reply))
            }
            Action::Data => {
                let reply = match &mut self.transaction {
                    Some(transaction) => Box::pin(transaction.data()).await,
                    None => lost_track(),
                };
                let refused = reply.class() != 3;
                let action = self.session.on(Event::Answer(reply));
                if refused {
                    return self.last_word(action).await;
                }
                action
            }
            other => other,
        };
        self.say(action).await
    }

    /// Writes what the session says now.
    async fn say(&mut self, action: Action) -> io::Result<Next> {
        match action {
            Action::Reply(reply) => {
                self.note(&reply);
                reply.write_to(&mut self.out);
                Ok(Next::Go)
            }
            Action::ReplyNow(reply) => {
                self.note(&reply);
                reply.write_to(&mut self.out);
                self.flush().await?;
                Ok(Next::Go)
            }
            Action::Abort(reply) => {
                reply.write_to(&mut self.out);
                let flushed = self.flush().await;
                if let Some(transaction) = self.transaction.take() {
                    transaction.abort(Abort::Client).await;
                }
                flushed.map(|()| Next::Go)
            }
            Action::Close(reply) => {
                reply.write_to(&mut self.out);
                self.flush().await?;
                self.stream.shutdown().await?;
                Ok(Next::Close)
            }
            // The session asks nothing in answer to an answer.
            Action::Mail(_) | Action::Rcpt(_) | Action::Data => Ok(Next::Close),
        }
    }

    /// Message data: what is there already, or what comes next.
    async fn data(&mut self) -> io::Result<Next> {
        let step = self.session.body(self.input.unread());
        let (consumed, end) = (step.consumed, step.end);
        match (step.chunk, &mut self.transaction) {
            (Some(chunk), Some(transaction)) if !chunk.wire.is_empty() => transaction.body(chunk).await,
            (None, Some(transaction)) => transaction.spoilt().await,
            _ => {}
        }
        self.input.consume(consumed);
        if let Some(end) = end {
            return self.end_of_data(end).await;
        }
        let read = tokio::time::timeout(self.timers.data, self.input.fill(&mut self.stream, true)).await;
        self.read(read).await
    }

    async fn end_of_data(&mut self, end: BodyEnd) -> io::Result<Next> {
        let (size, hops) = self.session.message();
        let message = Message { size, hops };
        let reply = match (&mut self.transaction, end) {
            (Some(transaction), BodyEnd::Complete) => Box::pin(transaction.finish(message)).await,
            (Some(transaction), BodyEnd::Refused(reply)) => transaction.refuse(reply, message).await,
            (None, _) => lost_track(),
        };
        let action = self.session.on(Event::Answer(reply));
        self.last_word(action).await
    }

    /// The final reply of a transaction: written first, recorded then.
    async fn last_word(&mut self, action: Action) -> io::Result<Next> {
        let said = self.say(action).await;
        if let Some(transaction) = self.transaction.take() {
            transaction.settle(said.is_ok()).await;
        }
        said
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
    fn note(&self, reply: &Reply) {
        if reply.class() > 3 {
            info!(session = self.record.session_id, peer = %self.record.peer, code = reply.code(), enhanced = reply.enhanced().map(tracing::field::display), "refused");
        }
    }
}

const OK: postroad_mail_types::EnhancedCode = postroad_mail_types::EnhancedCode::new(2, 1, 0);
/// A client that does not read for so long is gone.
const WRITE: Duration = Duration::from_secs(60);

/// Cannot happen: the session asks only inside a transaction. If it does, nothing is accepted.
fn lost_track() -> Reply {
    Reply::fixed(451, Some(postroad_mail_types::EnhancedCode::new(4, 3, 0)), "Internal error, try again later")
}
