//! Sessions over real sockets, with a smart host that keeps its client waiting.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use postroad_connector_model::{
    AddressSpaceDraft, Connector as SendConnector, ConnectorDraft, Epoch, RelayIdentity, Revision, SmartHostDraft,
    Snapshot,
};
use postroad_lifecycle::Tasks;
use postroad_mail_types::HostName;
use postroad_pipeline::Offering;
use postroad_smarthost::{SmartHostCourier, Timers};
use postroad_telemetry::{Capture, CapturedKind, Settings, Telemetry};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::admission::Admission;
use crate::drain::Drain;
use crate::front::{Front, Shared};
use crate::listener::Listener;
use crate::listeners::{Base, FlagListener};

struct Relay {
    client: BufReader<TcpStream>,
    tasks: Tasks,
    drain: Drain,
    capture: Capture,
    _telemetry: Telemetry,
}

/// A relay whose only smart host answers the dot when the permit is given, and a client that has been greeted.
async fn relay(command: Duration, dot: Arc<Semaphore>) -> Relay {
    let host = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = host.local_addr().unwrap().port();
    let (tasks, capture) = (Tasks::new(), Capture::new());
    tasks.spawn("smart host", serve_host(host, dot));
    let settings = Settings { sample_ratio: 1.0, capture: Some(capture.clone()), ..Settings::new("test", "0") };
    let telemetry = Telemetry::start(settings).unwrap();
    let host_name = HostName::parse("relay.example").unwrap();
    let (_, table) = watch::channel(Some(Arc::new(table(port))));
    let courier = Arc::new(SmartHostCourier::new(Timers::default()));
    let offering = Offering::new(table.clone(), courier.learned());
    let shared = Shared {
        courier,
        open: Duration::from_secs(5),
        recorder: telemetry.recorder(),
        table,
        extensions: offering.offered(),
        host_name: host_name.clone(),
        tokens: None,
    };
    let base = Base { host_name, data_timeout: Duration::from_secs(5), final_reply_timeout: LONG };
    let flags = FlagListener {
        listen: "127.0.0.1:0".parse().unwrap(),
        allow_networks: &["127.0.0.0/8".parse().unwrap()],
        open_relay: false,
        max_message_size: 0,
        max_recipients: 100,
        max_sessions: 10,
        command_timeout: command,
    };
    let (mut settings, _warnings) = flags.check(&base).unwrap();
    let front = Front::open(settings.remove(0), &shared).unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let listener = Listener { socket, front, admission: Admission::new(10, 10) };
    let drain = Drain::default();
    tasks.spawn("accept", Arc::new(listener).accept(tasks.clone(), drain.clone()));
    let client = BufReader::new(TcpStream::connect(address).await.unwrap());
    let mut relay = Relay { client, tasks, drain, capture, _telemetry: telemetry };
    assert!(relay.line().await.starts_with("220 "));
    relay
}

fn table(port: u16) -> postroad_routing::RouteTable {
    let draft = ConnectorDraft {
        id: "1".to_owned(),
        name: "A".to_owned(),
        address_spaces: vec![AddressSpaceDraft { space: "*".to_owned(), ..AddressSpaceDraft::default() }],
        smart_hosts: vec![SmartHostDraft { host: "127.0.0.1".to_owned(), port: port.into(), ..Default::default() }],
        ..ConnectorDraft::default()
    };
    let connectors = vec![Arc::new(SendConnector::from_draft(draft).unwrap().0)];
    let snapshot = Snapshot {
        epoch: Epoch([1; 16]),
        revision: Revision(1),
        connectors,
        credentials: Default::default(),
        surroundings: Default::default(),
    };
    postroad_routing::compile(&snapshot, &RelayIdentity::default()).unwrap()
}

async fn serve_host(listener: TcpListener, dot: Arc<Semaphore>) {
    let (stream, _) = listener.accept().await.unwrap();
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 host.example\r\n").await.unwrap();
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|count| count > 0) {
        let reply = match line.trim_end() {
            "DATA" => "354 go\r\n",
            "." => {
                dot.acquire().await.unwrap().forget();
                "250 2.0.0 stored\r\n"
            }
            text if text.starts_with("EHLO") || text.starts_with("MAIL") || text.starts_with("RCPT") => "250 ok\r\n",
            _ => "",
        };
        if stream.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
        line.clear();
    }
}

impl Relay {
    async fn line(&mut self) -> String {
        let mut line = String::new();
        within(self.client.read_line(&mut line)).await.unwrap();
        line
    }

    async fn say(&mut self, text: &str) {
        self.client.write_all(text.as_bytes()).await.unwrap();
    }

    /// EHLO to DATA, the 354 included.
    async fn up_to_data(&mut self) {
        self.say("HELO c.example\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n").await;
        for code in ["250", "250", "250", "354"] {
            let line = self.line().await;
            assert!(line.starts_with(code), "{line}");
        }
    }

    /// What else comes until the relay closes.
    async fn rest(&mut self) -> String {
        let mut rest = String::new();
        // A reset is a close.
        let _closed = within(self.client.read_to_string(&mut rest)).await.is_ok();
        rest
    }

    fn outcome(&self) -> String {
        let spans = self.capture.spans();
        let server = spans.iter().find(|span| span.kind == CapturedKind::Server).unwrap();
        server.attributes["smtp.outcome"].clone()
    }
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("it does not end")
}

fn no_dot() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(0))
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn rg20_a_message_past_its_end_gets_its_true_answer_when_others_are_given_up() {
    let dot = Arc::new(Semaphore::new(0));
    let mut relay = relay(LONG, Arc::clone(&dot)).await;
    relay.up_to_data().await;
    relay.say("x\r\n.\r\n").await;
    relay.drain.begun.begin();
    // The dot is on its way when nothing else moves any more.
    tokio::time::sleep(Duration::from_millis(200)).await;
    relay.drain.cut.begin();
    tokio::time::sleep(Duration::from_millis(50)).await;
    dot.add_permits(1);
    let rest = relay.rest().await;
    assert!(rest.starts_with("250 2.0.0 stored id="), "{rest}");
    assert!(rest.contains("\r\n421 4.3.2 relay.example "), "{rest}");
    assert_eq!(within(relay.tasks.finish(LONG)).await, [""; 0]);
    assert_eq!(relay.outcome(), "accepted");
}

#[tokio::test]
async fn a_message_that_is_not_whole_is_cut_off_and_has_its_record() {
    let mut relay = relay(LONG, no_dot()).await;
    relay.up_to_data().await;
    relay.say("x\r\n").await;
    relay.drain.begun.begin();
    relay.drain.cut.begin();
    assert!(relay.rest().await.starts_with("421 4.3.2 relay.example "));
    assert_eq!(within(relay.tasks.finish(LONG)).await, [""; 0]);
    assert_eq!(relay.outcome(), "aborted");
}

#[tokio::test]
async fn m20_a_session_without_a_transaction_is_told_of_the_shutdown_at_once() {
    let mut relay = relay(LONG, no_dot()).await;
    relay.say("HELO c.example\r\n").await;
    assert!(relay.line().await.starts_with("250"));
    relay.drain.begun.begin();
    assert!(relay.rest().await.starts_with("421 4.3.2 relay.example "));
}

#[tokio::test]
async fn m20_a_transaction_that_is_open_may_come_to_its_end() {
    let dot = Arc::new(Semaphore::new(1));
    let mut relay = relay(LONG, dot).await;
    relay.say("HELO c.example\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n").await;
    for _ in 0..3 {
        assert!(relay.line().await.starts_with("250"));
    }
    relay.drain.begun.begin();
    relay.say("DATA\r\n").await;
    assert!(relay.line().await.starts_with("354"));
    relay.say("x\r\n.\r\n").await;
    assert!(relay.line().await.starts_with("250 2.0.0 stored id="));
    assert!(relay.rest().await.starts_with("421 4.3.2 relay.example "));
    assert_eq!(within(relay.tasks.finish(LONG)).await, [""; 0]);
    assert_eq!(relay.outcome(), "accepted");
}

#[tokio::test]
async fn m17_a_host_that_has_not_answered_at_the_end_of_the_drain_is_in_doubt() {
    let dot = no_dot();
    let mut relay = relay(LONG, Arc::clone(&dot)).await;
    relay.up_to_data().await;
    relay.say("x\r\n.\r\n").await;
    relay.drain.begun.begin();
    // The dot is on its way when nothing else moves any more.
    tokio::time::sleep(Duration::from_millis(200)).await;
    relay.drain.cut.begin();
    relay.drain.end.begin();
    assert!(relay.rest().await.starts_with("451 4.4.2 relay.example "));
    dot.add_permits(1);
    assert_eq!(within(relay.tasks.finish(LONG)).await, [""; 0]);
    assert_eq!(relay.outcome(), "in_doubt");
}

#[tokio::test]
async fn th12_a_command_that_drips_in_does_not_get_more_time() {
    let mut relay = relay(Duration::from_millis(300), no_dot()).await;
    relay.say("HELO c.example\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n").await;
    for _ in 0..3 {
        assert!(relay.line().await.starts_with("250"));
    }
    let mut said = String::new();
    for _ in 0..30 {
        // Written to a relay that has closed, it fails.
        let _written = relay.client.write_all(b"x").await.is_ok();
        let read = relay.client.read_line(&mut said);
        if tokio::time::timeout(Duration::from_millis(100), read).await.is_ok() {
            break;
        }
    }
    assert!(said.starts_with("421 4.4.2 relay.example "), "{said:?}");
    relay.drain.begun.begin();
    assert_eq!(within(relay.tasks.finish(LONG)).await, [""; 0]);
    assert_eq!(relay.outcome(), "timeout");
}
