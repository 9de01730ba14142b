//! The commands about the audit: who did what, when and from where.

use clap::{Args, Subcommand};
use postroad_api::fleet::v1::{AuditRecord, AuditedField, AuditedObject, ListAuditRecordsRequest};
use serde_json::{Value, json};

use crate::client::{ControlPlane, Reach};
use crate::table::Table;
use crate::{Console, Failure, Output, moment};

/// Commands about the audit.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the newest records; refused calls are among them.
    #[command(after_help = "\
Examples:
  postroad audit list
  postroad audit list --limit 1000 --output json")]
    List(ListArguments),
}

/// How many to show.
#[derive(Args, Debug)]
pub(crate) struct ListArguments {
    /// Show at most so many.
    #[arg(long, default_value_t = 50)]
    limit: usize,
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    let Command::List(arguments) = command;
    let records = newest(&reach.connect().await?, arguments.limit).await?;
    let value = json!({"records": records.iter().map(value).collect::<Vec<_>>()});
    console.print(output, &value, || table(&records))
}

async fn newest(control_plane: &ControlPlane, limit: usize) -> Result<Vec<AuditRecord>, Failure> {
    let mut records = Vec::new();
    let mut page_token = String::new();
    loop {
        let wanted = limit.saturating_sub(records.len()).min(1000);
        let request = ListAuditRecordsRequest {
            page_size: i32::try_from(wanted).unwrap_or(1000),
            page_token: page_token.clone(),
        };
        let mut service = control_plane.access();
        let page = control_plane.answer(service.list_audit_records(request)).await?;
        records.extend(page.records);
        let ended = page.next_page_token.is_empty() || page.next_page_token == page_token;
        if ended || records.len() >= limit {
            records.truncate(limit);
            return Ok(records);
        }
        page_token = page.next_page_token;
    }
}

fn value(it: &AuditRecord) -> Value {
    let field = |f: &AuditedField| json!({"path": f.path, "before": f.before, "after": f.after});
    let object = |o: &AuditedObject| {
        json!({
            "kind": o.kind,
            "id": o.id,
            "name": o.name,
            "action": o.action,
            "fields": o.fields.iter().map(field).collect::<Vec<_>>(),
        })
    };
    json!({
        "time": moment::show(it.time.as_ref()),
        "actor": it.actor,
        "method": it.method,
        "request_id": it.request_id,
        "peer_address": it.peer_address,
        "trace_id": it.trace_id,
        "revision_before": it.revision_before,
        "revision_after": it.revision_after,
        "result": it.result,
        "objects": it.objects.iter().map(object).collect::<Vec<_>>(),
        "previous_hash": it.previous_hash,
    })
}

fn table(records: &[AuditRecord]) -> String {
    if records.is_empty() {
        return "no audit records yet".to_owned();
    }
    let mut table = Table::new(["TIME", "ACTOR", "CALL", "REVISION", "RESULT", "OBJECTS"]);
    for it in records {
        let objects: Vec<_> = it.objects.iter().map(|object| format!("{} {}", object.kind, object.name)).collect();
        table.row([
            moment::show(it.time.as_ref()).unwrap_or_else(|| "-".to_owned()),
            it.actor.clone(),
            it.method.rsplit('/').next().unwrap_or_default().to_owned(),
            it.revision_after.to_string(),
            it.result.clone(),
            objects.join("; "),
        ]);
    }
    table.render()
}
