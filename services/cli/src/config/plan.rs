//! What has to be done so that the stored configuration becomes that of the file.

use postroad_api::connector::v1::{Certificate, ChangeAction, Connector, FieldChange, ObjectChange};
use postroad_api::fleet::v1::{Relay, Site, SiteLink, UpdateRelayRequest};
use serde_json::{Value, json};

use super::document::Document;
use super::stored::{self, Wanted};
use super::{FileArguments, certificates, connectors, fleet};
use crate::client::ControlPlane;
use crate::connector::secret_slot::Slot;
use crate::secret::Source;
use crate::{Console, Failure, object_change};

/// All that differs, in the order in which it is to be done.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// What is stored and not in the file, and stays.
    kept: Vec<String>,
    pub(super) problems: Vec<String>,
}

/// One object that differs.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) change: ObjectChange,
    pub(super) work: Work,
}

/// How it is made equal.
#[derive(Debug)]
pub(super) enum Work {
    CreateSite(Site),
    UpdateSite(Site),
    CreateLink(SiteLink),
    UpdateLink(SiteLink),
    SetRelay(UpdateRelayRequest),
    /// With the place of its key.
    CreateCertificate(Certificate, Option<Source>),
    UpdateCertificate(Certificate, Option<Source>),
    CreateConnector(Connector, Vec<(Slot, Source)>),
    /// With the fields that differ.
    UpdateConnector(Connector, Vec<String>, Vec<(Slot, Source)>),
    DeleteConnector(Connector),
    DeleteCertificate(Certificate),
    DeleteRelay(Relay),
    DeleteLink(SiteLink),
    DeleteSite(Site),
}

impl Work {
    /// What others refer to comes first, and goes last.
    const fn rank(&self) -> u8 {
        match self {
            Self::CreateSite(_) | Self::UpdateSite(_) => 0,
            Self::CreateLink(_) | Self::UpdateLink(_) | Self::SetRelay(_) => 1,
            Self::CreateCertificate(..) | Self::UpdateCertificate(..) => 2,
            Self::CreateConnector(..) | Self::UpdateConnector(..) | Self::DeleteConnector(_) => 3,
            Self::DeleteCertificate(_) => 4,
            Self::DeleteRelay(_) | Self::DeleteLink(_) => 5,
            Self::DeleteSite(_) => 6,
        }
    }

    /// Whether it is part of the one change of all connectors.
    pub(super) const fn is_connector(&self) -> bool {
        self.rank() == 3
    }
}

/// Compares a file with what is stored.
///
/// # Errors
/// Everything that is wrong with the connectors of the file, by the rules of the model, at once.
pub(super) async fn make(
    document: Document,
    arguments: &FileArguments,
    control_plane: &ControlPlane,
) -> Result<Plan, Failure> {
    let stored = stored::read(control_plane, &Wanted::by(&document)).await?;
    let mut plan = Plan::default();
    if let Some(sites) = document.sites {
        fleet::sites(sites, &stored.sites, arguments.prune, &mut plan);
    }
    if let Some(links) = document.site_links {
        fleet::links(links, &stored.links, arguments.prune, &mut plan);
    }
    if let Some(relays) = document.relays {
        fleet::relays(relays, &stored.relays, arguments.prune, &mut plan);
    }
    if let Some(certificates) = document.certificates {
        certificates::plan(certificates, &stored.certificates, arguments, &mut plan);
    }
    if let Some(entries) = document.entries {
        connectors::plan(entries, &stored.connectors, arguments, &mut plan);
    }
    if !plan.problems.is_empty() {
        return Err(Failure::Usage(plan.problems));
    }
    plan.steps.sort_by_key(|step| step.work.rank());
    Ok(plan)
}

impl Plan {
    /// Adds a step.
    pub(super) fn step(&mut self, kind: &str, name: &str, fields: Vec<FieldChange>, work: Work) {
        let action = match &work {
            Work::CreateSite(_) | Work::CreateLink(_) | Work::CreateCertificate(..) | Work::CreateConnector(..) => {
                ChangeAction::Created
            }
            Work::SetRelay(request) if request.etag.is_empty() => ChangeAction::Created,
            Work::UpdateSite(_)
            | Work::UpdateLink(_)
            | Work::SetRelay(_)
            | Work::UpdateCertificate(..)
            | Work::UpdateConnector(..) => ChangeAction::Updated,
            _ => ChangeAction::Deleted,
        };
        let change = ObjectChange {
            kind: kind.to_owned(),
            name: name.to_owned(),
            action: action.into(),
            fields,
            ..ObjectChange::default()
        };
        self.steps.push(Step { change, work });
    }

    /// Something that is stored and not in the file: it goes, or it is said to stay.
    pub(super) fn surplus(&mut self, kind: &str, name: &str, prune: bool, work: Work) {
        match prune {
            true => self.step(kind, name, Vec::new(), work),
            false => self.kept.push(format!("{} \"{name}\"", kind.replace('_', " "))),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    fn changes(&self) -> Vec<ObjectChange> {
        self.steps.iter().map(|step| step.change.clone()).collect()
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        if self.is_empty() {
            return "nothing differs".to_owned();
        }
        let count = |action| self.steps.iter().filter(|step| step.change.action() == action).count();
        let mut lines = object_change::lines(&self.changes());
        lines.push(format!(
            "{} to create, {} to change, {} to delete",
            count(ChangeAction::Created),
            count(ChangeAction::Updated),
            count(ChangeAction::Deleted)
        ));
        lines.join("\n")
    }

    /// For programs; with the newest revision that applying it made.
    pub(super) fn value(&self, applied: Option<u64>) -> Value {
        json!({
            "changes": self.changes().iter().map(object_change::value).collect::<Vec<_>>(),
            "kept": self.kept,
            "applied": applied.is_some(),
            "revision": applied,
        })
    }

    /// Says what is kept although the file does not have it.
    pub(super) fn remark(&self, console: &mut Console) {
        for kept in &self.kept {
            console.remark(&format!("kept: {kept} is not in the file; --prune would delete it"));
        }
    }
}

/// A field before and after, where they differ.
pub(super) fn differing(path: &str, before: &Value, after: &Value) -> Option<FieldChange> {
    (before != after).then(|| {
        let text = |value: &Value| if value.is_null() { String::new() } else { value.to_string() };
        FieldChange { path: path.to_owned(), before: text(before), after: text(after) }
    })
}

/// A secret that is set.
pub(super) fn secret(path: &str) -> FieldChange {
    FieldChange { path: path.to_owned(), ..FieldChange::default() }
}
