//! What the control plane knows about its relays. In memory: a relay says everything again when it connects.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use postroad_api::fleet::v1 as fleet;
use postroad_api::limits;
use postroad_seal::ViewDigest;
use tokio::sync::watch;

use crate::{Greeting, Held, Note};

mod entry;

use entry::Entry;

/// Streams with one name that are served at a time, each of another process (SI14).
const STREAMS_PER_NAME: usize = 4;
/// Relays that are remembered; beyond it those that left first are forgotten.
const REMEMBERED: usize = 20_000;

/// All relays that have been seen, by name and process.
#[derive(Debug, Default)]
pub struct Registry {
    inner: Mutex<Inner>,
}

type Process = (String, [u8; limits::BOOT_ID]);

#[derive(Debug, Default)]
struct Inner {
    entries: BTreeMap<Process, Entry>,
    head: Held,
    streams: u64,
}

/// Names one stream of one relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamId {
    process: Process,
    number: u64,
}

/// What a relay that was taken in gets.
#[derive(Debug)]
pub struct Admission {
    /// The stream, for later notes.
    pub stream: StreamId,
    /// Views that this process of the relay has refused before.
    pub refused: Vec<ViewDigest>,
    /// Over how long relays shall spread their reconnects.
    pub spread: Duration,
    /// Becomes true when the same process of the relay has opened a newer stream (SI13).
    pub superseded: watch::Receiver<bool>,
}

/// Too many processes use one name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{limit} relays named {name} are connected already; give each relay its own name", limit = STREAMS_PER_NAME)]
pub struct TooManyStreams {
    /// The name.
    pub name: String,
}

impl Registry {
    /// Takes a relay in. A newer stream of the same process supersedes the one before.
    ///
    /// # Errors
    /// When too many relays use this name.
    pub fn admit(&self, greeting: Greeting, peer: String, now: SystemTime) -> Result<Admission, TooManyStreams> {
        self.with(|inner| {
            let process = (greeting.name.clone(), greeting.boot_id);
            let same_name = |key: &Process| key.0 == process.0 && key.1 != process.1;
            let others = inner.entries.iter().filter(|(key, entry)| same_name(key) && entry.is_connected()).count();
            if others >= STREAMS_PER_NAME {
                return Err(TooManyStreams { name: greeting.name });
            }
            // A process that left is replaced by the next one of its name.
            inner.entries.retain(|key, entry| !same_name(key) || entry.is_connected());
            inner.streams += 1;
            let stream = StreamId { process: process.clone(), number: inner.streams };
            let (close, superseded) = watch::channel(false);
            let head = inner.head.clone();
            let entry = inner.entries.entry(process).or_insert_with(|| Entry::new(greeting.boot_id, now));
            entry.connect((stream.number, close), greeting, peer, now);
            entry.compare(&head, now);
            let refused = entry.refused_digests();
            inner.forget();
            Ok(Admission { stream, refused, spread: inner.spread(), superseded })
        })
    }

    /// Notes what a relay said on a stream. One that was superseded has nothing to say.
    pub fn note(&self, stream: &StreamId, note: &Note, now: SystemTime) {
        self.with(|inner| {
            let head = inner.head.clone();
            if let Some(entry) = inner.current(stream) {
                entry.note(note, now);
                entry.compare(&head, now);
            }
        });
    }

    /// The stream is gone.
    pub fn disconnect(&self, stream: &StreamId, now: SystemTime) {
        self.with(|inner| {
            if let Some(entry) = inner.current(stream) {
                entry.disconnect(now);
            }
        });
    }

    /// There is a new view, which all relays ought to have. An older one changes nothing: writers may come out of order.
    pub fn published(&self, view: &Held, now: SystemTime) {
        self.with(|inner| {
            if is_behind(&inner.head, view) {
                inner.head = view.clone();
            }
            let head = inner.head.clone();
            inner.entries.values_mut().for_each(|entry| entry.compare(&head, now));
        });
    }

    /// Every relay, in order of name.
    #[must_use]
    pub fn list(&self, now: SystemTime) -> Vec<fleet::Relay> {
        self.with(|inner| {
            inner.entries.iter().map(|((name, _), entry)| entry.show(name, inner.head.revision, now)).collect()
        })
    }

    /// Whether a relay of this name, in lower case, has been seen. It looks at every relay.
    #[must_use]
    pub fn has_seen(&self, folded: &str) -> bool {
        self.with(|inner| inner.entries.keys().any(|(name, _)| name.eq_ignore_ascii_case(folded)))
    }

    /// Whether a relay has named a listener of this name, in lower case. It looks at every relay.
    #[must_use]
    pub fn has_listener(&self, folded: &str) -> bool {
        self.with(|inner| inner.entries.values().any(|entry| entry.has_listener(folded)))
    }

    /// How many relays are connected.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.with(|inner| inner.connected())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        // Nothing panics while the lock is held, so that a poisoned one is still whole.
        act(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inner {
    fn current(&mut self, stream: &StreamId) -> Option<&mut Entry> {
        self.entries.get_mut(&stream.process).filter(|entry| entry.is_stream(stream.number))
    }

    fn connected(&self) -> usize {
        self.entries.values().filter(|entry| entry.is_connected()).count()
    }

    /// 800 relays in a second, but never less than a fifth of one: a small fleet is back at once (SR6).
    fn spread(&self) -> Duration {
        let relays = u32::try_from(self.connected()).unwrap_or(u32::MAX);
        (Duration::from_secs(1) / 800 * relays).max(Duration::from_millis(200))
    }

    fn forget(&mut self) {
        while self.entries.len() > REMEMBERED {
            let gone = self.entries.iter().filter(|(_, entry)| !entry.is_connected());
            let Some(oldest) = gone.min_by_key(|(_, entry)| entry.state_time()).map(|(key, _)| key.clone()) else {
                return;
            };
            self.entries.remove(&oldest);
        }
    }
}

/// Whether what is held is not the head yet. Revisions of two histories are never compared.
fn is_behind(held: &Held, head: &Held) -> bool {
    held.epoch != head.epoch || held.revision < head.revision
}
