//! A pipeline over paper hosts: connector "A" for everything with hosts 1, 2 and 3, "B" for b.example with host 9.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use postroad_connector_model::{
    AddressSpaceDraft, Connector, ConnectorDraft, Epoch, RelayIdentity, Revision, SmartHostDraft, Snapshot,
};
use postroad_mail_types::{HostName, Mailbox, Reply, ReversePath};
use postroad_pipeline::{Message, Pipeline, PipelineSettings, Transaction};
use postroad_routing::compile;
use postroad_smtp_codec::{BodyChunk, BodyForm, Command, MailParameters, Protocol, RcptParameters};
use postroad_smtp_session::{MailRequest, RcptRequest};
use postroad_telemetry::{Capture, CapturedKind, CapturedSpan, CapturedStatus, SessionRecord, Settings, Telemetry};
use tokio::sync::watch;

use crate::fake::{FakeCourier, Script};

pub(crate) struct Bench {
    pipeline: Arc<Pipeline<FakeCourier>>,
    courier: FakeCourier,
    capture: Capture,
    _telemetry: Telemetry,
}

pub(crate) fn connector(name: &str, space: &str, ports: &[u16]) -> ConnectorDraft {
    let host =
        |port: &u16| SmartHostDraft { host: "192.0.2.1".to_owned(), port: (*port).into(), ..SmartHostDraft::default() };
    ConnectorDraft {
        id: name.to_owned(),
        name: name.to_owned(),
        address_spaces: vec![AddressSpaceDraft { space: space.to_owned(), ..AddressSpaceDraft::default() }],
        smart_hosts: ports.iter().map(host).collect(),
        ..ConnectorDraft::default()
    }
}

impl Bench {
    pub(crate) fn new(hosts: impl IntoIterator<Item = (u16, Script)>) -> Self {
        let drafts = vec![connector("A", "*", &[1, 2, 3]), connector("B", "b.example", &[9])];
        Self::with(drafts, Duration::from_secs(10), hosts)
    }

    pub(crate) fn with(
        drafts: Vec<ConnectorDraft>,
        open: Duration,
        hosts: impl IntoIterator<Item = (u16, Script)>,
    ) -> Self {
        let connectors = drafts.into_iter().map(|draft| Arc::new(Connector::from_draft(draft).unwrap().0)).collect();
        let snapshot = Snapshot {
            epoch: Epoch([1; 16]),
            revision: Revision(7),
            connectors,
            credentials: Default::default(),
            surroundings: Default::default(),
        };
        let table = compile(&snapshot, &RelayIdentity::default()).unwrap();
        Self::over(Some(Arc::new(table)), open, hosts)
    }

    pub(crate) fn over(
        table: Option<Arc<postroad_routing::RouteTable>>,
        open: Duration,
        hosts: impl IntoIterator<Item = (u16, Script)>,
    ) -> Self {
        let capture = Capture::new();
        let settings = Settings { sample_ratio: 1.0, capture: Some(capture.clone()), ..Settings::new("test", "0") };
        let telemetry = Telemetry::start(settings).unwrap();
        let courier = FakeCourier {
            hosts: hosts.into_iter().collect(),
            said: Arc::new(Mutex::default()),
            wire: Arc::new(Mutex::default()),
            dots: Arc::new(Mutex::default()),
        };
        let settings = PipelineSettings {
            host_name: HostName::parse("relay-out.example").unwrap(),
            server_name: HostName::parse("relay.example").unwrap(),
            open,
            final_reply: Duration::from_secs(110),
        };
        let (_, table) = watch::channel(table);
        let pipeline = Pipeline::new(courier.clone(), settings, telemetry.recorder(), table);
        Self { pipeline: Arc::new(pipeline), courier, capture, _telemetry: telemetry }
    }

    pub(crate) fn begin(&self) -> Transaction<FakeCourier> {
        self.begin_with(MailParameters::default())
    }

    pub(crate) fn begin_with(&self, parameters: MailParameters) -> Transaction<FakeCourier> {
        self.begin_as("a@x.example", parameters)
    }

    pub(crate) fn begin_from(&self, sender: &str) -> Transaction<FakeCourier> {
        self.begin_as(sender, MailParameters::default())
    }

    fn begin_as(&self, sender: &str, parameters: MailParameters) -> Transaction<FakeCourier> {
        let Command::Ehlo(client) = Command::parse(b"EHLO client.example").unwrap() else { panic!("not EHLO") };
        let session = SessionRecord::new(
            "smtp".to_owned(),
            "0".to_owned(),
            "relay.example".to_owned(),
            "127.0.0.1:25".parse().unwrap(),
            "192.0.2.7:4711".parse().unwrap(),
        );
        let reverse_path = ReversePath::Mailbox(Mailbox::parse(sender).unwrap());
        let mail = MailRequest {
            reverse_path,
            parameters,
            client,
            protocol: Protocol::ESMTP,
            tls: None,
            user: None,
            submission: false,
        };
        self.pipeline.begin(Arc::new(session), mail, 1)
    }

    /// What was said to the hosts since the last time.
    pub(crate) fn said(&self) -> Vec<String> {
        std::mem::take(&mut *self.courier.said.lock().unwrap())
    }

    /// Octets that went to hosts since the last time.
    pub(crate) fn wire(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.courier.wire.lock().unwrap())).into_owned()
    }

    /// Octets that went to hosts and were not taken by [`Self::wire`] yet.
    pub(crate) fn peek(&self) -> String {
        String::from_utf8_lossy(&self.courier.wire.lock().unwrap()).into_owned()
    }

    /// Dots that were marked in what went to hosts; each stood at its place.
    pub(crate) fn dots(&self) -> usize {
        *self.courier.dots.lock().unwrap()
    }

    /// The one SERVER span.
    pub(crate) fn server(&self) -> CapturedSpan {
        let mut spans = self.capture.spans();
        spans.retain(|span| span.kind == CapturedKind::Server);
        assert_eq!(spans.len(), 1, "one transaction has one record");
        spans.remove(0)
    }

    /// Outcome, flag, error type and whether the status is Error.
    pub(crate) fn outcome(&self) -> String {
        let span = self.server();
        let of = |name: &str| span.attributes.get(name).cloned().unwrap_or_else(|| "-".to_owned());
        let status = if span.status == CapturedStatus::Error { "Error" } else { "Unset" };
        let (outcome, flag, error) = (of("smtp.outcome"), of("smtp.response_flag"), of("error.type"));
        format!("{outcome} {flag} {error} {} {status}", of("smtp.reply.code"))
    }

    /// Number of attempts in the trace.
    pub(crate) fn attempts(&self) -> usize {
        self.capture.spans().iter().filter(|span| span.kind == CapturedKind::Client).count()
    }
}

pub(crate) async fn rcpt(transaction: &mut Transaction<FakeCourier>, mailbox: &str) -> String {
    shown(&transaction.rcpt(request(mailbox, RcptParameters::default())).await)
}

pub(crate) fn request(mailbox: &str, parameters: RcptParameters) -> RcptRequest {
    RcptRequest { mailbox: Mailbox::parse(mailbox).unwrap(), parameters }
}

/// The two codes.
pub(crate) fn shown(reply: &Reply) -> String {
    match reply.enhanced() {
        Some(enhanced) => format!("{} {enhanced}", reply.code()),
        None => reply.code().to_string(),
    }
}

/// DATA, a body, and the end of it; the codes of the final reply, whichever it is.
pub(crate) async fn send(transaction: &mut Transaction<FakeCourier>, wire: &[u8]) -> String {
    let reply = transaction.data(BodyForm::Stuffed).await;
    if reply.code() != 354 {
        return shown(&reply);
    }
    if !wire.is_empty() {
        transaction.body(BodyChunk::undotted(wire)).await;
    }
    shown(&transaction.finish(Message { size: wire.len() as u64, hops: 0 }).await)
}
