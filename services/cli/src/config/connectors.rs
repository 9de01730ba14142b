//! Connectors: what differs.

use postroad_api::connector::v1::{Connector, FieldChange};
use postroad_api::{ServerFields, admin_connector, checked_connector};
use postroad_connector_model::ConnectorId;
use serde_json::Value;

use super::FileArguments;
use super::plan::{Plan, Work, differing, secret};
use crate::connector::catalogue::FIELDS;
use crate::connector::change::Change;
use crate::connector::file::Entry;
use crate::connector::secret_slot::SLOTS;
use crate::connector::view;
use crate::printable::printable;

/// Compares connectors. A field that the file does not name has its default.
pub(super) fn plan(entries: Vec<Entry>, stored: &[Connector], arguments: &FileArguments, plan: &mut Plan) {
    let name_of = |c: &Connector| c.name.to_lowercase();
    let mut names = Vec::new();
    for entry in entries {
        let found = stored.iter().find(|c| name_of(c) == name_of(&entry.change.connector));
        names.push(name_of(&entry.change.connector));
        match stored_form(&entry.change, found) {
            Err(problems) => plan.problems.extend(problems),
            Ok(wanted) => compare(entry.change, &wanted, found, arguments, plan),
        }
    }
    for c in stored {
        if !names.contains(&name_of(c)) {
            plan.surplus("connector", &c.name, arguments.prune, Work::DeleteConnector(c.clone()));
        }
    }
}

/// The connector as the control plane would store it: domains as A-labels, sizes rounded, defaults filled in.
fn stored_form(change: &Change, stored: Option<&Connector>) -> Result<Connector, Vec<String>> {
    let mut wanted = change.connector.clone();
    let mut stored = stored.cloned().unwrap_or_default();
    for slot in SLOTS {
        let named = change.secrets.iter().any(|(named, _)| *named == slot);
        let kept = slot.mark(&mut stored).is_some_and(|mark| *mark);
        if let Some(mark) = slot.mark(&mut wanted) {
            *mark = named || kept;
        }
    }
    let (model, _warnings) = checked_connector(&wanted, &ConnectorId::new("wanted")).map_err(|violations| {
        let name = printable(&change.connector.name);
        violations.0.into_iter().map(|v| format!("connector \"{name}\", {}: {}", v.field, v.text)).collect::<Vec<_>>()
    })?;
    Ok(admin_connector(&model, ServerFields::default()))
}

fn compare(change: Change, wanted: &Connector, stored: Option<&Connector>, arguments: &FileArguments, plan: &mut Plan) {
    let name = change.connector.name.clone();
    let Some(stored) = stored else {
        let said = FIELDS.iter().filter(|field| field.path != "name" && !field.is_default(wanted));
        let mut fields: Vec<_> =
            said.filter_map(|field| differing(field.path, &Value::Null, &field.written(wanted))).collect();
        fields.extend(differing("credential", &Value::Null, &view::account(wanted)));
        plan.step("connector", &name, fields, Work::CreateConnector(change.connector, change.secrets));
        return;
    };
    if view::usage(wanted) != view::usage(stored) {
        plan.problems.push(format!(
            "connector \"{}\", usage: it is fixed when a connector is created, and this one has {}; delete the connector, \
             or give it that usage.",
            printable(&name),
            view::usage(stored)
        ));
        return;
    }
    let mut fields: Vec<FieldChange> = FIELDS
        .iter()
        .filter(|field| field.json(stored) != field.json(wanted))
        .filter_map(|field| differing(field.path, &field.written(stored), &field.written(wanted)))
        .collect();
    let mut mask: Vec<_> = fields.iter().map(|field| field.path.clone()).collect();
    let account = differing("credential", &view::account(stored), &view::account(wanted));
    let secrets = if account.is_some() || arguments.rotate_secrets { change.secrets } else { Vec::new() };
    if account.is_some() {
        mask.push("credential".to_owned());
    } else {
        mask.extend(secrets.iter().map(|(slot, _)| slot.path().to_owned()));
    }
    fields.extend(account);
    fields.extend(secrets.iter().map(|(slot, _)| secret(slot.path())));
    if mask.is_empty() {
        return;
    }
    let mut connector = change.connector;
    connector.id.clone_from(&stored.id);
    connector.etag.clone_from(&stored.etag);
    plan.step("connector", &name, fields, Work::UpdateConnector(connector, mask, secrets));
}
