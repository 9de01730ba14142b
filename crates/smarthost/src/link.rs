//! Commands out, replies in, in step.

use std::io;
use std::time::Duration;

use postroad_delivery::{Fault, FaultKind};
use postroad_smtp_codec::{HostReply, ReplyScanner, print_bdat};
use postroad_telemetry::{ErrorType, Phase};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::stream::{Stream, Unread};

/// One dialogue with a smart host.
pub(crate) struct Link {
    pub(crate) stream: Stream,
    received: Vec<u8>,
    scanner: ReplyScanner,
    /// Octets to be written with the next write.
    pub(crate) out: Vec<u8>,
    /// Part of the message is written already: it was too long to be gathered whole.
    body_begun: bool,
}

/// Octets gathered before a write: one TLS record.
const GATHER: usize = 16 * 1024;

impl Link {
    pub(crate) fn new(stream: Stream) -> Self {
        Self {
            stream,
            received: Vec::with_capacity(512),
            scanner: ReplyScanner::default(),
            out: Vec::with_capacity(512),
            body_begun: false,
        }
    }

    /// Reads one whole reply; what lies behind it stays for [`Self::quiet`] to find.
    pub(crate) async fn reply(&mut self, phase: Phase, timer: Duration) -> Result<HostReply, Fault> {
        match tokio::time::timeout(timer, self.read_reply(phase)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(Fault::new(
                FaultKind::Lost,
                phase,
                ErrorType::CommandTimeout,
                format!("no whole reply within {} ms", timer.as_millis()),
            )),
        }
    }

    async fn read_reply(&mut self, phase: Phase) -> Result<HostReply, Fault> {
        loop {
            let (consumed, reply) = self
                .scanner
                .scan(&self.received)
                .map_err(|fault| Fault::new(FaultKind::Protocol, phase, ErrorType::ProtocolError, fault.to_string()))?;
            self.received.drain(..consumed);
            if let Some(reply) = reply {
                return Ok(reply);
            }
            match self.stream.read_buf(&mut self.received).await {
                Ok(0) => return Err(lost(phase, "the smart host closed the connection")),
                Ok(_) => {}
                Err(error) => return Err(io_fault(phase, &error)),
            }
        }
    }

    /// Writes what was gathered.
    pub(crate) async fn flush(&mut self, phase: Phase, timer: Duration) -> Result<(), Fault> {
        let Self { stream, out, .. } = self;
        let written = tokio::time::timeout(timer, async {
            stream.write_all(out).await?;
            stream.flush().await
        })
        .await;
        self.out.clear();
        outcome(phase, timer, written)
    }

    /// Gathers message data, or writes it straight through when it is large.
    pub(crate) async fn write_body(&mut self, wire: &[u8], timer: Duration) -> Result<(), Fault> {
        if self.gathered(wire) {
            return Ok(());
        }
        self.body_begun = true;
        let rest = self.top_up(wire, timer).await?;
        if rest.len() <= GATHER / 2 {
            self.out.extend_from_slice(rest);
            return Ok(());
        }
        let written = tokio::time::timeout(timer, self.stream.write_all(rest)).await;
        outcome(Phase::Data, timer, written)
    }

    /// Gathers message data, or, when it is large, writes it as one chunk with what was gathered before. True: a chunk
    /// was written, and its answer is owed.
    pub(crate) async fn write_chunk(&mut self, octets: &[u8], timer: Duration) -> Result<bool, Fault> {
        if self.gathered(octets) {
            return Ok(false);
        }
        self.announce_chunk(octets.len(), false);
        let rest = self.top_up(octets, timer).await?;
        let written = tokio::time::timeout(timer, async {
            self.stream.write_all(rest).await?;
            self.stream.flush().await
        })
        .await;
        outcome(Phase::Data, timer, written)?;
        Ok(true)
    }

    /// Puts the command in front of what was gathered: a chunk of that, and of so many octets more.
    pub(crate) fn announce_chunk(&mut self, more: usize, last: bool) {
        let mut command = Vec::with_capacity(32);
        print_bdat(&mut command, (self.out.len() + more) as u64, last);
        self.out.splice(..0, command);
    }

    /// Takes what still fits into what is gathered.
    fn gathered(&mut self, octets: &[u8]) -> bool {
        let fits = self.out.len() + octets.len() <= GATHER;
        if fits {
            self.out.extend_from_slice(octets);
        }
        fits
    }

    /// Writes what was gathered, topped up so that it does not leave as a small packet of its own. Returns the rest.
    async fn top_up<'o>(&mut self, octets: &'o [u8], timer: Duration) -> Result<&'o [u8], Fault> {
        if self.out.is_empty() {
            return Ok(octets);
        }
        let (head, rest) = octets.split_at_checked(GATHER.saturating_sub(self.out.len())).unwrap_or((octets, &[]));
        self.out.extend_from_slice(head);
        self.flush(Phase::Data, timer).await?;
        Ok(rest)
    }

    /// Brings the dialogue to the point where nothing but the dot is to be written, and the host has said nothing yet.
    ///
    /// A message that was gathered whole leaves together with its dot, in one write. The rest of a longer one is written
    /// first: the host may take its time over it, and say something meanwhile.
    pub(crate) async fn ready_for_dot(&mut self, timer: Duration) -> Result<(), Fault> {
        if self.body_begun && !self.out.is_empty() {
            self.flush(Phase::Dot, timer).await?;
        }
        self.quiet(Phase::Dot)
    }

    /// Fails unless the host has said nothing that was not asked for: whoever writes a command or the dot over unread
    /// octets takes the answer to something else for the answer to it.
    pub(crate) fn quiet(&mut self, phase: Phase) -> Result<(), Fault> {
        if !self.received.is_empty() || self.scanner.begun().is_some() {
            return Err(early(phase));
        }
        match self.stream.unread() {
            Unread::Nothing => Ok(()),
            Unread::Octets => Err(early(phase)),
            Unread::Closed => Err(lost(phase, "the smart host closed the connection")),
        }
    }

    /// What was read of a reply that never became whole, for the log: its code, not its text, which may name somebody.
    pub(crate) fn half_a_reply(&self) -> String {
        let lines = self.scanner.begun().map(|code| format!("{code}-"));
        let start = self.received.get(..4).unwrap_or(&self.received);
        let begins = lines.unwrap_or_else(|| String::from_utf8_lossy(start).into_owned());
        if begins.is_empty() {
            return "nothing was read of the reply".to_owned();
        }
        format!("read of the reply: {begins:?} and what follows, {} octets not yet a line", self.received.len())
    }

    /// True when octets were received behind the last reply.
    pub(crate) const fn has_surplus(&self) -> bool {
        !self.received.is_empty()
    }

    /// Writes one command and reads its reply.
    pub(crate) async fn command(&mut self, line: &[u8], phase: Phase, timer: Duration) -> Result<HostReply, Fault> {
        self.quiet(phase)?;
        self.out.extend_from_slice(line);
        self.flush(phase, timer).await?;
        self.reply(phase, timer).await
    }
}

fn outcome(
    phase: Phase,
    timer: Duration,
    written: Result<io::Result<()>, tokio::time::error::Elapsed>,
) -> Result<(), Fault> {
    match written {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(io_fault(phase, &error)),
        Err(_elapsed) => Err(Fault::new(
            FaultKind::Lost,
            phase,
            ErrorType::CommandTimeout,
            format!("the smart host took no data for {} ms", timer.as_millis()),
        )),
    }
}

fn early(phase: Phase) -> Fault {
    Fault::new(FaultKind::Lost, phase, ErrorType::ProtocolError, "the smart host sent a reply that was not asked for")
}

fn lost(phase: Phase, detail: &str) -> Fault {
    Fault::new(FaultKind::Lost, phase, ErrorType::ConnectionReset, detail)
}

pub(crate) fn io_fault(phase: Phase, error: &io::Error) -> Fault {
    lost(phase, &format!("the connection to the smart host broke: {error}"))
}
