//! How the message goes out: by DATA with its dots, or by BDAT in chunks (RFC 3030).

use postroad_delivery::{Fault, Halt};
use postroad_mail_types::Reply;
use postroad_smtp_codec::{BodyChunk, BodyForm, Capabilities};
use postroad_telemetry::Phase;

use super::SmartHostDelivery;
use super::verdict::verdict;

/// The way of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sending {
    /// After a 354 of the host, in wire form.
    Data,
    /// Chunk by chunk.
    Chunks {
        /// Chunks that the host has not answered yet.
        owed: usize,
        /// How many may be so.
        most: usize,
    },
}

/// Chunks on their way to a host that has not answered them: enough that it never waits for us, and few enough that its
/// answers fit into any socket's buffer, so that neither side can block the other, and a refusal is soon seen.
const MOST_OWED: usize = 8;

impl Sending {
    pub(super) const fn of(form: BodyForm, host: &Capabilities) -> Self {
        match form {
            BodyForm::Plain if host.chunking => {
                // RFC 2920: without PIPELINING each chunk's answer is awaited.
                Self::Chunks { owed: 0, most: if host.pipelining { MOST_OWED } else { 0 } }
            }
            BodyForm::Plain | BodyForm::Stuffed => Self::Data,
        }
    }
}

impl SmartHostDelivery {
    /// Nothing is asked of a host that takes chunks; but it must be there, and have said nothing.
    pub(super) fn begin_chunks(&mut self) -> Result<Reply, Fault> {
        self.attempt.enter(Phase::Data);
        self.link.quiet(Phase::Data)?;
        self.between_commands = false;
        Ok(Reply::fixed(354, None, "Go on"))
    }

    /// Writes or gathers a run of the message, and returns how many octets that was.
    pub(super) async fn write_run(&mut self, run: BodyChunk<'_>) -> Result<u64, Halt> {
        match self.sending {
            Sending::Data => self.write_stuffed(run).await.map_err(Halt::Failed),
            Sending::Chunks { .. } => self.write_chunk(run).await,
        }
    }

    /// The dots of a message that came by BDAT are put in on the way.
    async fn write_stuffed(&mut self, run: BodyChunk<'_>) -> Result<u64, Fault> {
        let timer = self.timers.data;
        let missing = match run.form {
            BodyForm::Stuffed => &[][..],
            BodyForm::Plain => run.dots,
        };
        let mut rest = run.octets;
        let mut done = 0;
        for dot in missing {
            let (line, tail) = rest.split_at_checked(dot.saturating_sub(done)).unwrap_or((rest, &[]));
            self.link.write_body(line, timer).await?;
            self.link.write_body(b".", timer).await?;
            (rest, done) = (tail, *dot);
        }
        self.link.write_body(rest, timer).await?;
        Ok((run.octets.len() + missing.len()) as u64)
    }

    async fn write_chunk(&mut self, run: BodyChunk<'_>) -> Result<u64, Halt> {
        if let Sending::Chunks { owed: 0, .. } = self.sending {
            self.link.quiet(Phase::Data).map_err(Halt::Failed)?;
        }
        let begun = self.link.write_chunk(run.octets, self.timers.data).await.map_err(Halt::Failed)?;
        if begun && let Sending::Chunks { owed, most } = &mut self.sending {
            *owed += 1;
            let most = *most;
            self.settle_chunks(most).await?;
        }
        Ok(run.octets.len() as u64)
    }

    /// Reads answers to chunks until at most so many are owed.
    async fn settle_chunks(&mut self, at_most: usize) -> Result<(), Halt> {
        while let Sending::Chunks { owed, .. } = &mut self.sending
            && *owed > at_most
        {
            *owed -= 1;
            let reply = self.link.reply(Phase::Data, self.timers.data).await.map_err(Halt::Failed)?;
            let reply = verdict(&reply, Phase::Data).map_err(Halt::Failed)?;
            if !reply.is_positive() {
                return Err(Halt::Refused(reply));
            }
        }
        Ok(())
    }

    /// Brings the dialogue to the point where nothing but the dot or the last chunk is to be written: every chunk before
    /// it was answered with 2xx, and the host has said nothing else.
    ///
    /// By then the host has taken all that was written, so that the last chunk, which is short, leaves in one write.
    pub(super) async fn ready_for_end(&mut self) -> Result<(), Halt> {
        match self.sending {
            Sending::Data => self.link.ready_for_dot(self.timers.data).await.map_err(Halt::Failed),
            Sending::Chunks { .. } => {
                self.settle_chunks(0).await?;
                self.link.quiet(Phase::Dot).map_err(Halt::Failed)
            }
        }
    }

    /// The dot, or the last chunk with what was gathered of the message.
    pub(super) async fn write_end(&mut self) -> Result<(), Fault> {
        match self.sending {
            Sending::Data => self.link.out.extend_from_slice(b".\r\n"),
            Sending::Chunks { .. } => self.link.announce_chunk(0, true),
        }
        self.link.flush(Phase::Dot, self.timers.data).await
    }

    /// Notes why no more of the message can be written.
    pub(super) fn halted(&mut self, halt: &Halt) {
        match halt {
            // The rest of the chunks is not for this host, and they may be on their way: it is left without QUIT.
            Halt::Refused(reply) => self.attempt.replied(Phase::Data, reply),
            Halt::Failed(fault) => self.fault(fault),
        }
    }
}
