//! The steps of quickstart, in their order.

use std::path::Path;
use std::time::Duration;

use postroad_api::connector::v1::{
    AddressSpace, Connector, CreateConnectorRequest, ExplainRouteRequest, GetConnectorRequest, SmartHost,
    UpdateConnectorRequest,
};
use postroad_api::fleet::v1::{ListRelaysRequest, Relay, RelayState};
use rand::RngCore as _;
use tonic::Code;

use super::capturing_host::{Captured, CapturingHost};
use super::guide::{self, Places};
use super::hop::Hop;
use super::sender::{self, Envelope, Sent};
use super::system::{NAME, RunningRelay, System};
use super::{QuickstartArguments, message, proof};
use crate::client::{ControlPlane, Reach};
use crate::{Console, Failure, smart_host};

/// Longest wait for the relay to have the connector.
const APPLIED: Duration = Duration::from_secs(15);
/// Longest wait for the capturing host to tell of the message, and for the spans of the message, after the reply.
const TOLD: Duration = Duration::from_secs(5);
/// Time between two looks at something that cannot be waited for.
const LOOK: Duration = Duration::from_millis(20);

/// What the steps work with.
pub(super) struct Steps<'a> {
    pub(super) arguments: &'a QuickstartArguments,
    pub(super) envelope: Envelope,
    /// A real smart host, if one is to be used.
    pub(super) smart_host: Option<SmartHost>,
    pub(super) system: &'a mut System,
}

impl Steps<'_> {
    /// Starts the parts and sends the message. With `--once` that is all; else it waits for ever.
    pub(super) async fn all(&mut self, console: &mut Console) -> Result<(), Failure> {
        let data_dir = self.system.data_dir(self.arguments.data_dir.as_deref())?;
        let grpc = self.system.start_control_plane(self.arguments, data_dir.clone()).await?;
        let mut host = match &self.smart_host {
            Some(_) => None,
            None => Some(self.system.start_host().await?),
        };
        let target = self.smart_host.clone().or_else(|| host.as_ref().map(target)).unwrap_or_default();
        let reach = Reach { server: format!("http://{grpc}"), timeout: APPLIED };
        let control_plane =
            reach.connect().await.map_err(|failure| Failure::step("reach the control plane", failure))?;
        let connector = put_connector(&control_plane, target.clone()).await?;
        let relay = self.system.start_relay(self.arguments, grpc).await?;
        let revision = applied(&control_plane, connector.revision, &relay).await?;
        self.check_route(&control_plane).await?;
        let places = Places {
            grpc,
            smtp: relay.smtp,
            admin: relay.admin,
            smart_host: smart_host::show(&target),
            captures: host.is_some(),
            data_dir: shown(&data_dir, self.arguments.data_dir.is_some()),
        };
        console.line(&guide::parts(&places, revision))?;
        let outcome = self.message(&relay, host.as_mut(), revision, console).await;
        if self.arguments.once {
            return outcome;
        }
        if let Err(failure) = outcome {
            console.complain(&failure);
        }
        console.line("ready")?;
        console.line(&guide::next_steps(&places, &self.envelope))?;
        stay(host, console).await
    }

    /// Sends the message, shows what became of it, and checks it.
    async fn message(
        &self,
        relay: &RunningRelay,
        host: Option<&mut CapturingHost>,
        revision: u64,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let message = message::compose(&self.envelope.from, &self.envelope.to, rand::rng().next_u64());
        let sent = sender::send(relay.smtp, &self.envelope, &message).await;
        let sent = sent.map_err(|cause| Failure::step("send the message", cause))?;
        let captured = match host {
            Some(host) if sent.reply.is_positive() => tokio::time::timeout(TOLD, host.next()).await.ok().flatten(),
            _ => None,
        };
        let hops = self.trace(&sent).await;
        let mut proof = proof::of_message(&sent, &message, captured.as_ref());
        if self.smart_host.is_none() && captured.is_none() {
            proof.identical = Some(false);
            proof.faults.push("the smart host has not got the message".to_owned());
        }
        proof.faults.extend(proof::of_trace(&hops));
        let above = captured.as_ref().and_then(|captured| captured.octets.strip_suffix(message.as_slice()));
        console.line(&guide::outcome(&sent, captured.as_ref(), above, &proof))?;
        console.line(&guide::trace(&sent, &hops))?;
        console.line(&guide::summary(revision, &sent, &proof, &hops))?;
        if proof.faults.is_empty() { Ok(()) } else { Err(Failure::step("check the message", proof.faults.join("; "))) }
    }

    /// The spans of the message. They end after the reply is written, so they are waited for.
    async fn trace(&self, sent: &Sent) -> Vec<Hop> {
        let Some(trace_id) = sent.reply.trace_id() else { return Vec::new() };
        let deadline = tokio::time::Instant::now() + TOLD;
        loop {
            let hops = self.system.hops(trace_id);
            // The SERVER span is made last, with or without attempts under it.
            if hops.iter().any(Hop::is_server) || tokio::time::Instant::now() >= deadline {
                return hops;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The recipient must go through our connector: a data directory may hold others.
    async fn check_route(&self, control_plane: &ControlPlane) -> Result<(), Failure> {
        let request = ExplainRouteRequest {
            recipient: self.envelope.to.clone(),
            sender: self.envelope.from.clone(),
            size: 0,
            ..Default::default()
        };
        let mut service = control_plane.connectors();
        let answer = control_plane.answer(service.explain_route(request)).await;
        let answer = answer.map_err(|failure| Failure::step("ask for the route", failure))?;
        match answer.chosen {
            Some(chosen) if chosen.name == NAME => Ok(()),
            Some(chosen) => Err(Failure::step(
                "ask for the route",
                format!(
                    "connector \"{}\" in the data directory carries {} instead of \"{NAME}\"; name another --data-dir, \
                     or another recipient with --to",
                    chosen.name, self.envelope.to
                ),
            )),
            None => Err(Failure::step("ask for the route", answer.refusal)),
        }
    }
}

fn target(host: &CapturingHost) -> SmartHost {
    let address = host.address();
    SmartHost { host: address.ip().to_string(), port: address.port().into(), ..SmartHost::default() }
}

fn shown(data_dir: &Path, kept: bool) -> String {
    let fate = if kept { "kept" } else { "removed at the end" };
    format!("{} ({fate})", data_dir.display())
}

/// Creates the connector for everything, or points the one that is there to the smart host.
async fn put_connector(control_plane: &ControlPlane, target: SmartHost) -> Result<Connector, Failure> {
    let step = |failure| Failure::step("create the connector", failure);
    let wanted = Connector {
        name: NAME.to_owned(),
        enabled: Some(true),
        address_spaces: vec![AddressSpace { r#type: "SMTP".to_owned(), space: "*".to_owned(), cost: Some(1) }],
        smart_hosts: vec![target],
        ..Connector::default()
    };
    let mut service = control_plane.connectors();
    let present = control_plane.answer(service.get_connector(GetConnectorRequest { connector: NAME.to_owned() })).await;
    let present = match present {
        Ok(present) => present,
        Err(Failure::Refused(refusal)) if refusal.code() == Code::NotFound => {
            let request = CreateConnectorRequest { connector: Some(wanted), ..Default::default() };
            return control_plane.answer(service.create_connector(request)).await.map_err(step);
        }
        Err(failure) => return Err(step(failure)),
    };
    let request = UpdateConnectorRequest {
        connector: Some(Connector { id: present.id, etag: present.etag, ..wanted }),
        update_mask: ["enabled", "address_spaces", "smart_hosts"].map(str::to_owned).into(),
        ..Default::default()
    };
    control_plane.answer(service.update_connector(request)).await.map_err(step)
}

/// Waits until the relay has applied the revision and is ready; returns the revision that it has.
async fn applied(control_plane: &ControlPlane, revision: u64, relay: &RunningRelay) -> Result<u64, Failure> {
    let step = |cause: String| Failure::step("wait for the relay", cause);
    let waited = tokio::time::timeout(APPLIED, async {
        loop {
            let mut service = control_plane.fleet();
            let answer = control_plane.answer(service.list_relays(ListRelaysRequest {})).await;
            let relays = answer.map_err(|failure| step(failure.to_string()))?.relays;
            if let Some(has) = relays.iter().find(|relay| relay.name == NAME).and_then(|relay| settled(relay, revision))
            {
                return has.map_err(step);
            }
            tokio::time::sleep(LOOK).await;
        }
    });
    let late = |_elapsed| step(format!("it has not applied revision {revision} within {APPLIED:?}; -v shows its log"));
    let has = waited.await.map_err(late)??;
    let ready = tokio::time::timeout(APPLIED, relay.readiness.became_ready()).await;
    ready.map_err(|_elapsed| step(format!("it still waits for: {}", relay.readiness.pending().join(", "))))?;
    Ok(has)
}

/// The revision that a connected relay has, once it is the wanted one; or why it refused it.
fn settled(relay: &Relay, revision: u64) -> Option<Result<u64, String>> {
    match relay.state() {
        RelayState::Connected | RelayState::Stale if relay.applied_revision >= revision => {
            Some(Ok(relay.applied_revision))
        }
        RelayState::Refusing => {
            let refusal = relay.last_refusal.as_ref().filter(|refusal| refusal.revision >= revision)?;
            let problems: Vec<_> = refusal.problems.iter().map(|p| format!("{}: {}", p.field_path, p.text)).collect();
            Some(Err(format!("it refused revision {}: {}", refusal.revision, problems.join("; "))))
        }
        _ => None,
    }
}

/// Tells of each message that the capturing host gets, until somebody ends it.
async fn stay(host: Option<CapturingHost>, console: &mut Console) -> Result<(), Failure> {
    let Some(mut host) = host else { return std::future::pending().await };
    while let Some(Captured { sender, recipients, octets, .. }) = host.next().await {
        console.line(&guide::arrival(&sender, &recipients, octets.len()))?;
    }
    std::future::pending().await
}
