//! The file that an import makes.

use std::path::Path;

use postroad_api::checked_connector;
use postroad_api::connector::v1::Connector;
use postroad_connector_model::ConnectorId;
use serde::Serialize;

use super::report::Report;
use crate::config::document::VERSION;
use crate::config::export::{Variables, written};
use crate::connector::account::{Account, Basic};
use crate::connector::change::Change;
use crate::members::Members;
use crate::{Console, Failure, Output};

/// Connectors that were read, and the report.
#[derive(Debug, Default)]
pub(super) struct Imported {
    pub(super) connectors: Vec<(Connector, Option<Account>)>,
    pub(super) report: Report,
}

#[derive(Serialize)]
struct File {
    version: u32,
    connectors: Vec<Members>,
}

/// An account whose password is an environment variable named after the connector.
pub(super) fn basic_account(connector: &str, user: Option<String>, variables: &mut Variables) -> Account {
    let password = Some(variables.reference(connector, "PASSWORD"));
    Account { basic: Some(Basic { user, password }), ..Account::default() }
}

/// Says what the rules of connectors have against the result, and writes it.
pub(super) fn write(
    imported: Imported,
    path: Option<&Path>,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    for (connector, account) in &imported.connectors {
        for problem in problems(connector, account.as_ref()) {
            console.remark(&format!("to be decided before it can be applied: {problem}"));
        }
    }
    let connectors = imported.connectors.iter().map(|(c, account)| written(c, account.as_ref()));
    let file = File { version: VERSION, connectors: connectors.collect::<Result<_, _>>()? };
    let form = if output == Output::Json { Output::Json } else { Output::Yaml };
    let Some(path) = path else { return console.print(form, &file, String::new) };
    let cannot = |error: &dyn std::fmt::Display| Failure::Local(format!("cannot write {}: {error}", path.display()));
    let text = match form {
        Output::Json => serde_json::to_string_pretty(&file).map_err(|error| cannot(&error))? + "\n",
        _ => serde_yaml_ng::to_string(&file).map_err(|error| cannot(&error))?,
    };
    std::fs::write(path, text).map_err(|error| cannot(&error))?;
    console.line(&format!("wrote {}: {} connectors", path.display(), file.connectors.len()))
}

/// What `config apply` would refuse.
fn problems(connector: &Connector, account: Option<&Account>) -> Vec<String> {
    let mut change = Change { connector: connector.clone(), ..Change::default() };
    if let Some(account) = account {
        account.clone().apply(&mut change);
    }
    for (slot, _) in std::mem::take(&mut change.secrets) {
        slot.stand_in(&mut change.connector);
    }
    let checked = checked_connector(&change.connector, &ConnectorId::new("imported"));
    let violations = checked.err().map(|violations| violations.0).unwrap_or_default();
    violations.into_iter().map(|v| format!("connector \"{}\", {}: {}", connector.name, v.field, v.text)).collect()
}
