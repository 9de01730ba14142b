use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Answer, LedgerHost, Message, Process, Sender, Verdict};

/// How many senders work at the same time.
const SENDERS: usize = 16;

/// How long a sender waits for a reply. A connection that was half made when the listener was killed stays silent.
const PATIENCE: Duration = Duration::from_secs(5);

/// Kills a relay with -9 at random moments while senders send through it, and files what became of each message.
#[derive(Debug)]
pub struct Siege {
    address: RwLock<Option<SocketAddr>>,
    over: AtomicBool,
    acks: AtomicU64,
    files: Mutex<Files>,
}

#[derive(Debug, Default)]
struct Files {
    acked: Vec<String>,
    nacked: Vec<(String, Answer)>,
    unknown: Vec<String>,
}

/// What a siege came to.
#[derive(Clone, Debug, Default)]
pub struct Toll {
    /// Rounds, that is kills.
    pub rounds: usize,
    /// Messages that got 250.
    pub acked: usize,
    /// Messages that got 4xx or 5xx.
    pub nacked: usize,
    /// Messages whose sender lost the connection before it read a reply.
    pub unknown: usize,
    /// Acknowledged, and not in the ledger: must be none.
    pub lost: Vec<String>,
    /// In the ledger although the sender does not know it: it will send them again.
    pub duplicates: usize,
    /// In the ledger more than once, though each was sent once: must be none.
    pub repeated: Vec<String>,
    /// Refused, yet in the ledger, without being in doubt (451 4.4.2): must be none.
    pub refused_and_stored: Vec<(String, Answer)>,
}

impl Toll {
    /// What breaks the promise; empty when it was kept.
    #[must_use]
    pub fn breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        if !self.lost.is_empty() {
            breaches.push(format!("{} acknowledged and lost: {:?}", self.lost.len(), self.lost));
        }
        if !self.repeated.is_empty() {
            breaches.push(format!("sent once, stored more than once: {:?}", self.repeated));
        }
        if !self.refused_and_stored.is_empty() {
            breaches.push(format!("refused for good reason, yet stored: {:?}", self.refused_and_stored));
        }
        breaches
    }
}

impl fmt::Display for Toll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "kills {}, acked {}, nacked {}, unknown {}, duplicates when sent again {}, lost {}",
            self.rounds,
            self.acked,
            self.nacked,
            self.unknown,
            self.duplicates,
            self.lost.len()
        )
    }
}

impl Siege {
    /// Runs so many rounds; in each one a relay is started, takes mail, and is killed.
    ///
    /// # Panics
    /// When a relay takes no mail within 20 seconds.
    pub fn run(rounds: usize, host: &LedgerHost, start: impl Fn() -> (Process, SocketAddr)) -> Toll {
        let siege = Self {
            address: RwLock::new(None),
            over: AtomicBool::new(false),
            acks: AtomicU64::new(0),
            files: Mutex::new(Files::default()),
        };
        thread::scope(|scope| {
            for number in 0..SENDERS {
                let siege = &siege;
                scope.spawn(move || siege.send(number));
            }
            let _ends = EndsSenders(&siege.over);
            for round in 0..rounds {
                siege.round(round, &start);
            }
        });
        siege.toll(rounds, &host.stored())
    }

    fn round(&self, round: usize, start: &impl Fn() -> (Process, SocketAddr)) {
        let (mut process, address) = start();
        let before = self.acks.load(Ordering::SeqCst);
        *self.address.write().unwrap() = Some(address);
        let began = Instant::now();
        while self.acks.load(Ordering::SeqCst) < before + SENDERS as u64 {
            let log = || process.log().join("\n");
            assert!(began.elapsed() < Duration::from_secs(20), "round {round}: the relay takes no mail:\n{}", log());
            thread::sleep(Duration::from_millis(2));
        }
        thread::sleep(Duration::from_micros(draw() % 150_000));
        process.kill();
        *self.address.write().unwrap() = None;
    }

    fn send(&self, sender_number: usize) {
        let mut sent = 0_u32;
        while !self.over.load(Ordering::SeqCst) {
            let address = *self.address.read().unwrap();
            let Some(Ok(mut sender)) = address.map(|address| Sender::connect_with(address, PATIENCE)) else {
                thread::sleep(Duration::from_millis(2));
                continue;
            };
            loop {
                sent += 1;
                let id = format!("s{sender_number}-{sent}");
                let size = if draw().is_multiple_of(10) { 200_000 } else { 1_000 + draw() % 8_000 };
                let message = Message::of_size(&id, usize::try_from(size).unwrap());
                let verdict = sender.send("a@sender.example", "b@rcpt.example", &message);
                let goes_on = matches!(verdict, Verdict::Acked(_)) && !self.over.load(Ordering::SeqCst);
                self.file(id, verdict);
                if !goes_on {
                    break;
                }
            }
        }
    }

    fn file(&self, id: String, verdict: Verdict) {
        let mut files = self.files.lock().unwrap();
        match verdict {
            Verdict::Acked(_) => {
                files.acked.push(id);
                self.acks.fetch_add(1, Ordering::SeqCst);
            }
            Verdict::Nacked(answer) => {
                files.nacked.push((id, answer));
                drop(files);
                // Not ready yet, most likely.
                thread::sleep(Duration::from_millis(5));
            }
            Verdict::Unknown(_) => files.unknown.push(id),
        }
    }

    fn toll(self, rounds: usize, stored: &HashMap<String, usize>) -> Toll {
        let files = self.files.into_inner().unwrap();
        let unsure = files.unknown.iter().chain(files.nacked.iter().map(|(id, _)| id));
        let duplicates = unsure.filter(|id| stored.contains_key(*id)).count();
        let in_doubt = |answer: &Answer| answer.starts_with("451 4.4.2");
        Toll {
            rounds,
            acked: files.acked.len(),
            nacked: files.nacked.len(),
            unknown: files.unknown.len(),
            duplicates,
            repeated: stored.iter().filter(|(_, times)| **times > 1).map(|(id, _)| id.clone()).collect(),
            lost: files.acked.into_iter().filter(|id| !stored.contains_key(id)).collect(),
            refused_and_stored: files
                .nacked
                .into_iter()
                .filter(|(id, answer)| stored.contains_key(id) && !in_doubt(answer))
                .collect(),
        }
    }
}

/// Lets the senders end, also when a round panics.
struct EndsSenders<'a>(&'a AtomicBool);

impl Drop for EndsSenders<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A random number.
fn draw() -> u64 {
    RandomState::new().hash_one(0)
}
