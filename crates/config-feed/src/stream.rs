//! One stream from its Hello to its end.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use postroad_api::config::v1 as wire;
use postroad_api::config::v1::config_service_client::ConfigServiceClient;
use postroad_api::config::v1::stream_config_request::Message as Request;
use postroad_api::{bounded_problems, decode_records, limits, view_problem};
use postroad_connector_model::{Epoch, RelayIdentity, Revision, Snapshot};
use postroad_lifecycle::Shutdown;
use postroad_routing::{RouteTable, compile};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;
use tracing::{info, warn};

use crate::Feed;
use crate::link::{Held, Link, Ready, Step, nack};
use crate::mass_deletion::mass_deletion;
use crate::pending_ack::PendingAck;

/// How a stream ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// It was established: the first Heartbeat had come.
    pub(crate) established: bool,
    /// Over how long the control plane wants reconnects spread.
    pub(crate) spread: Option<Duration>,
    /// The control plane asked for another stream after this time.
    pub(crate) leave: Option<Duration>,
    /// Why, for the log.
    pub(crate) why: String,
}

const FIRST_HEARTBEAT: Duration = Duration::from_secs(10);
const LAST_WORD: Duration = Duration::from_secs(1);

impl Feed {
    /// Opens a stream over the channel and follows it to its end.
    pub(crate) async fn follow(&mut self, channel: Channel, shutdown: &Shutdown) -> Ended {
        let mut link = Link::default();
        let (leave, why) = match Box::pin(self.exchange(channel, &mut link, shutdown)).await {
            Ok(leave) => (Some(leave), "the control plane asked for another stream".to_owned()),
            Err(why) => (None, why),
        };
        Ended { established: link.greeted, spread: link.spread, leave, why }
    }

    async fn exchange(&mut self, channel: Channel, link: &mut Link, shutdown: &Shutdown) -> Result<Duration, String> {
        let (sender, receiver) = mpsc::channel(16);
        // The Hello is queued before the call: the call returns only with the first answer.
        say(&sender, Request::Hello(self.hello())).await?;
        let mut client = ConfigServiceClient::new(channel).max_decoding_message_size(limits::MESSAGE);
        let call = client.stream_config(ReceiverStream::new(receiver));
        let mut answers = within(FIRST_HEARTBEAT, shutdown, call).await?.map_err(|status| text(&status))?.into_inner();
        let mut pending = PendingAck::default();
        loop {
            let patience = match link.interval {
                Some(interval) if link.greeted => interval * 3,
                _ => FIRST_HEARTBEAT,
            };
            let message = tokio::select! {
                message = within(patience, shutdown, answers.message()) => message?,
                () = pending.due() => {
                    send(&mut pending, &sender).await?;
                    continue;
                }
            };
            let message = message.map_err(|status| text(&status))?.ok_or("the control plane ended the stream")?;
            let step = link.on(message.message, &self.held).map_err(|fault| fault.to_string())?;
            match step {
                Step::Nothing => {}
                Step::Answer(request) => {
                    // An answer to a later transfer closes the earlier ones, so the Ack of one comes first.
                    send(&mut pending, &sender).await?;
                    say(&sender, request).await?;
                }
                Step::AnswerAndLeave(request) => {
                    send(&mut pending, &sender).await?;
                    say(&sender, request).await?;
                    drop(sender);
                    heard_out(&mut answers, shutdown).await;
                    return Err("the control plane's revision is older than the applied one".to_owned());
                }
                Step::Leave(after) => return Ok(after),
                Step::Apply(ready) => match self.apply(ready).await {
                    Ok(ack) => pending.replace(ack),
                    Err(refusal) => {
                        send(&mut pending, &sender).await?;
                        say(&sender, refusal).await?;
                    }
                },
            }
        }
    }

    fn hello(&self) -> wire::Hello {
        let settings = &self.settings;
        let source = if self.held.revision == 0 { wire::ConfigSource::None } else { wire::ConfigSource::Stream };
        wire::Hello {
            relay_name: settings.relay.name.clone(),
            site: settings.relay.site.clone(),
            version: settings.version.clone(),
            boot_id: self.boot_id.to_vec(),
            epoch: self.held.epoch.clone(),
            revision: self.held.revision,
            view_digest: self.held.digest.clone(),
            source: source.into(),
            listeners: settings.listeners.clone(),
            ..wire::Hello::default()
        }
    }

    /// Compiles apart from the threads that carry mail and publishes by one swap; the Ack, or the Nack as the error.
    async fn apply(&mut self, ready: Ready) -> Result<wire::Ack, Request> {
        let (relay, current) = (self.settings.relay.clone(), self.table.borrow().clone());
        let Ready { begin, digest, records } = ready;
        let mass_delete = begin.allow_mass_delete;
        let (epoch, revision) = (begin.epoch.clone(), begin.revision);
        let usability = self.settings.usability.clone();
        let compiled = tokio::task::spawn_blocking(move || {
            let table = build(&epoch, revision, &records, &relay, current.as_deref().filter(|_| !mass_delete))?;
            let unusable = usability.problems(&table);
            Ok((table, unusable))
        })
        .await
        .unwrap_or_else(|_panic| Err(vec![view_problem(wire::ProblemReason::Invalid, "compiling the view failed")]));
        match compiled {
            Ok((table, unusable)) => {
                self.held = Held {
                    epoch: begin.epoch.to_vec(),
                    revision: begin.revision,
                    digest: digest.to_vec(),
                    connectors: table.len(),
                };
                self.table.send_replace(Some(Arc::new(table)));
                info!(revision = self.held.revision, connectors = self.held.connectors, "configuration applied");
                if let Some(first) = unusable.first() {
                    let (problems, first) = (unusable.len(), format!("{}, {}", first.text, first.field_path));
                    warn!(revision = self.held.revision, problems, first, "connectors that cannot be used here");
                }
                Ok(wire::Ack {
                    transfer: begin.transfer,
                    revision: begin.revision,
                    view_digest: digest.to_vec(),
                    apply_time: Some(now()),
                    // As many as a Nack may hold; the log has their number.
                    unusable: bounded_problems(unusable).0,
                })
            }
            Err(problems) => {
                warn!(
                    revision = begin.revision,
                    problems = problems.len(),
                    first = problems.first().map(|p| p.text.as_str()),
                    "configuration refused; the one held stays in force"
                );
                Err(nack(&begin, &digest, problems))
            }
        }
    }
}

/// Records to a table, or everything that is wrong. `guarded`: the table whose connectors must not vanish unmeant.
fn build(
    epoch: &[u8],
    revision: u64,
    records: &[wire::Record],
    relay: &RelayIdentity,
    guarded: Option<&RouteTable>,
) -> Result<RouteTable, Vec<wire::Problem>> {
    let invalid = |text: &str| vec![view_problem(wire::ProblemReason::Invalid, text)];
    let epoch: [u8; 16] = epoch.try_into().map_err(|_length| invalid("an epoch has 16 octets"))?;
    let decoded = decode_records(records)?;
    let surroundings = decoded.surroundings();
    let snapshot = Snapshot {
        epoch: Epoch(epoch),
        revision: Revision(revision),
        connectors: decoded.connectors.into_iter().map(|decoded| decoded.value).collect(),
        credentials: decoded.credentials,
        surroundings,
    };
    if let Some(text) = guarded.and_then(|table| mass_deletion(table, &snapshot)) {
        return Err(vec![view_problem(wire::ProblemReason::MassDelete, text)]);
    }
    compile(&snapshot, relay).map_err(|problems| {
        let problem = |problem: postroad_routing::Problem| wire::Problem {
            key: Some(wire::RecordKey { kind: wire::RecordKind::Connector.into(), id: problem.id.to_string() }),
            version: 0,
            field_path: problem.field,
            reason: wire::ProblemReason::Invalid.into(),
            text: problem.text,
        };
        problems.0.into_iter().map(problem).collect()
    })
}

async fn send(pending: &mut PendingAck, sender: &mpsc::Sender<wire::StreamConfigRequest>) -> Result<(), String> {
    match pending.take() {
        Some(ack) => say(sender, Request::Ack(ack)).await,
        None => Ok(()),
    }
}

/// Waits a moment for the control plane to end the stream: what was said last would be lost with the connection.
async fn heard_out(answers: &mut Streaming<wire::StreamConfigResponse>, shutdown: &Shutdown) {
    let until = Instant::now() + LAST_WORD;
    while let Some(left) = until.checked_duration_since(Instant::now())
        && let Ok(Ok(Some(_))) = within(left, shutdown, answers.message()).await
    {}
}

async fn say(sender: &mpsc::Sender<wire::StreamConfigRequest>, message: Request) -> Result<(), String> {
    let request = wire::StreamConfigRequest { message: Some(message) };
    match tokio::time::timeout(FIRST_HEARTBEAT, sender.send(request)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err("the control plane takes no answers".to_owned()),
    }
}

async fn within<T>(patience: Duration, shutdown: &Shutdown, future: impl Future<Output = T>) -> Result<T, String> {
    tokio::select! {
        () = shutdown.begun() => Err("the relay stops".to_owned()),
        done = tokio::time::timeout(patience, future) => {
            done.map_err(|_elapsed| format!("nothing was heard of the control plane for {} s", patience.as_secs()))
        }
    }
}

fn text(status: &tonic::Status) -> String {
    format!("{}: {}", status.code().description(), status.message())
}

#[allow(clippy::disallowed_methods, reason = "the Ack tells the control plane when it was applied, by this clock")]
fn now() -> prost_types::Timestamp {
    SystemTime::now().into()
}
