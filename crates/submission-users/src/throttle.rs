//! Slows down whoever guesses passwords.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::subject::Subject;

mod ledger;
use ledger::Ledger;

/// How a [`Throttle`] counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottleSettings {
    /// How long the reply to a first failure is delayed; each further failure doubles it.
    pub first_delay: Duration,
    /// The longest delay.
    pub longest_delay: Duration,
    /// Failures after which a network may not log in for a while.
    pub network_failures: u32,
    /// Failures after which a user may not log in for a while, from networks that this user has not logged in from lately.
    pub user_failures: u32,
    /// How long a lock holds after the last failure.
    pub lock: Duration,
    /// How long failures are remembered after the last of them. Not less than `lock`.
    pub memory: Duration,
    /// How long a network counts as one of a user's own after a good login.
    pub trust: Duration,
    /// Most networks, most users, and most pairs of both that are remembered; beyond, the one that was longest unseen is
    /// forgotten. An entry takes some 150 octets.
    pub max_entries: usize,
}

impl Default for ThrottleSettings {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_secs(1),
            longest_delay: Duration::from_secs(8),
            network_failures: 20,
            user_failures: 10,
            lock: Duration::from_secs(5 * 60),
            memory: Duration::from_secs(15 * 60),
            trust: Duration::from_secs(24 * 60 * 60),
            max_entries: 10_000,
        }
    }
}

/// Whether a login may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Open,
    /// Not for this long: too many have failed. The reply is that of
    /// [`FailureKind::Unavailable`](crate::FailureKind::Unavailable), and the credentials are not looked at.
    Locked(Duration),
}

/// Counts failed logins by client network (an IPv4 address, or the /64 of an IPv6 address) and by user, and answers how long to
/// wait. Known users and unknown ones are treated alike.
///
/// A lock of a user does not hold in networks that the user has logged in from lately, so that strangers cannot lock a user out.
/// It reads no clock: time is an argument, and never runs backwards.
#[derive(Debug)]
pub struct Throttle {
    settings: ThrottleSettings,
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Books {
    networks: Ledger<IpAddr>,
    users: Ledger<Subject>,
    /// Good logins.
    pairs: Ledger<(IpAddr, Subject)>,
}

impl Throttle {
    /// A throttle that has seen nothing.
    #[must_use]
    pub fn new(settings: ThrottleSettings) -> Self {
        let max = settings.max_entries;
        let books = Books { networks: Ledger::new(max), users: Ledger::new(max), pairs: Ledger::new(max) };
        Self { settings, books: Mutex::new(books) }
    }

    /// Whether this peer may try to log in; as this user, once that is known. Ask again when it is.
    #[must_use]
    pub fn verdict(&self, peer: IpAddr, subject: Option<Subject>, now: Instant) -> Verdict {
        let (settings, books) = (&self.settings, self.books());
        let network = network(peer);
        let left = |failures: Option<(u32, Instant)>, limit: u32| {
            let (count, last) = failures?;
            let passed = now.saturating_duration_since(last);
            (count >= limit).then(|| settings.lock.checked_sub(passed)).flatten().filter(|left| !left.is_zero())
        };
        let by_network = left(books.networks.get(&network), settings.network_failures);
        let at_home = |subject: Subject| {
            let seen = books.pairs.get(&(network, subject));
            seen.is_some_and(|(_, at)| now.saturating_duration_since(at) < settings.trust)
        };
        let by_user = subject
            .and_then(|subject| left(books.users.get(&subject), settings.user_failures).filter(|_| !at_home(subject)));
        by_network.max(by_user).map_or(Verdict::Open, Verdict::Locked)
    }

    /// Notes a failed login, and says how long to delay the reply.
    pub fn failed(&self, peer: IpAddr, subject: Option<Subject>, now: Instant) -> Duration {
        let settings = &self.settings;
        let mut books = self.books();
        let by_network = books.networks.count(network(peer), now, settings.memory);
        let by_user = subject.map_or(0, |subject| books.users.count(subject, now, settings.memory));
        let doublings = by_network.max(by_user).saturating_sub(1).min(31);
        settings.first_delay.saturating_mul(1 << doublings).min(settings.longest_delay)
    }

    /// Notes a good login: what failed before it, of this network and this user, is forgotten.
    pub fn succeeded(&self, peer: IpAddr, subject: Subject, now: Instant) {
        let network = network(peer);
        let mut books = self.books();
        books.networks.forget(&network);
        books.users.forget(&subject);
        books.pairs.forget(&(network, subject));
        books.pairs.count((network, subject), now, self.settings.trust);
    }

    /// How many networks, users and pairs of both are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        let books = self.books();
        books.networks.len() + books.users.len() + books.pairs.len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // Counts are whole after each change, whoever panicked.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one client can easily change of its address does not count: of IPv6 the lower half.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests;
