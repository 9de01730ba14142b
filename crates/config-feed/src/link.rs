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

#[cfg(test)]
mod tests {
    use postroad_api::view_digest;
    use proptest::prelude::*;

    use super::*;

    fn record(id: &str, version: u64, octets: usize) -> wire::Record {
        let key = wire::RecordKey { kind: wire::RecordKind::Connector.into(), id: id.to_owned() };
        wire::Record { key: Some(key), version, body: vec![7; octets].into() }
    }

    /// A whole transfer, one record in each chunk.
    fn transfer(revision: u64, records: &[wire::Record]) -> Vec<Response> {
        let begin = wire::Begin {
            transfer: 1,
            kind: wire::TransferKind::Snapshot.into(),
            epoch: vec![1; 16],
            revision,
            upserts: records.len() as u32,
            bytes: records.iter().map(|r| r.body.len() as u64).sum(),
            ..wire::Begin::default()
        };
        let chunk = |(index, record): (usize, &wire::Record)| {
            Response::Chunk(wire::Chunk {
                transfer: 1,
                index: index as u32,
                upserts: vec![record.clone()],
                removed: Vec::new(),
            })
        };
        let commit = wire::Commit {
            transfer: 1,
            revision,
            view_digest: view_digest(records).to_bytes().to_vec(),
            traceparents: Vec::new(),
        };
        let mut messages = vec![Response::Heartbeat(wire::Heartbeat::default()), Response::Begin(begin)];
        messages.extend(records.iter().enumerate().map(chunk));
        messages.push(Response::Commit(commit));
        messages
    }

    fn held(revision: u64) -> Held {
        Held { epoch: vec![1; 16], revision, digest: vec![9; 32], connectors: 1 }
    }

    /// The steps that are more than nothing, or the fault that ended the stream.
    fn follow(messages: impl IntoIterator<Item = Response>, held: &Held) -> Result<Vec<Step>, LinkFault> {
        let mut link = Link::default();
        let mut steps = Vec::new();
        for message in messages {
            match link.on(Some(message), held)? {
                Step::Nothing => {}
                step => steps.push(step),
            }
        }
        Ok(steps)
    }

    fn reason(step: &Step) -> wire::ProblemReason {
        match step {
            Step::Answer(Request::Nack(nack)) | Step::AnswerAndLeave(Request::Nack(nack)) => nack.problems[0].reason(),
            other => panic!("no Nack: {other:?}"),
        }
    }

    #[test]
    fn a_whole_transfer_is_to_be_applied() {
        let records = [record("a", 1, 10), record("b", 2, 20)];
        let steps = follow(transfer(2, &records), &Held::default()).unwrap();
        let [Step::Apply(ready)] = steps.as_slice() else { panic!("{steps:?}") };
        assert_eq!(ready.records, records);
    }

    #[test]
    fn an_empty_view_is_a_transfer_too() {
        assert!(matches!(follow(transfer(1, &[]), &Held::default()).unwrap().as_slice(), [Step::Apply(_)]));
    }

    #[test]
    fn the_first_answer_is_a_heartbeat() {
        assert!(follow(transfer(1, &[]).into_iter().skip(1), &Held::default()).is_err());
        assert!(Link::default().on(None, &Held::default()).is_err());
    }

    #[test]
    fn si02_an_older_revision_is_refused_and_the_stream_left() {
        let steps = follow(transfer(4, &[]).into_iter().take(2), &held(5)).unwrap();
        assert!(matches!(steps.as_slice(), [Step::AnswerAndLeave(_)]));
        assert_eq!(reason(&steps[0]), wire::ProblemReason::RevisionNotNewer);
    }

    #[test]
    fn si04_another_digest_is_refused() {
        let mut messages = transfer(2, &[record("a", 1, 10)]);
        if let Some(Response::Commit(commit)) = messages.last_mut() {
            commit.view_digest[0] ^= 1;
        }
        let steps = follow(messages, &Held::default()).unwrap();
        assert_eq!(reason(&steps[0]), wire::ProblemReason::DigestMismatch);
    }

    #[test]
    fn si05_a_heartbeat_with_another_digest_asks_for_a_snapshot() {
        let heartbeat =
            wire::Heartbeat { epoch: vec![1; 16], revision: 5, view_digest: vec![8; 32], ..Default::default() };
        let steps = follow([Response::Heartbeat(heartbeat)], &held(5)).unwrap();
        assert!(matches!(steps.as_slice(), [Step::Answer(Request::Resync(_))]), "{steps:?}");
    }

    #[test]
    fn si15_more_than_was_declared_and_records_too_large_are_refused_once() {
        let mut messages = transfer(2, &[record("a", 1, 10), record("b", 1, 10)]);
        if let Response::Begin(begin) = &mut messages[1] {
            begin.upserts = 1;
        }
        let steps = follow(messages, &Held::default()).unwrap();
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert_eq!(reason(&steps[0]), wire::ProblemReason::DigestMismatch);

        let steps = follow(transfer(2, &[record("a", 1, 70_000)]), &Held::default()).unwrap();
        assert_eq!(reason(&steps[0]), wire::ProblemReason::Limit);

        let mut messages = transfer(2, &[]);
        if let Response::Begin(begin) = &mut messages[1] {
            begin.bytes = u64::MAX;
        }
        assert_eq!(reason(&follow(messages, &Held::default()).unwrap()[0]), wire::ProblemReason::Limit);
    }

    proptest! {
        /// Whatever is lost, doubled or swapped on the way, nothing but the whole transfer is applied.
        #[test]
        fn a_broken_transfer_is_never_applied(sizes in proptest::collection::vec(0_usize..40, 1..6), at in 0_usize..8, how in 0..3) {
            let records: Vec<_> = sizes.iter().enumerate().map(|(n, size)| record(&format!("c{n}"), 1, *size)).collect();
            let mut messages = transfer(2, &records);
            let at = at % messages.len();
            match how {
                0 => { messages.remove(at); }
                1 => messages.insert(at, messages[at].clone()),
                _ => { let other = (at + 1) % messages.len(); messages.swap(at, other); }
            }
            let whole = transfer(2, &records) == messages;
            if let Ok(steps) = follow(messages, &Held::default()) {
                for step in steps {
                    if let Step::Apply(ready) = step {
                        prop_assert!(ready.records == records, "applied something else");
                        prop_assert!(whole || how == 1, "applied although broken");
                    }
                }
            }
        }
    }
}
