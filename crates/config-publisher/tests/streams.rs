//! The machine of a stream against a relay that keeps the rules, without a socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use postroad_api::config::v1 as wire;
use postroad_api::view_digest;
use postroad_config_publisher::{Event, Fault, Next, Note, StreamMachine, View};
use proptest::prelude::*;
use wire::stream_config_request::Message as Request;
use wire::stream_config_response::Message as Response;

const BOOT: [u8; 16] = [9; 16];

fn view(epoch: u8, revision: u64, records: usize) -> Arc<View> {
    let record = |at: usize| wire::Record {
        key: Some(wire::RecordKey { kind: wire::RecordKind::Connector.into(), id: format!("c-{at}") }),
        version: revision,
        body: vec![7; 40_000].into(),
    };
    Arc::new(View::new([epoch; 16], revision, (0..records).map(record).collect(), 0).unwrap())
}

fn request(message: Request) -> Event {
    Event::Heard(wire::StreamConfigRequest { message: Some(message) })
}

fn hello(held: Option<&View>) -> Event {
    let mut hello = wire::Hello { relay_name: "r".into(), boot_id: BOOT.to_vec(), ..Default::default() };
    if let Some(view) = held {
        hello.epoch = view.held.epoch.to_vec();
        hello.revision = view.held.revision;
        hello.view_digest = view.held.digest.to_bytes().to_vec();
    }
    request(Request::Hello(hello))
}

fn ack(transfer: u64) -> Event {
    request(Request::Ack(wire::Ack { transfer, ..Default::default() }))
}

fn nack(transfer: u64) -> Event {
    request(Request::Nack(wire::Nack { transfer, ..Default::default() }))
}

fn admitted() -> Event {
    Event::Admitted { refused: Vec::new(), spread: Duration::from_millis(200) }
}

struct Bench {
    machine: StreamMachine,
    now: Instant,
}

impl Bench {
    fn open(newest: Arc<View>, held: Option<&View>) -> Self {
        let mut bench = Self { machine: StreamMachine::new(newest, 1), now: Instant::now() };
        assert!(matches!(bench.on(hello(held))[..], [Note::Greeted(_)]));
        assert!(bench.next().is_none(), "nothing before the relay is taken in");
        bench.on(admitted());
        bench
    }

    fn on(&mut self, event: Event) -> Vec<Note> {
        self.machine.on(event, self.now).unwrap()
    }

    fn next(&mut self) -> Option<Response> {
        match self.machine.next(self.now, SystemTime::UNIX_EPOCH) {
            Next::Send(response) => Some(response.message.unwrap()),
            Next::Wait(_) | Next::End => None,
        }
    }

    fn drain(&mut self) -> Vec<Response> {
        std::iter::from_fn(|| self.next()).collect()
    }

    /// Reads one transfer; panics when it is not whole.
    fn transfer(&mut self) -> Option<(wire::Begin, wire::Commit)> {
        let mut messages = self.drain().into_iter().filter(|m| !matches!(m, Response::Heartbeat(_)));
        let Some(Response::Begin(begin)) = messages.next() else { return None };
        let mut records = Vec::new();
        loop {
            match messages.next().expect("a transfer ends by Commit") {
                Response::Chunk(chunk) => records.extend(chunk.upserts),
                Response::Commit(commit) => {
                    assert_eq!(records.len(), begin.upserts as usize);
                    assert_eq!(view_digest(&records).to_bytes().to_vec(), commit.view_digest);
                    return Some((begin, commit));
                }
                other => panic!("inside a transfer: {other:?}"),
            }
        }
    }
}

#[test]
fn the_first_answer_is_a_heartbeat_and_a_snapshot_follows() {
    let mut bench = Bench::open(view(1, 5, 20), None);
    let messages = bench.drain();
    let Response::Heartbeat(first) = &messages[0] else { panic!("{messages:?}") };
    assert_eq!((first.revision, first.view_digest.len()), (5, 0), "a transfer follows, so no digest");
    assert!(first.reconnect_spread.is_some() && first.interval.is_some());
    assert!(matches!(messages[1], Response::Begin(_)));
    assert!(matches!(messages.last(), Some(Response::Commit(_))));
    assert!(messages.len() > 4, "several chunks");
}

#[test]
fn a_relay_that_is_up_to_date_gets_the_heartbeat_only() {
    let newest = view(1, 5, 2);
    let mut bench = Bench::open(Arc::clone(&newest), Some(&newest));
    let messages = bench.drain();
    assert!(matches!(&messages[..], [Response::Heartbeat(beat)] if beat.view_digest.len() == 32), "{messages:?}");
}

#[test]
fn an_answer_before_the_next_message_is_not_lost() {
    let mut bench = Bench::open(view(1, 5, 1), None);
    let (begin, _) = bench.transfer().unwrap();
    let notes = bench.on(ack(begin.transfer));
    assert!(matches!(&notes[..], [Note::Applied { held, .. }] if held.revision == 5), "{notes:?}");
    assert_eq!(bench.on(ack(begin.transfer)), [], "twice says nothing new");
    assert_eq!(bench.on(ack(77)), [], "nothing like that was sent");
}

#[test]
fn what_a_relay_cannot_use_is_noted_within_bounds() {
    let mut bench = Bench::open(view(1, 5, 1), None);
    let (begin, _) = bench.transfer().unwrap();
    let unusable = vec![wire::Problem { text: "x".repeat(1000), ..Default::default() }; 50];
    let ack = wire::Ack { transfer: begin.transfer, unusable, ..Default::default() };
    let notes = bench.on(request(Request::Ack(ack)));
    let [Note::Applied { unusable, .. }] = &notes[..] else { panic!("{notes:?}") };
    assert_eq!(unusable.len(), 16, "16 KiB at most");
}

#[test]
fn sr2_changes_while_sending_merge_into_one() {
    let mut bench = Bench::open(view(1, 5, 30), None);
    assert!(matches!(bench.next(), Some(Response::Heartbeat(_))));
    assert!(matches!(bench.next(), Some(Response::Begin(_))));
    for revision in 6..=9 {
        bench.on(Event::Published(view(1, revision, 30)));
    }
    let rest = bench.drain();
    let commits: Vec<_> =
        rest.iter().filter_map(|m| if let Response::Commit(c) = m { Some(c.revision) } else { None }).collect();
    assert_eq!(commits, [5, 9]);
}

#[test]
fn sr5_a_refused_view_is_never_sent_again() {
    let mut bench = Bench::open(view(1, 5, 1), None);
    let (begin, _) = bench.transfer().unwrap();
    let notes = bench.on(nack(begin.transfer));
    assert!(matches!(&notes[..], [Note::Refused { refused, .. }] if refused.revision == 5), "{notes:?}");
    assert!(bench.transfer().is_none());
    bench.on(request(Request::Resync(wire::Resync::default())));
    assert!(bench.transfer().is_none(), "not on request either");
    bench.on(Event::Published(view(1, 6, 2)));
    assert_eq!(bench.transfer().unwrap().1.revision, 6);

    let refused = view(1, 5, 1);
    let mut next = Bench { machine: StreamMachine::new(Arc::clone(&refused), 1), now: Instant::now() };
    next.on(hello(None));
    next.on(Event::Admitted { refused: vec![refused.held.digest], spread: Duration::ZERO });
    assert!(next.transfer().is_none(), "nor on the next stream of the same process");
}

#[test]
fn a_transfer_that_is_refused_before_its_end_is_cut_short_and_never_sent_again() {
    let mut bench = Bench::open(view(1, 5, 30), None);
    assert!(matches!(bench.next(), Some(Response::Heartbeat(_))));
    let Some(Response::Begin(begin)) = bench.next() else { panic!("no Begin") };
    let notes = bench.on(nack(begin.transfer));
    assert!(matches!(&notes[..], [Note::Refused { refused, .. }] if refused.revision == 5), "{notes:?}");
    assert_eq!(bench.on(nack(begin.transfer)), [], "twice says nothing new");
    assert!(matches!(&bench.drain()[..], [Response::Commit(_)]), "the relay reads to the Commit, and no further");
    assert_eq!(bench.on(ack(begin.transfer)), [], "it is answered");
    bench.on(Event::Published(view(1, 6, 1)));
    assert_eq!(bench.transfer().unwrap().0.revision, 6);
}

#[test]
fn si3_a_relay_ahead_of_the_store_gets_heartbeats_only() {
    let mut bench = Bench { machine: StreamMachine::new(view(1, 5, 1), 1), now: Instant::now() };
    bench.on(hello(Some(&view(1, 8, 1))));
    assert!(matches!(&bench.on(admitted())[..], [Note::Ahead(_)]));
    assert!(matches!(bench.drain()[..], [Response::Heartbeat(_)]));
    let mut other = Bench::open(view(2, 5, 1), Some(&view(1, 8, 1)));
    assert_eq!(other.transfer().unwrap().1.revision, 5, "revisions of another epoch are not compared");
}

#[test]
fn si5_the_same_revision_with_another_digest_waits_for_the_relay_to_ask() {
    let mut bench = Bench::open(view(1, 5, 2), Some(&view(1, 5, 1)));
    let messages = bench.drain();
    assert!(matches!(&messages[..], [Response::Heartbeat(beat)] if beat.view_digest.len() == 32), "{messages:?}");
    bench.on(request(Request::Resync(wire::Resync::default())));
    assert!(bench.transfer().is_some());
    bench.on(request(Request::Resync(wire::Resync::default())));
    assert!(bench.transfer().is_none(), "one a minute");
    bench.now += Duration::from_secs(61);
    bench.on(request(Request::Resync(wire::Resync::default())));
    assert!(bench.transfer().is_some());
}

#[test]
fn heartbeats_come_every_15_seconds_more_or_less() {
    let newest = view(1, 5, 1);
    let mut bench = Bench::open(Arc::clone(&newest), Some(&newest));
    bench.drain();
    for _ in 0..50 {
        let Next::Wait(Some(due)) = bench.machine.next(bench.now, SystemTime::UNIX_EPOCH) else { panic!() };
        let wait = due - bench.now;
        assert!((Duration::from_secs(12)..=Duration::from_secs(18)).contains(&wait), "{wait:?}");
        bench.now = due;
        assert!(matches!(bench.drain()[..], [Response::Heartbeat(_)]));
    }
}

#[test]
fn unanswered_transfers_have_a_bound() {
    let mut bench = Bench::open(view(1, 1, 1), None);
    let mut sent = 0;
    for revision in 2..40 {
        sent += usize::from(bench.transfer().is_some());
        bench.on(Event::Published(view(1, revision, 1)));
    }
    assert_eq!(sent, 16);
    bench.on(ack(1));
    assert_eq!(bench.transfer().unwrap().1.revision, 39);
}

#[test]
fn a_stream_says_why_it_ends() {
    let mut bench = Bench::open(view(1, 1, 1), None);
    bench.on(Event::GoAway(wire::GoAwayReason::Drain));
    let messages = bench.drain();
    assert!(matches!(&messages[..], [Response::GoAway(away)] if away.reason() == wire::GoAwayReason::Drain));
    assert!(matches!(bench.machine.next(bench.now, SystemTime::UNIX_EPOCH), Next::End));
}

#[test]
fn a_relay_that_breaks_the_order_is_told() {
    let mut machine = StreamMachine::new(view(1, 1, 1), 1);
    let now = Instant::now();
    assert_eq!(machine.on(ack(1), now), Err(Fault::NotHello));
    assert!(machine.on(hello(None), now).is_ok());
    assert_eq!(machine.on(hello(None), now), Err(Fault::SecondHello));
    assert_eq!(machine.on(Event::Heard(wire::StreamConfigRequest { message: None }), now), Err(Fault::Unknown));
}

#[derive(Clone, Debug)]
enum Step {
    Publish,
    Send,
    Ack,
    Nack,
    Reconnect,
    Time(u8),
}

proptest! {
    /// SM1: whatever the order of events, in the end the relay has the newest view, no revision went back, and no
    /// refused view came twice.
    #[test]
    fn sm1_streams_converge(steps in proptest::collection::vec(prop_oneof![
        3 => Just(Step::Publish), 8 => Just(Step::Send), 3 => Just(Step::Ack), 1 => Just(Step::Nack),
        1 => Just(Step::Reconnect), 1 => (0_u8..40).prop_map(Step::Time),
    ], 0..120)) {
        let mut newest = view(1, 1, 1);
        let mut bench = Bench::open(Arc::clone(&newest), None);
        let mut applied: Option<Arc<View>> = None;
        let mut views = vec![Arc::clone(&newest)];
        let mut refused = Vec::new();
        let mut waiting: Vec<wire::Begin> = Vec::new();
        let mut begun: Option<wire::Begin> = None;
        let round = || std::iter::repeat_n(Step::Send, 40).chain([Step::Ack]);
        let ending = round().chain(round());
        for step in steps.into_iter().chain([Step::Publish]).chain(ending) {
            match step {
                Step::Publish => {
                    let revision = newest.held.revision + 1;
                    newest = view(1, revision, 1 + usize::try_from(revision % 9).unwrap());
                    views.push(Arc::clone(&newest));
                    bench.on(Event::Published(Arc::clone(&newest)));
                }
                Step::Send => match bench.next() {
                    Some(Response::Begin(begin)) => {
                        let held = applied.as_ref().map_or(0, |view| view.held.revision);
                        prop_assert!(begin.revision > held, "went back to {} from {held}", begin.revision);
                        prop_assert!(!refused.contains(&begin.revision), "refused and sent again");
                        begun = Some(begin);
                    }
                    Some(Response::Commit(_)) => waiting.extend(begun.take()),
                    _ => {}
                },
                Step::Ack => if let Some(last) = waiting.last() {
                    let view = views.iter().find(|view| view.held.revision == last.revision).unwrap();
                    applied = Some(Arc::clone(view));
                    bench.on(ack(last.transfer));
                    waiting.clear();
                },
                Step::Nack => if !waiting.is_empty() {
                    let first = waiting.remove(0);
                    refused.push(first.revision);
                    bench.on(nack(first.transfer));
                },
                Step::Reconnect => {
                    waiting.clear();
                    begun = None;
                    let digests = views.iter().filter(|v| refused.contains(&v.held.revision));
                    let digests = digests.map(|view| view.held.digest).collect();
                    bench = Bench { machine: StreamMachine::new(Arc::clone(&newest), 1), now: bench.now };
                    bench.on(hello(applied.as_deref()));
                    bench.on(Event::Admitted { refused: digests, spread: Duration::ZERO });
                }
                Step::Time(seconds) => bench.now += Duration::from_secs(u64::from(seconds)),
            }
        }
        prop_assert_eq!(applied.unwrap().held.clone(), newest.held.clone());
    }
}
