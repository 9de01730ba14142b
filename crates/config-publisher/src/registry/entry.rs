//! One relay.

use std::time::{Duration, SystemTime};

use postroad_api::config::v1::Problem;
use postroad_api::fleet::v1 as fleet;
use postroad_api::limits;
use postroad_seal::ViewDigest;
use prost_types::Timestamp;
use tokio::sync::watch;

use super::is_behind;
use crate::{Greeting, Held, Note};

/// How long a relay may be behind before it is called stale.
const STALE: Duration = Duration::from_secs(30);
/// Refused views that are remembered for one process of a relay.
const REFUSED: usize = 256;

/// Problems of a refusal, and of connectors that cannot be used, that are kept for each relay, and characters of each text: a
/// fleet says the same many times over.
const PROBLEMS: usize = 10;
const TEXT: usize = 300;

/// What is known about one process of a relay.
#[derive(Debug)]
pub(super) struct Entry {
    greeting: Greeting,
    peer: String,
    stream: Option<(u64, watch::Sender<bool>)>,
    state_time: SystemTime,
    last_seen: SystemTime,
    applied: Held,
    applied_time: Option<Timestamp>,
    unusable: Vec<fleet::RefusedField>,
    behind_since: Option<SystemTime>,
    refused: Vec<ViewDigest>,
    last_refusal: Option<fleet::Refusal>,
    refusing: bool,
}

impl Entry {
    pub(super) fn new(boot_id: [u8; limits::BOOT_ID], now: SystemTime) -> Self {
        Self {
            greeting: Greeting { boot_id, ..Greeting::default() },
            peer: String::new(),
            stream: None,
            state_time: now,
            last_seen: now,
            applied: Held::default(),
            applied_time: None,
            unusable: Vec::new(),
            behind_since: None,
            refused: Vec::new(),
            last_refusal: None,
            refusing: false,
        }
    }

    /// A stream of this process; the one before, if there is one, is told to go.
    pub(super) fn connect(
        &mut self,
        stream: (u64, watch::Sender<bool>),
        greeting: Greeting,
        peer: String,
        now: SystemTime,
    ) {
        if let Some((_, older)) = self.stream.replace(stream) {
            older.send_replace(true);
        }
        self.applied = greeting.held.clone();
        self.greeting = greeting;
        self.peer = peer;
        self.state_time = now;
        self.last_seen = now;
    }

    pub(super) fn disconnect(&mut self, now: SystemTime) {
        self.stream = None;
        self.state_time = now;
    }

    pub(super) const fn is_connected(&self) -> bool {
        self.stream.is_some()
    }

    pub(super) fn is_stream(&self, number: u64) -> bool {
        self.stream.as_ref().is_some_and(|(current, _)| *current == number)
    }

    pub(super) fn has_listener(&self, folded: &str) -> bool {
        self.greeting.listeners.iter().any(|name| name.eq_ignore_ascii_case(folded))
    }

    pub(super) const fn state_time(&self) -> SystemTime {
        self.state_time
    }

    pub(super) fn refused_digests(&self) -> Vec<ViewDigest> {
        self.refused.clone()
    }

    pub(super) fn note(&mut self, note: &Note, now: SystemTime) {
        self.last_seen = now;
        match note {
            Note::Applied { held, time, unusable } => {
                self.applied = held.clone();
                self.applied_time = *time;
                self.unusable = unusable.iter().take(PROBLEMS).map(show_problem).collect();
                self.refusing = false;
            }
            Note::Refused { refused, problems } => {
                if self.refused.len() == REFUSED {
                    self.refused.remove(0);
                }
                self.refused.push(refused.digest);
                self.refusing = true;
                self.last_refusal = Some(fleet::Refusal {
                    revision: refused.revision,
                    time: Some(now.into()),
                    problems: problems.iter().take(PROBLEMS).map(show_problem).collect(),
                });
            }
            Note::Greeted(_) | Note::Resync(_) | Note::Ahead(_) => {}
        }
    }

    /// Notes since when the relay has been behind.
    pub(super) fn compare(&mut self, head: &Held, now: SystemTime) {
        if is_behind(&self.applied, head) {
            self.behind_since.get_or_insert(now);
        } else {
            self.behind_since = None;
        }
    }

    pub(super) fn show(&self, name: &str, head: u64, now: SystemTime) -> fleet::Relay {
        fleet::Relay {
            name: name.to_owned(),
            site: self.greeting.site.clone(),
            version: self.greeting.version.clone(),
            state: self.state(now).into(),
            state_time: Some(self.state_time.into()),
            last_seen_time: Some(self.last_seen.into()),
            applied_revision: self.applied.revision,
            applied_time: self.applied_time,
            target_revision: head,
            last_refusal: self.last_refusal.clone(),
            peer_address: self.peer.clone(),
            listeners: self.greeting.listeners.clone(),
            unusable: self.unusable.clone(),
            ..fleet::Relay::default()
        }
    }

    fn state(&self, now: SystemTime) -> fleet::RelayState {
        let behind = self.behind_since.and_then(|since| now.duration_since(since).ok());
        if !self.is_connected() {
            fleet::RelayState::Disconnected
        } else if self.refusing {
            fleet::RelayState::Refusing
        } else if behind.is_some_and(|behind| behind >= STALE) {
            fleet::RelayState::Stale
        } else {
            fleet::RelayState::Connected
        }
    }
}

fn show_problem(problem: &Problem) -> fleet::RefusedField {
    fleet::RefusedField {
        connector_id: problem.key.as_ref().map(|key| cut(&key.id)).unwrap_or_default(),
        field_path: cut(&problem.field_path),
        text: cut(&problem.text),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT).collect()
}
