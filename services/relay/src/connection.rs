//! One client connection: a single task that drives the client, the session and the transaction.

mod attribution;
mod command;
mod data;
mod handshake;
mod login;
mod reply;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postroad_pipeline::{Abort, Transaction};
use postroad_smarthost::SmartHostCourier;
use postroad_smtp_codec::LineScanner;
use postroad_smtp_session::{Event, Session, SessionSettings};
use postroad_submission_users::Exchange;
use postroad_telemetry::SessionRecord;
use postroad_tls::ServerTlsFacts;
use tokio::time::Instant;
use tracing::{debug, warn};

use crate::drain::Drain;
use crate::front::{Front, session_tls};
use crate::input::Input;
use crate::linger;
use crate::listener::Ends;
use crate::pace::Pace;
use crate::wire::Wire;

/// A client, its dialogue, and the transaction that is open.
pub(crate) struct Connection<'l> {
    front: &'l Front,
    wire: Wire,
    ends: Ends,
    tls: Option<Box<ServerTlsFacts>>,
    input: Input,
    lines: LineScanner,
    session: Session,
    /// Whoever speaks out of turn is turned away.
    strict: bool,
    /// Replies not written yet.
    out: Vec<u8>,
    /// When the oldest of them was made.
    out_since: Instant,
    /// Some of them may have been written.
    writing: bool,
    /// When the last command was done with: the next one is awaited from here on, however it drips in.
    since: Instant,
    /// When the session has taken long enough.
    over_at: Instant,
    pace: Pace,
    record: Arc<SessionRecord>,
    exchange: Option<Box<Exchange>>,
    /// When a login that is under way has taken long enough.
    login_by: Instant,
    transaction: Option<Box<Transaction<Arc<SmartHostCourier>>>>,
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

/// How a session came to its end.
enum Ended {
    /// By the dialogue.
    Itself(io::Result<()>),
    /// By the drain: no message was whole.
    Cut,
    /// By the end of the drain: a message is whole, and its host has not answered.
    InDoubt,
}

impl<'l> Connection<'l> {
    pub(crate) fn new(front: &'l Front, wire: Wire, ends: Ends, tls: Option<Box<ServerTlsFacts>>) -> Self {
        let mut record = SessionRecord::new(
            front.name.clone(),
            postroad_telemetry::fresh_span_id().to_string(),
            front.settings.host_name.to_string(),
            ends.server,
            ends.client,
        );
        record.through = (ends.peer != ends.client).then_some(ends.peer);
        record.tls = tls.as_deref().map(session_tls);
        let client = front.describe(ends, tls.as_deref());
        debug!(
            listener = front.name,
            session = record.session_id,
            peer = %ends.client,
            through = %ends.peer,
            may_relay = client.may_relay,
            "client connected"
        );
        let session = front.session();
        let strict = session.strict_pipelining;
        let now = Instant::now();
        Self {
            front,
            wire,
            ends,
            tls,
            input: Input::default(),
            lines: LineScanner::new(SessionSettings::LINE_LIMIT),
            session: Session::new(session, client, front.extensions()),
            strict,
            out: Vec::new(),
            out_since: now,
            writing: false,
            since: now,
            over_at: now + front.settings.timeouts.session,
            pace: Pace::new(front.pace),
            record: Arc::new(record),
            exchange: None,
            login_by: now,
            transaction: None,
            sequence: 0,
            ending: Abort::Client,
            answering: Arc::default(),
        }
    }

    /// The whole dialogue, at most until the drain ends it.
    pub(crate) async fn run(&mut self, drain: &Drain) {
        match self.run_until(drain).await {
            Ended::Itself(Ok(())) => {}
            Ended::Itself(Err(error)) => debug!(session = self.record.session_id, %error, "client gone"),
            // What comes at the end is boxed: every session that waits would have room for it.
            Ended::Cut => Box::pin(self.cut_off(false)).await,
            Ended::InDoubt => Box::pin(self.cut_off(true)).await,
        }
        if let Some(transaction) = self.transaction.take() {
            Box::pin(transaction.abort(self.ending)).await;
        }
        Box::pin(linger::close(&mut self.wire)).await;
    }

    /// Says why the session ends before its dialogue does.
    async fn cut_off(&mut self, in_doubt: bool) {
        warn!(session = self.record.session_id, peer = %self.ends.client, "cut off: the drain took too long");
        let said =
            if in_doubt { reply::in_doubt(&self.front.settings.host_name) } else { self.session.on(Event::Shutdown) };
        // What is open is dropped as it is, and writes its record.
        drop(self.transaction.take());
        // Half a reply may be on its way: what came behind it would be read as its rest.
        if !self.writing {
            let _told = tokio::time::timeout(FAREWELL, self.say(said)).await.is_ok();
        }
    }

    async fn run_until(&mut self, drain: &Drain) -> Ended {
        let answering = Arc::clone(&self.answering);
        let mut dialogue = Box::pin(self.dialogue(drain));
        tokio::select! {
            ended = &mut dialogue => return Ended::Itself(ended),
            () = drain.cut.begun() => {}
        }
        if !answering.load(Ordering::Relaxed) {
            return Ended::Cut;
        }
        tokio::select! {
            ended = &mut dialogue => return Ended::Itself(ended),
            () = drain.end.begun() => {}
        }
        // The final reply may be out, and only the leave of the host be missing: nothing may contradict it.
        if answering.load(Ordering::Relaxed) { Ended::InDoubt } else { Ended::Cut }
    }

    async fn dialogue(&mut self, drain: &Drain) -> io::Result<()> {
        let first = if self.strict && self.wire.has_spoken() { Event::SpokeEarly } else { Event::Connected };
        let greeting = self.session.on(first);
        let mut next = self.act(greeting).await?;
        while next == Next::Go {
            next = if self.session.expects_data() {
                Box::pin(self.data()).await?
            } else {
                self.line(&drain.begun).await?
            };
        }
        Ok(())
    }
}

/// What a session that is cut off may take to be told so.
const FAREWELL: Duration = Duration::from_secs(1);
