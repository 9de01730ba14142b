//! What is written to the client.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use postroad_mail_types::{EnhancedCode, HostName, Reply};
use postroad_pipeline::Abort;
use postroad_smtp_session::{Action, Phase, Refusal, Said};
use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;
use tracing::info;

use super::{Connection, Next};

impl Connection<'_> {
    /// Writes what the session says now.
    pub(super) async fn say(&mut self, action: Action) -> io::Result<Next> {
        match action {
            Action::Read => Ok(Next::Go),
            Action::Reply(said) => {
                self.queue(&said).await?;
                Ok(Next::Go)
            }
            Action::ReplyNow(said) => {
                self.queue(&said).await?;
                self.flush().await?;
                Ok(Next::Go)
            }
            Action::Challenge(line) => {
                self.out.extend_from_slice(&line);
                self.flush().await?;
                Ok(Next::Go)
            }
            Action::Abort(said) => {
                self.queue(&said).await?;
                let flushed = self.flush().await;
                if let Some(transaction) = self.transaction.take() {
                    Box::pin(transaction.abort(Abort::Client)).await;
                }
                flushed.map(|()| Next::Go)
            }
            Action::Final(said) => self.last_word(&said).await,
            Action::Close(said) => {
                self.queue(&said).await?;
                self.flush().await?;
                Ok(Next::Close)
            }
            // These are asked, not said; an answer that is no answer ends the session.
            Action::Mail(_)
            | Action::Rcpt(_)
            | Action::Data(_)
            | Action::Sasl(_)
            | Action::StartTls(_)
            | Action::Xclient(_) => Ok(Next::Close),
        }
    }

    /// The final reply of a transaction: written first, recorded then.
    async fn last_word(&mut self, said: &Said) -> io::Result<Next> {
        let queued = self.queue(said).await;
        let written = match queued {
            Ok(()) => self.flush().await,
            gone => gone,
        };
        self.answering.store(false, Ordering::Relaxed);
        if let Some(transaction) = self.transaction.take() {
            Box::pin(transaction.settle(written.is_ok())).await;
        }
        written.map(|()| Next::Go)
    }

    /// Notes the reply, and waits where the client is to be slowed down.
    pub(super) async fn queue(&mut self, said: &Said) -> io::Result<()> {
        self.note(said);
        let delay = said.delay.max(self.delay_of_refused_recipient(said));
        if !delay.is_zero() {
            self.flush().await?;
            tokio::time::sleep(delay).await;
        }
        if self.out.is_empty() {
            self.out_since = Instant::now();
        }
        said.reply.write_to(&mut self.out);
        Ok(())
    }

    /// Whoever is refused many recipients, be it in many sessions, is guessing addresses (TH14).
    fn delay_of_refused_recipient(&self, said: &Said) -> Duration {
        let guessed = said.refusal.is_some_and(|refusal| refusal.phase == Phase::Rcpt) && said.reply.class() == 5;
        let harvest = self.front.harvest.as_ref().filter(|_| guessed);
        harvest.map_or(Duration::ZERO, |harvest| harvest.refused(self.ends.client.ip(), std::time::Instant::now()))
    }

    /// The answers to a group of commands leave together, but not while the client's timer runs out.
    pub(super) async fn flush_what_waits_long(&mut self) -> io::Result<()> {
        if !self.out.is_empty() && self.out_since.elapsed() > HELD { self.flush().await } else { Ok(()) }
    }

    pub(super) async fn flush(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let write = async {
            self.wire.write_all(&self.out).await?;
            self.wire.flush().await
        };
        self.writing = true;
        let written = tokio::time::timeout(self.front.settings.timeouts.command.min(WRITE), write).await;
        self.writing = false;
        self.out.clear();
        if self.out.capacity() > KEPT {
            self.out = Vec::new();
        }
        written.unwrap_or_else(|_elapsed| {
            Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its replies"))
        })
    }

    /// A refusal goes into the log with its reason; no address of a person and no text of the client is in it.
    fn note(&self, said: &Said) {
        // What the pipeline refused, it has logged.
        let Some(refusal) = said.refusal.filter(|refusal| !refusal.is_passed_on()) else { return };
        info!(
            listener = self.front.name,
            session = self.record.session_id,
            peer = %self.ends.client,
            phase = refusal.phase.as_str(),
            rule = refusal.rule,
            code = said.reply.code(),
            enhanced = said.reply.enhanced().map(tracing::field::display),
            user = self.session.user(),
            "refused"
        );
    }
}

/// Longest time that a reply waits for those behind it.
const HELD: Duration = Duration::from_secs(2);
/// A client that does not read for so long is gone.
const WRITE: Duration = Duration::from_secs(60);
/// Octets of room for replies that an idle session keeps.
const KEPT: usize = 512;

/// Cannot happen: the session asks only inside a transaction. If it does, nothing is accepted.
pub(super) fn lost_track() -> Reply {
    Reply::fixed(451, Some(EnhancedCode::new(4, 3, 0)), "Internal error, try again later")
}

/// The relay ends before the host has answered: the client may send the message again (I4 of `docs/FLOW.md`).
pub(super) fn in_doubt(server_name: &HostName) -> Action {
    let text = format!("{server_name} shuts down before the smart host has answered, send it again");
    let reply = Reply::made(451, Some(EnhancedCode::new(4, 4, 2)), text);
    let refusal = Refusal { rule: "shutdown-in-doubt", phase: Phase::End };
    Action::Close(Said { reply, refusal: Some(refusal), delay: Duration::ZERO })
}
