//! One stream: the sockets and the time around its machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use postroad_api::config::v1 as wire;
use postroad_config_publisher::{Event, Next, Note, StreamId, StreamMachine, View};
use postroad_lifecycle::Shutdown;
use tokio::sync::watch;
use tonic::{Status, Streaming};

use super::Answer;
use crate::clock;
use crate::configuration::Configuration;

/// How long a relay may take to say who it is.
const HELLO: Duration = Duration::from_secs(5);

/// A stream with a relay, until one of them ends it.
pub(super) struct Driver {
    configuration: Arc<Configuration>,
    inbound: Streaming<wire::StreamConfigRequest>,
    views: watch::Receiver<Arc<View>>,
    machine: StreamMachine,
    peer: String,
    shutdown: Shutdown,
    leaving: bool,
    hello_due: Option<Instant>,
    relay: Option<Relay>,
    ended: bool,
}

struct Relay {
    name: String,
    stream: StreamId,
    superseded: watch::Receiver<bool>,
}

/// The relay is gone; `Some`: with what is to be said of it.
struct Left(Option<Status>);

impl Driver {
    pub(super) fn new(
        configuration: Arc<Configuration>,
        inbound: Streaming<wire::StreamConfigRequest>,
        peer: String,
        shutdown: Shutdown,
    ) -> Self {
        let views = configuration.publisher.subscribe();
        let newest = Arc::clone(&views.borrow());
        let machine = StreamMachine::new(newest, u64::from_le_bytes(postroad_seal::random_bytes()));
        let hello_due = Some(Instant::now() + HELLO);
        Self {
            configuration,
            inbound,
            views,
            machine,
            peer,
            shutdown,
            leaving: false,
            hello_due,
            relay: None,
            ended: false,
        }
    }

    /// The next message to the relay; `None` ends the stream.
    pub(super) async fn step(mut self) -> Option<(Answer, Self)> {
        while !self.ended {
            let until = match self.machine.next(Instant::now(), clock::now()) {
                Next::Send(response) => return Some((Ok(response), self)),
                Next::End => return None,
                Next::Wait(until) => until,
            };
            let event = match self.woken(until).await {
                Ok(event) => event,
                Err(Left(status)) => {
                    self.ended = true;
                    return status.map(|status| (Err(status), self));
                }
            };
            let Some(event) = event else {
                if self.hello_due.is_some_and(|due| due <= Instant::now()) {
                    self.ended = true;
                    return Some((Err(Status::deadline_exceeded("no Hello came within 5 seconds")), self));
                }
                continue;
            };
            if let Err(status) = self.happened(event) {
                tracing::warn!(peer = self.peer, reason = status.message(), "a relay's stream is refused");
                self.ended = true;
                return Some((Err(status), self));
            }
        }
        None
    }

    /// The next event; `None` when only time has passed.
    async fn woken(&mut self, until: Option<Instant>) -> Result<Option<Event>, Left> {
        let until = [until, self.hello_due].into_iter().flatten().min();
        let timer = async {
            match until {
                Some(until) => tokio::time::sleep_until(until.into()).await,
                None => std::future::pending().await,
            }
        };
        let relay = self.relay.as_mut();
        let superseded = async {
            let gone = match relay {
                Some(relay) => relay.superseded.wait_for(|gone| *gone).await.is_ok(),
                None => false,
            };
            // The sender goes only with the entry, which stays as long as this stream.
            if !gone {
                std::future::pending::<()>().await;
            }
        };
        let event = tokio::select! {
            heard = self.inbound.message() => match heard {
                Ok(Some(request)) => Event::Heard(request),
                Ok(None) => return Err(Left(None)),
                Err(status) => {
                    // Where the relay is still there, what it sent was no message of ours, or too large (SI15).
                    tracing::info!(peer = self.peer, reason = status.message(), "a relay's stream broke");
                    let answer = Status::invalid_argument(status.message());
                    return Err(Left(Some(answer)));
                }
            },
            changed = self.views.changed() => match changed {
                Ok(()) => Event::Published(Arc::clone(&self.views.borrow_and_update())),
                Err(_publisher_gone) => return Err(Left(None)),
            },
            () = superseded, if !self.leaving => {
                self.leaving = true;
                Event::GoAway(wire::GoAwayReason::Superseded)
            }
            () = self.shutdown.begun(), if !self.leaving => {
                self.leaving = true;
                Event::GoAway(wire::GoAwayReason::Drain)
            }
            () = timer => return Ok(None),
        };
        Ok(Some(event))
    }

    fn happened(&mut self, event: Event) -> Result<(), Status> {
        let notes =
            self.machine.on(event, Instant::now()).map_err(|fault| Status::invalid_argument(fault.to_string()))?;
        for note in notes {
            self.noted(note)?;
        }
        Ok(())
    }

    fn noted(&mut self, note: Note) -> Result<(), Status> {
        if let Note::Greeted(greeting) = note {
            self.hello_due = None;
            let name = greeting.name.clone();
            tracing::info!(
                relay = name,
                site = greeting.site,
                version = greeting.version,
                peer = self.peer,
                revision = greeting.held.revision,
                "relay connected"
            );
            let admission = self
                .configuration
                .registry
                .admit(greeting, self.peer.clone(), clock::now())
                .map_err(|error| Status::resource_exhausted(error.to_string()))?;
            self.relay = Some(Relay { name, stream: admission.stream, superseded: admission.superseded });
            return self.happened(Event::Admitted { refused: admission.refused, spread: admission.spread });
        }
        if let Some(relay) = &self.relay {
            log(&relay.name, &note);
            self.configuration.registry.note(&relay.stream, &note, clock::now());
        }
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(relay) = &self.relay {
            self.configuration.registry.disconnect(&relay.stream, clock::now());
            tracing::info!(relay = relay.name, peer = self.peer, "relay disconnected");
        }
    }
}

fn log(relay: &str, note: &Note) {
    match note {
        Note::Applied { held, .. } => tracing::info!(relay, revision = held.revision, "relay applied"),
        Note::Refused { refused, problems } => {
            let first = problems.first();
            tracing::warn!(
                relay,
                revision = refused.revision,
                problems = problems.len(),
                field = first.map(|problem| problem.field_path.as_str()),
                text = first.map(|problem| problem.text.as_str()),
                "relay refused the configuration and keeps what it has"
            );
        }
        Note::Resync(reason) => tracing::warn!(relay, reason = reason.as_str_name(), "relay asks for a snapshot"),
        Note::Ahead(held) => tracing::error!(
            relay,
            revision = held.revision,
            "the relay holds a later revision than the store: was the store replaced by an older copy?"
        ),
        Note::Greeted(_) => {}
    }
}
