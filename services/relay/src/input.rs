//! What a client sent and nobody has looked at yet.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};
use zeroize::Zeroize as _;

/// A bounded buffer in front of a socket.
#[derive(Debug, Default)]
pub(crate) struct Input {
    octets: Vec<u8>,
    start: usize,
}

/// Room while message data is read.
pub(crate) const DATA_ROOM: usize = 64 * 1024;
/// Room that is kept while a client is idle.
const IDLE_ROOM: usize = 512;

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

    /// Overwrites the next octets, which held a secret.
    pub(crate) fn wipe(&mut self, octets: usize) {
        let end = self.octets.len().min(self.start + octets);
        if let Some(secret) = self.octets.get_mut(self.start..end) {
            secret.zeroize();
        }
    }

    /// Reads once, so that at most `room` octets are unread. 0: the client has closed.
    pub(crate) async fn fill(&mut self, from: &mut (impl AsyncRead + Unpin), room: usize) -> io::Result<usize> {
        if self.start > 0 {
            self.octets.drain(..self.start);
            self.start = 0;
        }
        if self.octets.capacity() > 2 * room && self.octets.len() < room {
            self.octets.shrink_to(room);
        }
        let free = room.saturating_sub(self.octets.len()).max(1);
        // An idle client's next line is short; what is longer comes with the next read.
        let wanted = if self.octets.is_empty() && room < DATA_ROOM { free.min(IDLE_ROOM) } else { free };
        self.octets.reserve_exact(wanted);
        from.take(wanted as u64).read_buf(&mut self.octets).await
    }

    /// Gives memory back while a client is idle.
    pub(crate) fn rest(&mut self) {
        if self.octets.is_empty() && self.octets.capacity() > IDLE_ROOM {
            self.octets = Vec::new();
        }
    }

    /// Gives all memory back.
    pub(crate) fn release(&mut self) {
        *self = Self::default();
    }
}
