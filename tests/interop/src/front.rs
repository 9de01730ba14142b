use std::net::SocketAddr;

use postroad_test_support::Bench;

use crate::{Authority, Mode};

/// A relay with a listener for each mode, in front of these smart hosts.
#[derive(Debug)]
pub struct Front {
    /// The relay and its control plane.
    pub bench: Bench,
    /// Who signed its certificate.
    pub authority: Authority,
    _folder: tempfile::TempDir,
}

impl Front {
    /// Starts it; the connector `main` takes everything.
    ///
    /// # Panics
    /// When something does not come up.
    #[must_use]
    pub fn start(hosts: &[SocketAddr], flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::found(folder.path());
        Self { bench: Bench::start(hosts, flags), authority, _folder: folder }
    }

    /// The modes that it can be reached in.
    #[must_use]
    pub const fn modes() -> &'static [Mode] {
        &[Mode::Clear]
    }

    /// Where it takes mail in this mode.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn address(&self, mode: Mode) -> SocketAddr {
        assert!(Self::modes().contains(&mode), "no listener for {mode:?}");
        self.bench.relay.smtp()
    }
}
