//! `postroad connector create`.

use std::path::PathBuf;

use clap::Args;
use postroad_api::connector::v1::{Connector, CreateConnectorRequest};

use super::change::Change;
use super::{Fields, file, view};
use crate::client::{ControlPlane, Reach};
use crate::{Console, Failure, Output};

/// What to create.
#[derive(Args, Debug)]
pub(crate) struct CreateArguments {
    #[command(flatten)]
    fields: Fields,
    /// Read connectors from a YAML file instead of flags: one per document, or a list. Keys are the field names of the
    /// API, as `connector get --output json` prints them, without those that the control plane gives; an address space or smart host may be one text as with the
    /// flags; credential.basic.password is env:NAME or file:PATH.
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Let the control plane check everything, and store nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Creates the connectors; of several, either all are found right before the first is stored, or none is stored.
pub(super) async fn run(
    arguments: CreateArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let several = arguments.file.is_some();
    let wanted = connectors(arguments.fields, arguments.file, console)?;
    let control_plane = reach.connect().await?;
    if wanted.len() > 1 && !arguments.dry_run {
        send_all(&control_plane, &wanted, true).await?;
    }
    let created = send_all(&control_plane, &wanted, arguments.dry_run).await?;
    created.iter().flat_map(view::warnings).for_each(|warning| console.remark(&warning));
    match output {
        Output::Json if several => console.json(&created.iter().map(view::Json::new).collect::<Vec<_>>()),
        Output::Json => created.iter().try_for_each(|connector| console.json(&view::Json::new(connector))),
        Output::Table => created.iter().try_for_each(|connector| console.line(&sentence(connector, arguments.dry_run))),
    }
}

fn sentence(connector: &Connector, dry_run: bool) -> String {
    let name = view::quoted(&connector.name);
    if dry_run {
        return format!("connector {name} would be accepted; nothing was stored");
    }
    format!("created connector {name}, id {}, revision {}", connector.id, connector.revision)
}

/// What to create, passwords included.
fn connectors(fields: Fields, path: Option<PathBuf>, console: &mut Console) -> Result<Vec<Connector>, Failure> {
    let mut problems = Vec::new();
    let flags = fields.change(&mut problems);
    let changes = match path {
        Some(_) if !flags.is_empty() => {
            problems.push("-f and flags of fields exclude each other: write the fields into the file.".to_owned());
            Vec::new()
        }
        Some(path) => {
            let entries = file::read(&path)?;
            if entries.iter().any(|entry| entry.id.is_some()) {
                problems.push("A new connector gets its id from the control plane: leave the key id out.".to_owned());
            }
            entries.into_iter().map(|entry| entry.change).collect()
        }
        None if flags.is_empty() && problems.is_empty() => {
            problems.push("Say what to create: at least --name, --address-space and --smart-host, or -f FILE.".into());
            Vec::new()
        }
        None => vec![flags],
    };
    if !problems.is_empty() {
        return Err(Failure::Usage(problems));
    }
    changes.into_iter().map(|change| finish(change, console)).collect()
}

fn finish(mut change: Change, console: &mut Console) -> Result<Connector, Failure> {
    change.fetch_password(console)?;
    Ok(change.connector)
}

async fn send_all(
    control_plane: &ControlPlane,
    wanted: &[Connector],
    validate_only: bool,
) -> Result<Vec<Connector>, Failure> {
    let mut answers = Vec::new();
    for connector in wanted {
        let request =
            CreateConnectorRequest { connector: Some(connector.clone()), validate_only, ..Default::default() };
        let mut service = control_plane.connectors();
        let answer = control_plane.answer(service.create_connector(request)).await;
        answers.push(answer.map_err(|failure| match wanted {
            [_] => failure,
            _ => failure.about(&connector.name),
        })?);
    }
    Ok(answers)
}
