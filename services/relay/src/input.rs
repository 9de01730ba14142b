//! What a client sent and nobody has looked at yet.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// A bounded buffer in front of a socket.
#[derive(Debug, Default)]
pub(crate) struct Input {
    octets: Vec<u8>,
    start: usize,
}

/// Room while commands are read: a command line fits.
const SMALL: usize = 4 * 1024;
/// Room while message data is read.
const LARGE: usize = 64 * 1024;

impl Input {
    pub(crate) fn unread(&self) -> &[u8] {
        self.octets.get(self.start..).unwrap_or_default()
    }

    pub(crate) fn consume(&mut self, octets: usize) {
        self.start = self.octets.len().min(self.start + octets);
        if self.start == self.octets.len() {
            self.octets.clear();
            self.start = 0;
        }
    }

    /// Reads once. 0: the client has closed. `data`: message data is expected, so take more at a time.
    pub(crate) async fn fill(&mut self, from: &mut (impl AsyncRead + Unpin), data: bool) -> io::Result<usize> {
        if self.start > 0 {
            self.octets.drain(..self.start);
            self.start = 0;
        }
        let room = if data { LARGE } else { SMALL };
        if self.octets.capacity() > room && self.octets.len() < room {
            self.octets.shrink_to(room);
        }
        let free = room.saturating_sub(self.octets.len()).max(1);
        self.octets.reserve_exact(free);
        from.take(free as u64).read_buf(&mut self.octets).await
    }

    /// Gives the memory back while a client is idle.
    pub(crate) fn rest(&mut self) {
        if self.octets.is_empty() && self.octets.capacity() > SMALL {
            self.octets = Vec::new();
        }
    }
}
