//! The commands about revisions: what the configuration was, who changed it, and the way back.

use clap::{Args, Subcommand};
use postroad_api::connector::v1::{
    DiffRevisionsRequest, GetRevisionRequest, ListRevisionsRequest, Revision, RollbackRevisionRequest,
};
use serde_json::{Value, json};

use crate::client::{ControlPlane, Reach, send};
use crate::printable::printable;
use crate::table::Table;
use crate::writing::{Writing, request_id};
use crate::{Console, Failure, Output, moment, object_change};

/// Commands about revisions.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the newest revisions: when, who, by which call, what it changed.
    #[command(after_help = "Example:\n  postroad revision list --limit 100")]
    List(ListArguments),
    /// Show one revision with the fields that it changed.
    #[command(after_help = "Example:\n  postroad revision get 42")]
    Get {
        /// Its number.
        revision: u64,
    },
    /// Say what is different between two revisions.
    #[command(after_help = "\
Examples:
  postroad revision diff 40          from revision 40 to the newest
  postroad revision diff 40 42
  postroad revision diff 0 42        all that revision 42 holds")]
    Diff {
        /// The older one; 0: the empty configuration.
        from: u64,
        /// The newer one; the newest when not given.
        #[arg(default_value_t = 0, hide_default_value = true)]
        to: u64,
    },
    /// Make a new revision with the content of an old one; asks, after it has shown what would change.
    #[command(after_help = "\
Examples:
  postroad revision rollback 41 --dry-run
  postroad revision rollback 41 --yes
  postroad revision rollback 41 --restore-secrets")]
    Rollback(RollbackArguments),
}

/// How many to show.
#[derive(Args, Debug)]
pub(crate) struct ListArguments {
    /// Show at most so many.
    #[arg(long, default_value_t = 20)]
    limit: usize,
}

/// Whose content is to come back.
#[derive(Args, Debug)]
pub(crate) struct RollbackArguments {
    /// Its number.
    revision: u64,
    /// Passwords, tokens and keys come back too; otherwise they stay as they are.
    #[arg(long)]
    restore_secrets: bool,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    match command {
        Command::List(arguments) => {
            let revisions = newest(&reach.connect().await?, arguments.limit).await?;
            let value = json!({"revisions": revisions.iter().map(value).collect::<Vec<_>>()});
            console.print(output, &value, || table(&revisions))
        }
        Command::Get { revision } => {
            let control_plane = reach.connect().await?;
            let mut service = control_plane.connectors();
            let answer = control_plane.answer(service.get_revision(GetRevisionRequest { revision })).await?;
            console.print(output, &value(&answer), || sheet(&answer))
        }
        Command::Diff { from, to } => {
            let control_plane = reach.connect().await?;
            let request = DiffRevisionsRequest { from_revision: from, to_revision: to };
            let mut service = control_plane.connectors();
            let answer = control_plane.answer(service.diff_revisions(request)).await?;
            let value = json!({
                "from_revision": from,
                "to_revision": answer.to_revision,
                "changes": answer.changes.iter().map(object_change::value).collect::<Vec<_>>(),
            });
            console.print(output, &value, || match answer.changes.as_slice() {
                [] => format!("revisions {from} and {} are equal", answer.to_revision),
                changes => object_change::lines(changes).join("\n"),
            })
        }
        Command::Rollback(arguments) => rollback(&arguments, reach, output, console).await,
    }
}

async fn newest(control_plane: &ControlPlane, limit: usize) -> Result<Vec<Revision>, Failure> {
    let mut revisions = Vec::new();
    let mut page_token = String::new();
    loop {
        let wanted = limit.saturating_sub(revisions.len()).min(1000);
        let request =
            ListRevisionsRequest { page_size: i32::try_from(wanted).unwrap_or(1000), page_token: page_token.clone() };
        let mut service = control_plane.connectors();
        let page = control_plane.answer(service.list_revisions(request)).await?;
        revisions.extend(page.revisions);
        let ended = page.next_page_token.is_empty() || page.next_page_token == page_token;
        if ended || revisions.len() >= limit {
            revisions.truncate(limit);
            return Ok(revisions);
        }
        page_token = page.next_page_token;
    }
}

/// Has the way back checked, shows what it changes, asks, and goes it, unless somebody else wrote meanwhile.
async fn rollback(
    arguments: &RollbackArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    arguments.writing.can_ask(console)?;
    let control_plane = reach.connect().await?;
    let head = newest(&control_plane, 1).await?.first().map_or(0, |revision| revision.revision);
    let request = RollbackRevisionRequest {
        revision: arguments.revision,
        head_revision: head,
        restore_secrets: arguments.restore_secrets,
        validate_only: true,
        request_id: request_id(),
    };
    let mut answer = send!(control_plane, connectors.rollback_revision(request.clone()))?;
    let planned = object_change::lines(&answer.changes).join("\n");
    if !arguments.writing.dry_run && !answer.changes.is_empty() {
        if !arguments.writing.yes {
            console.remark(&planned);
        }
        arguments.writing.allow(&format!("Go back to revision {}?", arguments.revision), console)?;
        let request = RollbackRevisionRequest { validate_only: false, request_id: request_id(), ..request };
        answer = send!(control_plane, connectors.rollback_revision(request))?;
    }
    let value = json!({
        "revision": answer.revision,
        "validate_only": arguments.writing.dry_run,
        "changes": answer.changes.iter().map(object_change::value).collect::<Vec<_>>(),
    });
    console.print(output, &value, || match (answer.changes.is_empty(), arguments.writing.dry_run) {
        (true, _) => format!("nothing differs from revision {}; nothing was changed", arguments.revision),
        (false, true) => format!("{planned}\nnothing was changed"),
        (false, false) => format!("revision {} has the content of revision {}", answer.revision, arguments.revision),
    })
}

fn value(it: &Revision) -> Value {
    json!({
        "revision": it.revision,
        "time": moment::show(it.time.as_ref()),
        "actor": it.actor,
        "peer_address": it.peer_address,
        "method": it.method,
        "request_id": it.request_id,
        "changes": it.changes.iter().map(object_change::value).collect::<Vec<_>>(),
    })
}

fn sheet(it: &Revision) -> String {
    let head = crate::table::sheet_lines(&[
        ("revision", vec![it.revision.to_string()]),
        ("time", moment::show(it.time.as_ref()).into_iter().collect()),
        ("actor", vec![it.actor.clone()]),
        ("from", vec![it.peer_address.clone()]),
        ("call", vec![it.method.clone()]),
        ("request id", vec![it.request_id.clone()]),
    ]);
    [vec![head, String::new()], object_change::lines(&it.changes)].concat().join("\n").trim_end().to_owned()
}

fn table(revisions: &[Revision]) -> String {
    if revisions.is_empty() {
        return "no revisions yet".to_owned();
    }
    let mut table = Table::new(["REVISION", "TIME", "ACTOR", "CALL", "CHANGES"]);
    for it in revisions {
        let changes: Vec<_> = it
            .changes
            .iter()
            .map(|change| format!("{} {} {}", change.kind, printable(&change.name), object_change::action(change)))
            .collect();
        table.row([
            it.revision.to_string(),
            moment::show(it.time.as_ref()).unwrap_or_else(|| "-".to_owned()),
            it.actor.clone(),
            it.method.rsplit('/').next().unwrap_or_default().to_owned(),
            changes.join("; "),
        ]);
    }
    table.render()
}
