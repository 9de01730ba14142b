//! What a stream has said so far, as a machine without I/O.

use std::time::Duration;

use postroad_api::bounded_problems;
use postroad_api::config::v1 as wire;
use postroad_api::config::v1::stream_config_request::Message as Request;
use postroad_api::config::v1::stream_config_response::Message as Response;
use postroad_api::view_problem;

use crate::transfer::Transfer;

/// What the relay holds: survives streams.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    pub(crate) epoch: Vec<u8>,
    pub(crate) revision: u64,
    pub(crate) digest: Vec<u8>,
    pub(crate) connectors: usize,
}

/// One stream.
#[derive(Debug, Default)]
pub(crate) struct Link {
    incoming: Option<Incoming>,
    /// The first Heartbeat has come.
    pub(crate) greeted: bool,
    /// When to expect the next Heartbeat.
    pub(crate) interval: Option<Duration>,
    /// Over how long to spread reconnects.
    pub(crate) spread: Option<Duration>,
}

#[derive(Debug)]
enum Incoming {
    Collecting(Transfer),
    /// Refused already: read to its Commit and dropped.
    Refused {
        transfer: u64,
    },
}

/// What to do about a message.
#[derive(Debug)]
pub(crate) enum Step {
    /// Nothing.
    Nothing,
    /// Say this.
    Answer(Request),
    /// Say this, then give up the stream.
    AnswerAndLeave(Request),
    /// Compile these records; then [`ack`] or [`nack`].
    Apply(Ready),
    /// Open another stream after this time.
    Leave(Duration),
}

/// A transfer that is whole.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) begin: wire::Begin,
    pub(crate) digest: [u8; 32],
    pub(crate) records: Vec<wire::Record>,
}

/// The stream broke its own rules.
#[derive(Debug, thiserror::Error)]
#[error("the control plane broke the protocol of the stream: {0}")]
pub(crate) struct LinkFault(&'static str);

impl Link {
    pub(crate) fn on(&mut self, message: Option<Response>, held: &Held) -> Result<Step, LinkFault> {
        let message = message.ok_or(LinkFault("a message without content"))?;
        if !self.greeted && !matches!(message, Response::Heartbeat(_) | Response::GoAway(_)) {
            return Err(LinkFault("the first answer was no Heartbeat"));
        }
        match message {
            Response::Heartbeat(heartbeat) => Ok(self.heartbeat(&heartbeat, held)),
            Response::Begin(begin) => self.begin(begin, held),
            Response::Chunk(chunk) => self.chunk(chunk),
            Response::Commit(commit) => self.commit(&commit),
            Response::GoAway(leave) => Ok(Step::Leave(time(leave.retry_after.as_ref()).unwrap_or_default())),
        }
    }

    fn heartbeat(&mut self, heartbeat: &wire::Heartbeat, held: &Held) -> Step {
        self.greeted = true;
        self.interval = time(heartbeat.interval.as_ref()).or(self.interval);
        self.spread = time(heartbeat.reconnect_spread.as_ref()).or(self.spread);
        let differs = !heartbeat.view_digest.is_empty()
            && heartbeat.epoch == held.epoch
            && heartbeat.revision == held.revision
            && heartbeat.view_digest != held.digest;
        if differs {
            return Step::Answer(resync(wire::ResyncReason::DigestMismatch, 0));
        }
        Step::Nothing
    }

    fn begin(&mut self, begin: wire::Begin, held: &Held) -> Result<Step, LinkFault> {
        if self.incoming.is_some() {
            return Err(LinkFault("a transfer began inside another"));
        }
        let transfer = begin.transfer;
        if begin.kind() != wire::TransferKind::Snapshot {
            // This version takes whole snapshots only, and says so.
            self.incoming = Some(Incoming::Refused { transfer });
            return Ok(Step::Answer(resync(wire::ResyncReason::Gap, transfer)));
        }
        let same = begin.epoch == held.epoch;
        if same && begin.revision < held.revision {
            let text = format!("revision {} is older than {}, which is applied", begin.revision, held.revision);
            let problem = view_problem(wire::ProblemReason::RevisionNotNewer, text);
            return Ok(Step::AnswerAndLeave(nack(&begin, &[], vec![problem])));
        }
        match Transfer::begin(begin) {
            Ok(collecting) => {
                self.incoming = Some(Incoming::Collecting(collecting));
                Ok(Step::Nothing)
            }
            Err(refused) => {
                let (begin, problem) = *refused;
                self.incoming = Some(Incoming::Refused { transfer });
                Ok(Step::Answer(nack(&begin, &[], vec![problem])))
            }
        }
    }

    fn chunk(&mut self, chunk: wire::Chunk) -> Result<Step, LinkFault> {
        let refusal = match self.incoming.as_mut().ok_or(LinkFault("a chunk outside a transfer"))? {
            Incoming::Refused { .. } => return Ok(Step::Nothing),
            Incoming::Collecting(transfer) => match transfer.chunk(chunk) {
                Ok(()) => return Ok(Step::Nothing),
                Err(problem) => nack(&transfer.begin, &[], vec![problem]),
            },
        };
        self.refuse();
        Ok(Step::Answer(refusal))
    }

    fn commit(&mut self, commit: &wire::Commit) -> Result<Step, LinkFault> {
        match self.incoming.take().ok_or(LinkFault("a commit outside a transfer"))? {
            Incoming::Refused { transfer } if transfer == commit.transfer => Ok(Step::Nothing),
            Incoming::Refused { .. } => Err(LinkFault("a commit of another transfer")),
            Incoming::Collecting(transfer) => match transfer.commit(commit) {
                Ok(digest) => Ok(Step::Apply(Ready { begin: transfer.begin, digest, records: transfer.records })),
                Err(problem) => Ok(Step::Answer(nack(&transfer.begin, &commit.view_digest, vec![problem]))),
            },
        }
    }

    fn refuse(&mut self) {
        if let Some(Incoming::Collecting(transfer)) = &self.incoming {
            self.incoming = Some(Incoming::Refused { transfer: transfer.begin.transfer });
        }
    }
}

/// The refusal of a transfer; as many problems as a Nack may hold.
pub(crate) fn nack(begin: &wire::Begin, digest: &[u8], problems: Vec<wire::Problem>) -> Request {
    let (problems, more_problems) = bounded_problems(problems);
    Request::Nack(wire::Nack {
        transfer: begin.transfer,
        revision: begin.revision,
        view_digest: digest.to_vec(),
        problems,
        more_problems,
    })
}

fn resync(reason: wire::ResyncReason, transfer: u64) -> Request {
    Request::Resync(wire::Resync { reason: reason.into(), transfer })
}

fn time(duration: Option<&prost_types::Duration>) -> Option<Duration> {
    duration.and_then(|d| Duration::try_from(*d).ok())
}
