//! `postroad connector update`.

use std::path::PathBuf;

use clap::Args;
use postroad_api::connector::v1::{Connector, UpdateConnectorRequest};

use super::account_flags::AccountFlags;
use super::change::Change;
use super::create::report;
use super::list_changes::ListChanges;
use super::{Fields, file, read, view};
use crate::client::{ControlPlane, Reach, send};
use crate::writing::{Writing, request_id};
use crate::{Console, Failure, Output};

/// What to change.
#[derive(Args, Debug)]
#[command(after_help = "\
A flag of a list replaces the list, and one empty value empties it; --add-X and
--remove-X change single entries.

Examples:
  postroad connector update to-internet --enabled false
  postroad connector update to-internet --add-smart-host backup.example:587
  postroad connector update to-internet --source-relay=
  postroad connector update to-internet --password-file /run/secrets/smtp
  postroad connector update -f changes.yaml --dry-run")]
pub(crate) struct UpdateArguments {
    /// Id or name.
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    connector: Option<String>,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    lists: ListChanges,
    /// Read changes from a YAML file, as with create. A connector is found by its id, else by its name; the keys that
    /// are present are changed, the others stay.
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    writing: Writing,
}

/// Reads the connectors, then sends the changes with their masks and the etags that were read.
pub(super) async fn run(
    arguments: UpdateArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let dry_run = arguments.writing.dry_run;
    let several = arguments.file.is_some();
    let wanted = changes(&arguments)?;
    let control_plane = reach.connect().await?;
    let mut requests = Vec::new();
    for (name, change) in wanted {
        let current = read::fetch(&control_plane, &name).await?;
        requests.push(request(current, change, &arguments.lists, &arguments.fields.account, console)?);
    }
    if requests.len() > 1 && !dry_run {
        send_all(&control_plane, &requests, true).await?;
    }
    let updated = send_all(&control_plane, &requests, dry_run).await?;
    report(&updated, several, output, console, |connector| sentence(connector, dry_run))
}

fn sentence(connector: &Connector, dry_run: bool) -> String {
    let name = view::quoted(&connector.name);
    if dry_run {
        return format!("the change of connector {name} would be accepted; nothing was stored");
    }
    format!("updated connector {name}, revision {}", connector.revision)
}

/// The connectors to change, by id or name, each with the change.
fn changes(arguments: &UpdateArguments) -> Result<Vec<(String, Change)>, Failure> {
    let mut problems = Vec::new();
    let flags = arguments.fields.change(&mut problems);
    arguments.lists.check(&mut problems);
    let flagged = !arguments.fields.is_empty() || !arguments.lists.is_empty();
    let mut wanted = Vec::new();
    match (&arguments.file, &arguments.connector) {
        (Some(_), _) if flagged => {
            problems.push("-f and flags of fields exclude each other: write the fields into the file.".to_owned());
        }
        (Some(path), _) => {
            for entry in file::read(path)? {
                match entry.target() {
                    Ok(target) => wanted.push(target),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        (None, Some(name)) if flagged => wanted.push((name.clone(), flags)),
        (None, _) => {
            problems.push("Say what to change, for example --enabled false; --help lists the fields.".to_owned());
        }
    }
    if problems.is_empty() { Ok(wanted) } else { Err(Failure::Usage(problems)) }
}

/// The request for one connector, made from its state as it is now.
fn request(
    current: Connector,
    mut change: Change,
    lists: &ListChanges,
    account: &AccountFlags,
    console: &mut Console,
) -> Result<UpdateConnectorRequest, Failure> {
    lists.apply(&current, &mut change)?;
    account.apply(Some(&current), &mut change).map_err(Failure::usage)?;
    change.fetch_secrets(console)?;
    let mut connector = change.connector;
    connector.id = current.id;
    connector.etag = current.etag;
    let update_mask = change.mask;
    Ok(UpdateConnectorRequest { connector: Some(connector), update_mask, ..Default::default() })
}

async fn send_all(
    control_plane: &ControlPlane,
    requests: &[UpdateConnectorRequest],
    validate_only: bool,
) -> Result<Vec<Connector>, Failure> {
    let mut answers = Vec::new();
    for request in requests {
        let id = request.connector.as_ref().map(|c| c.id.clone()).unwrap_or_default();
        let request = UpdateConnectorRequest { validate_only, request_id: request_id(), ..request.clone() };
        let answer = send!(control_plane, connectors.update_connector(request));
        answers.push(answer.map_err(|failure| match requests {
            [_] => failure,
            _ => failure.about(&id),
        })?);
    }
    Ok(answers)
}
