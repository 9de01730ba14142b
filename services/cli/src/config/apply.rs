//! `postroad config apply`.

use postroad_api::connector::v1::{
    BatchApplyRequest, BatchApplyResponse, Certificate, ConnectorChange, ConnectorRemoval, ConnectorUpdate,
    CreateCertificateRequest, DeleteCertificateRequest, UpdateCertificateRequest, connector_change,
};
use postroad_api::fleet::v1::{
    CreateSiteLinkRequest, CreateSiteRequest, DeleteRelayRequest, DeleteSiteLinkRequest, DeleteSiteRequest, Relay,
    Site, SiteLink, UpdateSiteLinkRequest, UpdateSiteRequest,
};

use super::ApplyArguments;
use super::document::Document;
use super::plan::{self, Plan, Work};
use crate::client::{ControlPlane, Reach, send};
use crate::connector::view;
use crate::secret::Source;
use crate::writing::request_id;
use crate::{Console, Failure, Output};

/// Changes that one call takes, and so one revision.
const BATCH: usize = 1000;

/// Shows the plan, asks, and does it: everything that connectors refer to, then all connectors in one revision.
pub(super) async fn run(
    desired: Document,
    arguments: &ApplyArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    arguments.writing.can_ask(console)?;
    let control_plane = reach.connect().await?;
    let plan = plan::make(desired, &arguments.file, &control_plane).await?;
    plan.remark(console);
    if plan.is_empty() {
        return console.print(output, &plan.value(None), || "nothing differs; nothing was changed".to_owned());
    }
    let (shown, value) = (plan.text(), plan.value(None));
    if arguments.writing.dry_run {
        check(plan, &control_plane, console).await?;
        return console.print(output, &value, || format!("{shown}\nnothing was changed"));
    }
    if !arguments.writing.yes {
        console.remark(&shown);
        arguments.writing.allow("Apply this?", console)?;
    }
    let done = carry_out(plan, &control_plane, console).await?;
    let mut value = value;
    if let Some(members) = value.as_object_mut() {
        members.insert("applied".to_owned(), true.into());
        members.insert("revision".to_owned(), done.into());
    }
    console.print(output, &value, || format!("{shown}\napplied; newest revision {done}"))
}

/// Has the connectors checked, where they do not refer to what is not stored yet.
async fn check(plan: Plan, control_plane: &ControlPlane, console: &mut Console) -> Result<(), Failure> {
    let (connectors, others): (Vec<_>, Vec<_>) = plan.steps.into_iter().partition(|step| step.work.is_connector());
    if !others.is_empty() {
        console.remark("the control plane did not check the connectors: they may refer to what is not stored yet");
        return Ok(());
    }
    let changes = connectors.into_iter().map(|step| connector_change(step.work, console)).collect::<Result<_, _>>()?;
    batch(changes, true, control_plane, console).await.map(|_| ())
}

/// Does everything; the newest revision.
async fn carry_out(plan: Plan, control_plane: &ControlPlane, console: &mut Console) -> Result<u64, Failure> {
    // Every secret is fetched before anything is changed.
    let mut before = Vec::new();
    let mut connectors = Vec::new();
    let mut after = Vec::new();
    for step in plan.steps {
        match step.work {
            work if work.is_connector() => connectors.push(connector_change(work, console)?),
            Work::CreateCertificate(it, key) => before.push(Work::CreateCertificate(with_key(it, key, console)?, None)),
            Work::UpdateCertificate(it, key) => before.push(Work::UpdateCertificate(with_key(it, key, console)?, None)),
            work if connectors.is_empty() && !is_removal(&work) => before.push(work),
            work => after.push(work),
        }
    }
    let mut revision = 0;
    for work in before {
        revision = revision.max(one(work, control_plane).await?);
    }
    if !connectors.is_empty() {
        revision = revision.max(batch(connectors, false, control_plane, console).await?);
    }
    for work in after {
        revision = revision.max(one(work, control_plane).await?);
    }
    Ok(revision)
}

const fn is_removal(work: &Work) -> bool {
    matches!(work, Work::DeleteCertificate(_) | Work::DeleteRelay(_) | Work::DeleteLink(_) | Work::DeleteSite(_))
}

fn with_key(mut it: Certificate, key: Option<Source>, console: &mut Console) -> Result<Certificate, Failure> {
    if let Some(source) = key {
        source.read("Private key", console)?.expose().clone_into(&mut it.private_key_pem);
    }
    Ok(it)
}

fn connector_change(work: Work, console: &mut Console) -> Result<ConnectorChange, Failure> {
    let change = match work {
        Work::CreateConnector(mut connector, secrets) => {
            for (slot, source) in secrets {
                slot.fetch(&source, &mut connector, console)?;
            }
            Some(connector_change::Change::Create(connector))
        }
        Work::UpdateConnector(mut connector, update_mask, secrets) => {
            for (slot, source) in secrets {
                slot.fetch(&source, &mut connector, console)?;
            }
            Some(connector_change::Change::Update(ConnectorUpdate { connector: Some(connector), update_mask }))
        }
        Work::DeleteConnector(it) => {
            Some(connector_change::Change::Delete(ConnectorRemoval { connector: it.id, etag: it.etag }))
        }
        _ => None,
    };
    Ok(ConnectorChange { change })
}

async fn batch(
    changes: Vec<ConnectorChange>,
    validate_only: bool,
    control_plane: &ControlPlane,
    console: &mut Console,
) -> Result<u64, Failure> {
    let mut revision = 0;
    if changes.len() > BATCH {
        console.remark(&format!("{} connectors differ; every {BATCH} of them make one revision", changes.len()));
    }
    for changes in changes.chunks(BATCH) {
        let request = BatchApplyRequest { changes: changes.to_vec(), validate_only, request_id: request_id() };
        let answer: Result<BatchApplyResponse, Failure> = send!(control_plane, connectors.batch_apply(request));
        let answer = answer.map_err(|failure| match failure {
            Failure::Refused(refusal) => Failure::Refused(refusal.with_names(&names(changes))),
            other => other,
        })?;
        answer.connectors.iter().flat_map(view::warnings).for_each(|warning| console.remark(&warning));
        revision = answer.revision;
    }
    Ok(revision)
}

/// Names of the connectors of a batch.
fn names(changes: &[ConnectorChange]) -> Vec<String> {
    let name = |change: &ConnectorChange| match &change.change {
        Some(connector_change::Change::Create(connector)) => connector.name.clone(),
        Some(connector_change::Change::Update(update)) => {
            update.connector.as_ref().map(|connector| connector.name.clone()).unwrap_or_default()
        }
        Some(connector_change::Change::Delete(removal)) => removal.connector.clone(),
        None => String::new(),
    };
    changes.iter().map(name).collect()
}

/// Does one thing that is no connector; its revision, where the control plane tells it.
async fn one(work: Work, control_plane: &ControlPlane) -> Result<u64, Failure> {
    let (validate_only, request_id) = (false, request_id());
    Ok(match work {
        Work::CreateSite(it) => {
            send!(control_plane, fleet.create_site(CreateSiteRequest { site: Some(it), validate_only, request_id }))?
                .revision
        }
        Work::UpdateSite(it) => {
            send!(control_plane, fleet.update_site(UpdateSiteRequest { site: Some(it), validate_only, request_id }))?
                .revision
        }
        Work::DeleteSite(Site { name, etag, .. }) => {
            let request = DeleteSiteRequest { name, etag, validate_only, request_id };
            send!(control_plane, fleet.delete_site(request))?.revision
        }
        Work::CreateLink(it) => {
            let request = CreateSiteLinkRequest { site_link: Some(it), validate_only, request_id };
            send!(control_plane, fleet.create_site_link(request))?.revision
        }
        Work::UpdateLink(it) => {
            let request = UpdateSiteLinkRequest { site_link: Some(it), validate_only, request_id };
            send!(control_plane, fleet.update_site_link(request))?.revision
        }
        Work::DeleteLink(SiteLink { from_site, to_site, etag, .. }) => {
            let request = DeleteSiteLinkRequest { from_site, to_site, etag, validate_only, request_id };
            send!(control_plane, fleet.delete_site_link(request))?.revision
        }
        Work::SetRelay(mut request) => {
            request.request_id = request_id;
            send!(control_plane, fleet.update_relay(request))?;
            0
        }
        Work::DeleteRelay(Relay { name, etag, .. }) => {
            let request = DeleteRelayRequest { name, etag, validate_only, request_id };
            send!(control_plane, fleet.delete_relay(request))?.revision
        }
        Work::CreateCertificate(it, _) => {
            let request = CreateCertificateRequest { certificate: Some(it), validate_only, request_id };
            send!(control_plane, certificates.create_certificate(request))?.revision
        }
        Work::UpdateCertificate(it, _) => {
            let request = UpdateCertificateRequest { certificate: Some(it), validate_only, request_id };
            send!(control_plane, certificates.update_certificate(request))?.revision
        }
        Work::DeleteCertificate(Certificate { name, etag, .. }) => {
            let request = DeleteCertificateRequest { name, etag, validate_only, request_id };
            send!(control_plane, certificates.delete_certificate(request))?.revision
        }
        Work::CreateConnector(..) | Work::UpdateConnector(..) | Work::DeleteConnector(_) => 0,
    })
}
