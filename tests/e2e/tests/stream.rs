//! Control plane and relay over their stream: restarts of either side, another store, a relay that does not read.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and wait"
)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use postroad_api::config::v1::config_service_client::ConfigServiceClient;
use postroad_api::config::v1::stream_config_request::Message as Request;
use postroad_api::config::v1::{Hello, StreamConfigRequest};
use postroad_api::connector::v1::Connector;
use postroad_api::fleet::v1::{Relay as RelayLine, RelayState};
use postroad_test_support::{
    AdminApi, ControlPlane, Message, Process, Relay, RelaySetup, ScriptedHost, Sender, Verdict, connector, report,
};
use tokio_stream::StreamExt as _;
use tonic::transport::Endpoint;

const FROM: &str = "a@sender.example";
/// A relay that was cut off several times in a row waits up to some seconds.
const BACK: Duration = Duration::from_secs(60);

/// Asks for the one relay until it is as expected.
fn relay_until(api: &AdminApi, what: &str, expected: impl Fn(&RelayLine) -> bool) -> RelayLine {
    let began = Instant::now();
    loop {
        let relays = api.relays();
        if let Some(found) = relays.iter().flatten().find(|relay| expected(relay)) {
            return found.clone();
        }
        assert!(began.elapsed() < BACK, "{what}: {relays:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Revisions that a relay said it applied, in order.
fn applied(relay: &Relay) -> Vec<u64> {
    let number = |line: &String| line.split("\"revision\":").nth(1)?.split([',', '}']).next()?.parse().ok();
    relay.process.log().iter().filter(|line| line.contains("configuration applied")).filter_map(number).collect()
}

/// What ought to be there: connectors by the number in their domain, and which host each sends to.
struct World {
    hosts: [ScriptedHost; 2],
    connectors: BTreeMap<usize, (Connector, usize)>,
    dice: u64,
}

impl World {
    fn throw(&mut self, sides: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) as usize % sides
    }

    fn domain(number: usize) -> String {
        format!("d{number}.example")
    }

    /// Creates, moves to the other host, or removes one connector of eight; the revision.
    fn change(&mut self, api: &AdminApi) -> u64 {
        let number = self.throw(8);
        match self.connectors.remove(&number) {
            None => {
                let host = self.throw(2);
                let new = connector(&format!("c{number}"), &[&Self::domain(number)], &[self.hosts[host].address()]);
                let stored = api.create(new).unwrap();
                let revision = stored.revision;
                self.connectors.insert(number, (stored, host));
                revision
            }
            Some((held, _)) if self.throw(3) == 0 => api.delete(&held.id).unwrap(),
            Some((held, host)) => {
                let host = 1 - host;
                let hosts = connector("", &[], &[self.hosts[host].address()]).smart_hosts;
                let stored = api.update(&Connector { smart_hosts: hosts, ..held }, &["smart_hosts"]).unwrap();
                let revision = stored.revision;
                self.connectors.insert(number, (stored, host));
                revision
            }
        }
    }

    /// Mail for every domain goes where it ought to, or nowhere.
    fn check(&self, relay: SocketAddr) {
        for number in 0..8 {
            let to = format!("to@{}", Self::domain(number));
            let verdict = Sender::connect(relay).unwrap().send(FROM, &to, &Message::of_size("x", 100));
            let reached = self.hosts.each_ref().map(|host| {
                host.messages().iter().filter(|message| message.rcpts.iter().any(|rcpt| rcpt.contains(&to))).count()
            });
            match self.connectors.get(&number) {
                Some((_, host)) => {
                    assert!(matches!(verdict, Verdict::Acked(_)), "{number}: {verdict:?}");
                    assert_eq!((reached[*host], reached[1 - host]), (1, 0), "{number} went elsewhere");
                }
                None => assert!(
                    matches!(&verdict, Verdict::Nacked(answer) if answer.starts_with("550 5.1.2")),
                    "{number}: {verdict:?}"
                ),
            }
        }
    }
}

#[test]
fn sm1_whatever_is_restarted_the_relay_ends_with_the_head() {
    let folder = tempfile::tempdir().unwrap();
    let mut control_plane = ControlPlane::start(folder.path());
    let setup = RelaySetup::new("r", control_plane.grpc());
    let mut relay = Relay::start(&setup);
    let hosts = [ScriptedHost::honest(), ScriptedHost::honest()];
    let mut world = World { hosts, connectors: BTreeMap::new(), dice: 20_261_125 };
    let mut head = 0;
    let mut seen = Vec::new();
    for round in 0..9 {
        let api = AdminApi::new(control_plane.grpc());
        for _ in 0..12 {
            let revision = world.change(&api);
            assert!(revision > head, "{revision} after {head}");
            head = revision;
        }
        match round % 3 {
            0 => control_plane.kill_and_restart(),
            1 => {
                seen.push(applied(&relay));
                relay.process.kill();
                relay = Relay::start(&setup);
            }
            _ => {
                assert!(control_plane.process.terminate(Duration::from_secs(5)).success());
                control_plane.restart();
            }
        }
    }
    let api = AdminApi::new(control_plane.grpc());
    head = world.change(&api);
    let line = relay_until(&api, "the head is applied", |line| line.applied_revision >= head);
    assert_eq!((line.applied_revision, line.target_revision, line.state()), (head, head, RelayState::Connected));
    assert!(line.last_refusal.is_none(), "{line:?}");
    seen.push(applied(&relay));
    let seen = seen.concat();
    assert!(seen.is_sorted(), "a revision went back: {seen:?}");
    world.check(relay.smtp());
}

#[test]
fn a_relay_is_back_soon_after_a_restart_of_the_control_plane() {
    for kill in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let mut control_plane = ControlPlane::start(folder.path());
        let relay = Relay::start(&RelaySetup::new("r", control_plane.grpc()));
        let api = AdminApi::new(control_plane.grpc());
        let one = api.create(connector("one", &["*"], &["192.0.2.1:25".parse().unwrap()])).unwrap();
        relay.wait_for_revision(one.revision, BACK);
        if kill {
            control_plane.process.kill();
        } else {
            assert!(control_plane.process.terminate(Duration::from_secs(5)).success());
        }
        control_plane.restart();
        let restarted = Instant::now();
        let api = AdminApi::new(control_plane.grpc());
        let two = api.create(connector("two", &["*"], &["192.0.2.1:25".parse().unwrap()])).unwrap();
        relay.wait_for_revision(two.revision, BACK);
        let took = restarted.elapsed();
        report(&format!("killed: {kill}; the relay has the new revision {took:?} after the restart"));
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

/// What `postroad relay list` prints.
fn relay_list(control_plane: SocketAddr) -> String {
    let output = Command::new(Process::path_of("postroad"))
        .args(["relay", "list", "--server", &format!("http://{control_plane}")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    // Wrapped for people.
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn sr13_another_store_does_not_take_the_table_and_the_reason_is_listed() {
    let (folder, wiped) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let host = ScriptedHost::honest();
    let mut control_plane = ControlPlane::start(folder.path());
    let address = control_plane.grpc();
    let relay = Relay::start(&RelaySetup::new("r", address));
    let mut last = 0;
    for name in ["one", "two", "three"] {
        let api = AdminApi::new(address);
        last = api.create(connector(name, &["held.example"], &[host.address()])).unwrap().revision;
    }
    relay.wait_for_revision(last, BACK);
    control_plane.process.kill();

    let mut other = ControlPlane::start_at(wiped.path(), &address.to_string());
    let api = AdminApi::new(address);
    let refusing = relay_until(&api, "it refuses", |line| line.state() == RelayState::Refusing);
    assert_eq!(refusing.last_refusal.unwrap().revision, 0, "the empty store already");
    let new = api.create(connector("new", &["*"], &["192.0.2.1:25".parse().unwrap()])).unwrap();
    relay_until(&api, "it refuses the next one too", |line| {
        line.last_refusal.as_ref().is_some_and(|refusal| refusal.revision == new.revision)
    });
    let listed = relay_list(address);
    assert!(listed.contains("REFUSING"), "{listed}");
    assert!(listed.contains("it comes from another store than what is held"), "{listed}");
    assert!(listed.contains("lacks 3 of the 3 connectors held"), "{listed}");
    let mut sender = Sender::connect(relay.smtp()).unwrap();
    let verdict = sender.send(FROM, "b@held.example", &Message::of_size("held", 100));
    assert!(matches!(verdict, Verdict::Acked(_)), "the table held is in force: {verdict:?}");

    // The old store again: nothing to be done by hand.
    other.process.kill();
    control_plane.restart();
    let api = AdminApi::new(address);
    let next = api.create(connector("four", &["four.example"], &[host.address()])).unwrap();
    relay.wait_for_revision(next.revision, BACK);
    assert!(applied(&relay).is_sorted(), "a revision went back");
}

fn large(name: &str) -> Connector {
    let mut large = connector(name, &["*"], &["192.0.2.1:25".parse().unwrap()]);
    large.labels = (0..32).map(|at| (format!("k{at}"), "v".repeat(256))).collect();
    large
}

#[test]
fn si8_a_relay_that_does_not_read_costs_nobody_anything() {
    let folder = tempfile::tempdir().unwrap();
    let mut control_plane = ControlPlane::start(folder.path());
    let api = AdminApi::new(control_plane.grpc());
    for number in 0..100 {
        api.create(large(&format!("c{number}"))).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let endpoint = Endpoint::from_shared(format!("http://{}", control_plane.grpc())).unwrap();
    let deaf: Vec<_> = (0..20)
        .map(|number| {
            let hello = Hello { relay_name: format!("deaf-{number}"), boot_id: vec![number; 16], ..Hello::default() };
            let hello = StreamConfigRequest { message: Some(Request::Hello(hello)) };
            let requests = tokio_stream::once(hello).chain(tokio_stream::pending());
            runtime.block_on(async {
                let mut client = ConfigServiceClient::new(endpoint.connect().await.unwrap());
                client.stream_config(requests).await.unwrap()
            })
        })
        .collect();
    let relay = Relay::start(&RelaySetup::new("r", control_plane.grpc()));
    let before = control_plane.process.resident_kib();
    for round in 0..100 {
        let began = Instant::now();
        let comment = Connector { comment: format!("{round}"), ..large("c7") };
        let revision = api.update(&comment, &["comment"]).unwrap().revision;
        relay.wait_for_revision(revision, Duration::from_secs(5));
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }
    let grown = control_plane.process.resident_kib().saturating_sub(before);
    report(&format!("100 changes past 20 relays that do not read: {grown} KiB more"));
    // Each may hold on to one old view, which shares all but one chunk with the newest.
    assert!(grown < 32 * 1024, "{grown} KiB");
    assert_eq!(api.relays().unwrap().len(), 21);
    let began = Instant::now();
    assert!(control_plane.process.terminate(Duration::from_secs(6)).success());
    report(&format!("ended {:?} after SIGTERM", began.elapsed()));
    drop(deaf);
}

#[test]
fn what_is_no_grpc_is_turned_away_and_harms_nobody() {
    use std::io::{Read as _, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let mut control_plane = ControlPlane::start(folder.path());
    let api = AdminApi::new(control_plane.grpc());
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let frame = |octets: &[u8]| [preface.as_slice(), octets].concat();
    let garbage: [Vec<u8>; 6] = [
        b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
        b"EHLO client.example\r\n".to_vec(),
        vec![0; 100_000],
        frame(&[0xff; 5_000]),
        // SETTINGS, then HEADERS with a broken block.
        frame(&[0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 1, 4, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]),
        Vec::new(),
    ];
    for octets in garbage {
        let mut wire = std::net::TcpStream::connect(control_plane.grpc()).unwrap();
        wire.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        // It may be closed already.
        drop(wire.write_all(&octets));
        drop(wire.shutdown(std::net::Shutdown::Write));
        let mut rest = Vec::new();
        drop(wire.read_to_end(&mut rest));
        assert!(api.relays().is_ok());
    }
    assert!(control_plane.process.is_alive());
}
