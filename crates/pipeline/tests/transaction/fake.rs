//! A courier to hosts that exist on paper only.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use postroad_connector_model::Connector;
use postroad_delivery::{Courier, Delivery, Fault, FaultKind, Finish, Halt, Order, Shortcoming};
use postroad_mail_types::{EnhancedCode, Mailbox, Reply, ReversePath};
use postroad_smtp_codec::{BodyChunk, BodyForm, Capabilities, MailParameters, RcptParameters};
use postroad_telemetry::{AttemptRecord, ErrorType, Phase, TlsPolicy};

/// What a host does at one step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// A reply.
    Say(u16),
    /// A fault of the connection.
    Fault(FaultKind),
    /// Nothing, ever.
    Hang,
}

/// One host. A step without an act is answered well.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) open: Option<Act>,
    pub(crate) offers: Option<Capabilities>,
    pub(crate) mail: Option<Act>,
    /// By recipient; each act is used up, then all is well.
    pub(crate) rcpt: BTreeMap<&'static str, VecDeque<Act>>,
    pub(crate) data: Option<Act>,
    pub(crate) body: Option<Act>,
    pub(crate) dot: Option<Act>,
    pub(crate) quit: Option<Act>,
}

/// Hosts by port, and what was said to them: "1 MAIL", "1 RCPT b@y.example".
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeCourier {
    pub(crate) hosts: BTreeMap<u16, Script>,
    pub(crate) said: Arc<Mutex<Vec<String>>>,
    pub(crate) wire: Arc<Mutex<Vec<u8>>>,
    pub(crate) dots: Arc<Mutex<usize>>,
}

pub(crate) struct FakeDelivery {
    port: u16,
    script: Script,
    offers: Capabilities,
    courier: FakeCourier,
    attempt: AttemptRecord,
    in_doubt: bool,
}

impl std::fmt::Debug for FakeDelivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FakeDelivery").field("port", &self.port).finish_non_exhaustive()
    }
}

fn reply(code: u16) -> Reply {
    let class = u8::try_from(code / 100).unwrap();
    Reply::fixed(code, (class != 3).then(|| EnhancedCode::new(class, 9, 9)), "said the host")
}

async fn act(act: Option<Act>, usual: u16, phase: Phase) -> Result<Reply, Fault> {
    match act.unwrap_or(Act::Say(usual)) {
        Act::Say(code) => Ok(reply(code)),
        Act::Fault(kind) => Err(Fault::new(kind, phase, ErrorType::ConnectionReset, "as scripted")),
        Act::Hang => std::future::pending().await,
    }
}

impl Courier for FakeCourier {
    type Delivery = FakeDelivery;

    /// It can do everything but look up MX and hand mail on to another relay.
    fn shortcomings(&self, connector: &Connector, is_source: bool) -> Vec<Shortcoming> {
        let met = [(connector.dns_routing, "dns_routing"), (!is_source, "source_relays")];
        met.into_iter()
            .filter(|(met, _)| *met)
            .map(|(_, field)| Shortcoming { field, text: "Not by this one." })
            .collect()
    }

    async fn open(&self, order: Order) -> Result<FakeDelivery, (Fault, AttemptRecord)> {
        let port = order.connector.smart_host_port(&order.host);
        let script = self.hosts.get(&port).cloned().unwrap_or_default();
        self.said.lock().unwrap().push(format!("{port} open"));
        let now = Instant::now();
        let attempt = AttemptRecord {
            span_id: order.span_id,
            start: now,
            end: now,
            connector: order.connector.name.as_str().to_owned(),
            number: order.number,
            server: order.host.host.to_string(),
            port,
            peer: None,
            reused: false,
            tls_policy: TlsPolicy::May,
            tls: None,
            auth_mechanism: None,
            bytes_sent: 0,
            times: Vec::new(),
            phase: None,
            reply: None,
            error: None,
        };
        match act(script.open, 220, Phase::Connect).await {
            Ok(_) => {
                let all = Capabilities { eight_bit_mime: true, size: true, ..Capabilities::default() };
                let offers = script.offers.clone().unwrap_or(all);
                Ok(FakeDelivery { port, script, offers, courier: self.clone(), attempt, in_doubt: false })
            }
            Err(fault) => Err((fault, attempt)),
        }
    }
}

impl FakeDelivery {
    fn said(&self, what: &str) {
        self.courier.said.lock().unwrap().push(format!("{} {what}", self.port));
    }
}

impl Delivery for FakeDelivery {
    fn capabilities(&self) -> &Capabilities {
        &self.offers
    }

    async fn mail(&mut self, path: &ReversePath, parameters: &MailParameters, header: u64) -> Result<Reply, Fault> {
        self.said("MAIL");
        // What the real one would print.
        let mut line = Vec::new();
        postroad_smtp_codec::print_mail(&mut line, path, parameters, &self.offers, header);
        self.courier.wire.lock().unwrap().extend_from_slice(&line);
        act(self.script.mail, 250, Phase::Mail).await
    }

    async fn rcpt(&mut self, mailbox: &Mailbox, parameters: &RcptParameters) -> Result<Reply, Fault> {
        let mut line = Vec::new();
        postroad_smtp_codec::print_rcpt(&mut line, mailbox, parameters, &self.offers);
        let line = String::from_utf8(line).unwrap();
        self.said(&format!("RCPT {mailbox}{}", line.trim_end().split_once('>').unwrap().1));
        let next = self.script.rcpt.get_mut(mailbox.as_str()).and_then(VecDeque::pop_front);
        act(next, 250, Phase::Rcpt).await
    }

    async fn begin(&mut self, form: BodyForm) -> Result<Reply, Fault> {
        self.said(if form == BodyForm::Plain && self.offers.chunking { "BDAT" } else { "DATA" });
        act(self.script.data, 354, Phase::Data).await
    }

    async fn body(&mut self, run: BodyChunk<'_>) -> Result<(), Halt> {
        self.courier.wire.lock().unwrap().extend_from_slice(run.octets);
        assert!(run.dots.iter().all(|dot| run.octets[*dot] == b'.'));
        *self.courier.dots.lock().unwrap() += run.dots.len();
        match act(self.script.body, 250, Phase::Data).await {
            Ok(reply) if reply.is_positive() => Ok(()),
            Ok(reply) => Err(Halt::Refused(reply)),
            Err(fault) => Err(Halt::Failed(fault)),
        }
    }

    async fn finish(&mut self) -> Finish {
        self.said("dot");
        self.in_doubt = true;
        let finish = match act(self.script.dot, 250, Phase::Dot).await {
            Ok(reply) if reply.is_positive() => Finish::Accepted(reply),
            Ok(reply) => Finish::Refused(reply),
            Err(fault) => return Finish::InDoubt(fault),
        };
        self.in_doubt = false;
        finish
    }

    async fn close(self, polite: bool) -> AttemptRecord {
        self.said(if polite { "QUIT" } else { "closed" });
        // Whatever comes of it.
        let _left = act(self.script.quit, 221, Phase::Quit).await.is_ok();
        self.attempt
    }

    fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    fn abandon(mut self, why: ErrorType) -> AttemptRecord {
        self.said("abandoned");
        self.attempt.error = Some(why);
        self.attempt
    }
}
