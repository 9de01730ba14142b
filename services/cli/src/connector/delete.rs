//! `postroad connector delete`.

use clap::Args;
use postroad_api::connector::v1::DeleteConnectorRequest;
use serde_json::json;

use super::{read, view};
use crate::client::{Reach, send};
use crate::writing::{Writing, request_id};
use crate::{Console, Failure, Output};

/// Which connector to remove.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  postroad connector delete \"Smart host to Internet\"
  postroad connector delete to-internet --yes")]
pub(crate) struct DeleteArguments {
    /// Id or name.
    connector: String,
    #[command(flatten)]
    writing: Writing,
}

/// Asks, then removes the connector as it was read; one that changed meanwhile stays.
pub(super) async fn run(
    arguments: &DeleteArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    arguments.writing.can_ask(console)?;
    let control_plane = reach.connect().await?;
    let connector = read::fetch(&control_plane, &arguments.connector).await?;
    let name = view::quoted(&connector.name);
    arguments.writing.allow(&format!("Delete connector {name} ({})?", view::summary(&connector)), console)?;
    let request = DeleteConnectorRequest {
        connector: connector.id.clone(),
        etag: connector.etag.clone(),
        validate_only: arguments.writing.dry_run,
        request_id: request_id(),
    };
    let deleted = send!(control_plane, connectors.delete_connector(request))?;
    let value = json!({
        "id": connector.id,
        "name": connector.name,
        "revision": deleted.revision,
        "validate_only": arguments.writing.dry_run,
    });
    console.print(output, &value, || {
        if arguments.writing.dry_run {
            return format!("connector {name} could be deleted; nothing was changed");
        }
        format!("deleted connector {name}, revision {}", deleted.revision)
    })
}
