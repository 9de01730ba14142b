//! Who may begin a session.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts the sessions of a listener, in all and for each client.
#[derive(Debug)]
pub(crate) struct Admission {
    in_all: u32,
    of_one: u32,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: u32,
    clients: HashMap<IpAddr, u32>,
}

/// A session's place; dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Place {
    admission: Arc<Admission>,
    client: Option<IpAddr>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// The listener has as many sessions as it may have.
    Full,
    /// This client has as many as it may have.
    TooManyOfOne,
}

impl NoPlace {
    /// The limit's name, for the log.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Full => "max-sessions",
            Self::TooManyOfOne => "max-sessions-per-address",
        }
    }
}

impl Admission {
    /// At most `in_all` sessions, and `of_one` with the same client.
    pub(crate) fn new(in_all: u32, of_one: u32) -> Arc<Self> {
        Arc::new(Self { in_all, of_one, counts: Mutex::default() })
    }

    /// A place for a connection whose client is not known yet: a proxy may be about to name it.
    pub(crate) fn enter(self: &Arc<Self>) -> Result<Place, NoPlace> {
        let mut counts = self.counts();
        if counts.all >= self.in_all {
            return Err(NoPlace::Full);
        }
        counts.all += 1;
        drop(counts);
        Ok(Place { admission: Arc::clone(self), client: None })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Nothing panics while the lock is held.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The client is known now. A place may be told once.
    pub(crate) fn belongs_to(&mut self, address: IpAddr) -> Result<(), NoPlace> {
        let client = one_client(address);
        let mut counts = self.admission.counts();
        let count = counts.clients.entry(client).or_default();
        if *count >= self.admission.of_one {
            return Err(NoPlace::TooManyOfOne);
        }
        *count += 1;
        drop(counts);
        self.client = Some(client);
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.admission.counts();
        counts.all = counts.all.saturating_sub(1);
        let Some(client) = self.client else { return };
        if let Some(count) = counts.clients.get_mut(&client) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.clients.remove(&client);
            }
        }
    }
}

/// What counts as one client: an IPv4 address, or the 64 bits of an IPv6 address that name a network.
pub(crate) fn one_client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn places_are_limited_in_all_and_for_each_client_and_come_back() {
        let admission = Admission::new(3, 2);
        let mut places = Vec::new();
        for address in ["192.0.2.1", "192.0.2.1"] {
            let mut place = admission.enter().unwrap();
            place.belongs_to(ip(address)).unwrap();
            places.push(place);
        }
        let mut third = admission.enter().unwrap();
        assert_eq!(third.belongs_to(ip("::ffff:192.0.2.1")), Err(NoPlace::TooManyOfOne));
        assert!(third.belongs_to(ip("192.0.2.2")).is_ok());
        assert_eq!(admission.enter().err(), Some(NoPlace::Full));
        drop(places);
        drop(third);
        assert_eq!(admission.counts().all, 0);
        assert!(admission.counts().clients.is_empty(), "nothing is remembered of clients that are gone");
    }

    #[test]
    fn neighbours_in_an_ipv6_network_are_one_client() {
        assert_eq!(one_client(ip("2001:db8::1")), one_client(ip("2001:db8::ffff")));
        assert_ne!(one_client(ip("2001:db8::1")), one_client(ip("2001:db8:0:1::1")));
        assert_ne!(one_client(ip("192.0.2.1")), one_client(ip("192.0.2.2")));
    }
}
