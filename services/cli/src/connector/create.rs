//! `postroad connector create`.

use std::path::PathBuf;

use clap::Args;
use postroad_api::connector::v1::{Connector, CreateConnectorRequest};

use super::change::Change;
use super::{Fields, file, view, wizard};
use crate::client::{ControlPlane, Reach, send};
use crate::writing::{Writing, request_id};
use crate::{Console, Failure, Output};

/// What to create.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  postroad connector create --name \"Smart host to Internet\" \\
      --address-space \"*\" --smart-host 192.168.3.2
  postroad connector create --name relay --address-space \"*\" \\
      --smart-host smtp.example.com:587 --require-tls \\
      --auth basic-require-tls --user app --password-file /run/secrets/smtp
  postroad connector create --name partner --address-space contoso.com \\
      --smart-host mx1.contoso.com,priority=1 --smart-host mx2.contoso.com,priority=2 \\
      --require-tls --tls-auth-level domain-validation --tls-domain \"*.contoso.com\"
  postroad connector create -f connectors.yaml --dry-run
  postroad connector create --interactive")]
pub(crate) struct CreateArguments {
    #[command(flatten)]
    fields: Fields,
    /// Read connectors from a YAML file instead of flags: one per document, or a list. Keys are the field names of the
    /// API, as `connector get --output yaml` prints them, without those that the control plane gives; an address space
    /// or smart host may be one text as with the flags; a secret is env:NAME or file:PATH.
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Ask step by step: name and type, where the mail goes, TLS, login, recipients, relays, scope. Shows the whole and
    /// the command that does the same, then asks before anything is stored.
    #[arg(long, conflicts_with = "file")]
    interactive: bool,
    #[command(flatten)]
    writing: Writing,
}

/// Creates the connectors; of several, either all are found right before the first is stored, or none is stored.
pub(super) async fn run(
    arguments: CreateArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let dry_run = arguments.writing.dry_run;
    let several = arguments.file.is_some();
    let wanted = match arguments.interactive {
        true => asked(&arguments, console)?,
        false => connectors(&arguments, console)?,
    };
    let control_plane = reach.connect().await?;
    if wanted.len() > 1 && !dry_run {
        send_all(&control_plane, &wanted, true).await?;
    }
    let created = send_all(&control_plane, &wanted, dry_run).await?;
    report(&created, several, output, console, |connector| sentence(connector, dry_run))
}

/// Prints what became of connectors, and what was accepted but may not be meant.
pub(super) fn report(
    connectors: &[Connector],
    several: bool,
    output: Output,
    console: &mut Console,
    sentence: impl Fn(&Connector) -> String,
) -> Result<(), Failure> {
    connectors.iter().flat_map(view::warnings).for_each(|warning| console.remark(&warning));
    let text = || connectors.iter().map(&sentence).collect::<Vec<_>>().join("\n");
    match connectors {
        [one] if !several => console.print(output, &view::members(one), text),
        all => console.print(output, &all.iter().map(view::members).collect::<Vec<_>>(), text),
    }
}

pub(super) fn sentence(connector: &Connector, dry_run: bool) -> String {
    let name = view::quoted(&connector.name);
    if dry_run {
        return format!("connector {name} would be accepted; nothing was stored");
    }
    format!("created connector {name}, id {}, revision {}", connector.id, connector.revision)
}

/// What the answers describe.
fn asked(arguments: &CreateArguments, console: &mut Console) -> Result<Vec<Connector>, Failure> {
    if !arguments.fields.is_empty() {
        return Err(Failure::usage("--interactive asks for the fields: give none as flags."));
    }
    let answered = wizard::run(console)?;
    answered
        .map(|connector| vec![connector])
        .ok_or_else(|| Failure::usage("Nothing was created: the answer was not yes."))
}

/// What to create, secrets included.
fn connectors(arguments: &CreateArguments, console: &mut Console) -> Result<Vec<Connector>, Failure> {
    let mut problems = Vec::new();
    let mut flags = arguments.fields.change(&mut problems);
    problems.extend(arguments.fields.account.apply(None, &mut flags).err());
    let said = !arguments.fields.is_empty();
    let changes = match &arguments.file {
        Some(_) if said => {
            problems.push("-f and flags of fields exclude each other: write the fields into the file.".to_owned());
            Vec::new()
        }
        Some(path) => {
            let entries = file::read(path)?;
            if entries.iter().any(|entry| entry.id.is_some()) {
                problems.push("A new connector gets its id from the control plane: leave the key id out.".to_owned());
            }
            entries.into_iter().map(|entry| entry.change).collect()
        }
        None if !said => {
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
    change.fetch_secrets(console)?;
    Ok(change.connector)
}

async fn send_all(
    control_plane: &ControlPlane,
    wanted: &[Connector],
    validate_only: bool,
) -> Result<Vec<Connector>, Failure> {
    let mut answers = Vec::new();
    for connector in wanted {
        let answer = send(control_plane, connector, validate_only).await;
        answers.push(answer.map_err(|failure| match wanted {
            [_] => failure,
            _ => failure.about(&connector.name),
        })?);
    }
    Ok(answers)
}

/// Stores one connector, or has it checked.
pub(super) async fn send(
    control_plane: &ControlPlane,
    connector: &Connector,
    validate_only: bool,
) -> Result<Connector, Failure> {
    let request =
        CreateConnectorRequest { connector: Some(connector.clone()), validate_only, request_id: request_id() };
    send!(control_plane, connectors.create_connector(request))
}
