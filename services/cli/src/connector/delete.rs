//! `postroad connector delete`.

use clap::Args;
use postroad_api::connector::v1::DeleteConnectorRequest;
use serde::Serialize;

use super::{read, view};
use crate::client::Reach;
use crate::{Console, Failure, Output};

/// Which connector to remove.
#[derive(Args, Debug)]
pub(crate) struct DeleteArguments {
    /// Id or name.
    connector: String,
    /// Do not ask.
    #[arg(long, short = 'y')]
    yes: bool,
    /// Let the control plane check everything, and delete nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct Deleted<'a> {
    id: &'a str,
    name: &'a str,
    revision: u64,
    validate_only: bool,
}

/// Asks, then removes the connector as it was read; one that changed meanwhile stays.
pub(super) async fn run(
    arguments: &DeleteArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let ask = !arguments.yes && !arguments.dry_run;
    if ask && !console.is_interactive() {
        return Err(Failure::usage(
            "delete asks before it removes a connector, and there is no terminal to ask at: add --yes.",
        ));
    }
    let control_plane = reach.connect().await?;
    let connector = read::fetch(&control_plane, &arguments.connector).await?;
    let name = view::quoted(&connector.name);
    if ask && !console.confirm(&format!("Delete connector {name} ({})?", view::summary(&connector)))? {
        return Err(Failure::usage(format!("connector {name} was not deleted: the answer was not yes.")));
    }
    let request = DeleteConnectorRequest {
        connector: connector.id.clone(),
        etag: connector.etag.clone(),
        validate_only: arguments.dry_run,
        ..Default::default()
    };
    let mut service = control_plane.connectors();
    let deleted = control_plane.answer(service.delete_connector(request)).await?;
    match output {
        Output::Json => console.json(&Deleted {
            id: &connector.id,
            name: &connector.name,
            revision: deleted.revision,
            validate_only: arguments.dry_run,
        }),
        Output::Table if arguments.dry_run => {
            console.line(&format!("connector {name} could be deleted; nothing was changed"))
        }
        Output::Table => console.line(&format!("deleted connector {name}, revision {}", deleted.revision)),
    }
}
