//! One stream, without a socket: events in, messages and notes out.
//!
//! The machine holds what the relay has and what was sent, never a queue: the next message is made when there is room
//! for it, from the newest view (SR2).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use postroad_api::config::v1 as wire;
use postroad_api::{bounded_problems, limits};
use postroad_seal::ViewDigest;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::{BadHello, Greeting, Held, View};

mod transfer;

use transfer::{InFlight, Sending};

/// Transfers without an answer before changes wait and merge.
const UNANSWERED: usize = 16;
/// Snapshots that a relay can ask for: one in this time.
const RESYNC: Duration = Duration::from_secs(60);

/// What happens to a stream.
#[derive(Debug)]
pub enum Event {
    /// The relay said something.
    Heard(wire::StreamConfigRequest),
    /// The registry took the relay in; `refused` are the views that this process of the relay has refused before.
    Admitted {
        /// Digests never to be sent again.
        refused: Vec<ViewDigest>,
        /// Over how long relays shall spread their reconnects.
        spread: Duration,
    },
    /// There is a newer view.
    Published(Arc<View>),
    /// The stream is to end.
    GoAway(wire::GoAwayReason),
}

/// What somebody else has to do or to know.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The relay introduced itself: take it in, then say [`Event::Admitted`].
    Greeted(Greeting),
    /// The relay obeys this revision.
    Applied {
        /// What it holds now.
        held: Held,
        /// When it applied it, by its own clock.
        time: Option<prost_types::Timestamp>,
        /// Connectors that it applied and cannot use, at most as much as one Nack may say.
        unusable: Vec<wire::Problem>,
    },
    /// The relay refused a view and keeps what it has.
    Refused {
        /// What it refused.
        refused: Held,
        /// Why, at most as much as one Nack may say.
        problems: Vec<wire::Problem>,
    },
    /// The relay asked for a snapshot.
    Resync(wire::ResyncReason),
    /// The relay holds a later revision than the store of this very history: the store is older than it was.
    Ahead(Held),
}

/// What to do next.
#[derive(Debug)]
pub enum Next {
    /// Send this.
    Send(wire::StreamConfigResponse),
    /// Nothing until something happens, or until then.
    Wait(Option<Instant>),
    /// Close the stream.
    End,
}

/// Why a stream is given up: the relay broke the order of messages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Something else came before Hello.
    #[error("the first message must be Hello")]
    NotHello,
    /// Hello came again.
    #[error("Hello comes once per stream")]
    SecondHello,
    /// A message of no known kind.
    #[error("the message is of no known kind")]
    Unknown,
    /// Hello cannot be used.
    #[error(transparent)]
    Hello(#[from] BadHello),
}

/// The state of one stream.
#[derive(Debug)]
pub struct StreamMachine {
    phase: Phase,
    newest: Arc<View>,
    /// What the relay has applied, as far as it has said so.
    held: Held,
    in_flight: VecDeque<InFlight>,
    sending: Option<Sending>,
    transfers: u64,
    refused: Vec<ViewDigest>,
    forced: bool,
    last_resync: Option<Instant>,
    heartbeat_due: Option<Instant>,
    spread: Duration,
    random: StdRng,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    Greeted,
    Open,
    Leaving(wire::GoAwayReason),
    Ended,
}

impl StreamMachine {
    /// A stream that nobody has said anything on. The seed is for the jitter of its Heartbeats.
    #[must_use]
    pub fn new(newest: Arc<View>, seed: u64) -> Self {
        Self {
            phase: Phase::New,
            newest,
            held: Held::default(),
            in_flight: VecDeque::new(),
            sending: None,
            transfers: 0,
            refused: Vec::new(),
            forced: false,
            last_resync: None,
            heartbeat_due: None,
            spread: Duration::ZERO,
            random: StdRng::seed_from_u64(seed),
        }
    }

    /// Takes in what happened.
    ///
    /// # Errors
    /// When the relay broke the protocol; the stream is of no use then.
    pub fn on(&mut self, event: Event, now: Instant) -> Result<Vec<Note>, Fault> {
        match event {
            Event::Heard(request) => return self.heard(request, now),
            Event::Admitted { refused, spread } if self.phase == Phase::Greeted => {
                self.phase = Phase::Open;
                self.refused = refused;
                self.spread = spread;
                self.heartbeat_due = Some(now);
                if self.is_ahead() {
                    return Ok(vec![Note::Ahead(self.held.clone())]);
                }
            }
            Event::Published(view) => self.newest = view,
            Event::GoAway(reason) if self.phase != Phase::Ended => self.phase = Phase::Leaving(reason),
            Event::Admitted { .. } | Event::GoAway(_) => {}
        }
        Ok(Vec::new())
    }

    /// What to do next. Call it when there is room for a message, until it says to wait.
    pub fn next(&mut self, now: Instant, clock: SystemTime) -> Next {
        match self.phase {
            Phase::New | Phase::Greeted => Next::Wait(None),
            Phase::Ended => Next::End,
            Phase::Leaving(reason) => {
                self.phase = Phase::Ended;
                Next::Send(response(wire::stream_config_response::Message::GoAway(wire::GoAway {
                    reason: reason.into(),
                    retry_after: None,
                    try_other: false,
                })))
            }
            Phase::Open => self.next_open(now, clock),
        }
    }

    fn next_open(&mut self, now: Instant, clock: SystemTime) -> Next {
        if let Some(mut sending) = self.sending.take() {
            let message = sending.next();
            if matches!(message, wire::stream_config_response::Message::Commit(_)) {
                self.in_flight.extend(sending.into_in_flight());
            } else {
                self.sending = Some(sending);
            }
            return Next::Send(response(message));
        }
        let due = *self.heartbeat_due.get_or_insert(now);
        if due <= now {
            self.heartbeat_due = Some(now + self.jittered());
            return Next::Send(self.heartbeat(clock));
        }
        if self.has_to_send() {
            let sending = Sending::new(self.transfers + 1, Arc::clone(&self.newest), &self.held);
            self.transfers += 1;
            self.forced = false;
            let begin = sending.begin();
            self.sending = Some(sending);
            return Next::Send(response(begin));
        }
        Next::Wait(Some(due))
    }

    fn heartbeat(&self, clock: SystemTime) -> wire::StreamConfigResponse {
        let digest = if self.has_to_send() { Vec::new() } else { self.newest.held.digest.to_bytes().to_vec() };
        response(wire::stream_config_response::Message::Heartbeat(wire::Heartbeat {
            epoch: self.newest.held.epoch.to_vec(),
            revision: self.newest.held.revision,
            view_digest: digest,
            server_time: Some(clock.into()),
            interval: prost_types::Duration::try_from(limits::HEARTBEAT).ok(),
            reconnect_spread: prost_types::Duration::try_from(self.spread).ok(),
        }))
    }

    /// 15 s, more or less by up to a fifth.
    fn jittered(&mut self) -> Duration {
        limits::HEARTBEAT.mul_f64(self.random.random_range(0.8..1.2))
    }

    fn has_to_send(&self) -> bool {
        let known = self.in_flight.back().map_or(&self.held, |sent| &sent.held);
        let newest = &self.newest.held;
        // The same revision with another digest: the Heartbeat shows it, and the relay asks for what it lacks (SI2, SI5).
        let moved = known.epoch != newest.epoch || known.revision < newest.revision;
        (self.forced || moved)
            && self.in_flight.len() < UNANSWERED
            && !self.is_ahead()
            && !self.refused.contains(&self.newest.held.digest)
    }

    /// The relay's word alone never takes it back to an older state of the same history (SI3).
    fn is_ahead(&self) -> bool {
        self.held.epoch == self.newest.held.epoch && self.held.revision > self.newest.held.revision
    }

    fn heard(&mut self, request: wire::StreamConfigRequest, now: Instant) -> Result<Vec<Note>, Fault> {
        use wire::stream_config_request::Message;
        match (self.phase, request.message) {
            (_, None) => Err(Fault::Unknown),
            (Phase::New, Some(Message::Hello(hello))) => {
                let greeting = Greeting::try_from(hello)?;
                self.held = greeting.held.clone();
                self.phase = Phase::Greeted;
                Ok(vec![Note::Greeted(greeting)])
            }
            (Phase::New, Some(_)) => Err(Fault::NotHello),
            (_, Some(Message::Hello(_))) => Err(Fault::SecondHello),
            (_, Some(Message::Ack(ack))) => Ok(self.acked(ack)),
            (_, Some(Message::Nack(nack))) => Ok(self.nacked(nack)),
            (_, Some(Message::Resync(resync))) => Ok(self.resync(&resync, now)),
        }
    }

    /// An Ack stands for all transfers up to its own; of one that was never sent it says nothing.
    fn acked(&mut self, ack: wire::Ack) -> Vec<Note> {
        let Some(sent) = self.answered(ack.transfer) else { return Vec::new() };
        self.held = sent.clone();
        let (unusable, _more) = bounded_problems(ack.unusable);
        vec![Note::Applied { held: sent, time: ack.apply_time, unusable }]
    }

    /// A refused view is news for operators, never a cause to send it again (SR5).
    fn nacked(&mut self, nack: wire::Nack) -> Vec<Note> {
        let sending = self.sending.as_mut();
        // A relay may refuse a transfer at its beginning, for what is declared there.
        let early = sending.and_then(|sending| sending.refuse(nack.transfer));
        let Some(refused) = early.or_else(|| self.answered(nack.transfer)) else { return Vec::new() };
        if !self.refused.contains(&refused.digest) {
            self.refused.push(refused.digest);
        }
        let (problems, _more) = bounded_problems(nack.problems);
        vec![Note::Refused { refused, problems }]
    }

    fn resync(&mut self, resync: &wire::Resync, now: Instant) -> Vec<Note> {
        let soon = self.last_resync.is_some_and(|last| now.saturating_duration_since(last) < RESYNC);
        if !soon {
            self.last_resync = Some(now);
            self.forced = true;
        }
        vec![Note::Resync(resync.reason())]
    }

    /// The transfer that an answer is about, when it is an open one; it and all before it are closed.
    fn answered(&mut self, transfer: u64) -> Option<Held> {
        if !self.in_flight.iter().any(|sent| sent.transfer == transfer) {
            return None;
        }
        while let Some(sent) = self.in_flight.pop_front() {
            if sent.transfer == transfer {
                return Some(sent.held);
            }
        }
        None
    }
}

fn response(message: wire::stream_config_response::Message) -> wire::StreamConfigResponse {
    wire::StreamConfigResponse { message: Some(message) }
}
