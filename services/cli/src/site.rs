//! The commands about sites.

use clap::{Args, Subcommand};
use postroad_api::fleet::v1::{
    CreateSiteRequest, DeleteSiteRequest, ListSitesRequest, ListSitesResponse, Site, UpdateSiteRequest,
};
use serde_json::{Value, json};

use crate::client::{ControlPlane, Reach, send};
use crate::printable::printable;
use crate::table::Table;
use crate::writing::{Writing, request_id};
use crate::{Console, Failure, Output, moment};

/// Commands about sites.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Store a new site.
    #[command(after_help = "Example:\n  postroad site create prague --comment \"Data centre Prague\"")]
    Create(SiteArguments),
    /// Show all sites.
    #[command(after_help = "Example:\n  postroad site list --output json")]
    List,
    /// Change the comment of a site.
    #[command(after_help = "Example:\n  postroad site update prague --comment \"moved to Holešovice\"")]
    Update(SiteArguments),
    /// Remove a site that no relay stands in and no link leads to.
    #[command(after_help = "Example:\n  postroad site delete prague --yes")]
    Delete(DeleteArguments),
}

/// A site.
#[derive(Args, Debug)]
pub(crate) struct SiteArguments {
    /// Its name: 1 to 64 letters, digits, dots, hyphens and underscores.
    name: String,
    /// Free text.
    #[arg(long, default_value = "", hide_default_value = true)]
    comment: String,
    #[command(flatten)]
    writing: Writing,
}

/// Which site to remove.
#[derive(Args, Debug)]
pub(crate) struct DeleteArguments {
    /// Its name.
    name: String,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    match command {
        Command::List => {
            let answer = all(&reach.connect().await?).await?;
            let value = json!({
                "sites": answer.sites.iter().map(value).collect::<Vec<_>>(),
                "revision": answer.revision,
            });
            console.print(output, &value, || table(&answer.sites))
        }
        Command::Create(arguments) => {
            let control_plane = reach.connect().await?;
            let site = Site { name: arguments.name, comment: arguments.comment, ..Site::default() };
            let request = CreateSiteRequest {
                site: Some(site),
                validate_only: arguments.writing.dry_run,
                request_id: request_id(),
            };
            let site = send!(control_plane, fleet.create_site(request))?;
            console.print(output, &value(&site), || sentence("created", &site, arguments.writing))
        }
        Command::Update(arguments) => {
            let control_plane = reach.connect().await?;
            let found = find(&control_plane, &arguments.name).await?;
            let request = UpdateSiteRequest {
                site: Some(Site { comment: arguments.comment, ..found }),
                validate_only: arguments.writing.dry_run,
                request_id: request_id(),
            };
            let site = send!(control_plane, fleet.update_site(request))?;
            console.print(output, &value(&site), || sentence("updated", &site, arguments.writing))
        }
        Command::Delete(arguments) => delete(&arguments, reach, output, console).await,
    }
}

async fn delete(
    arguments: &DeleteArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    arguments.writing.can_ask(console)?;
    let control_plane = reach.connect().await?;
    let site = find(&control_plane, &arguments.name).await?;
    arguments.writing.allow(&format!("Delete site \"{}\"?", printable(&site.name)), console)?;
    let request = DeleteSiteRequest {
        name: site.name.clone(),
        etag: site.etag.clone(),
        validate_only: arguments.writing.dry_run,
        request_id: request_id(),
    };
    let revision = send!(control_plane, fleet.delete_site(request))?.revision;
    let gone = Site { revision, ..site };
    console.print(output, &json!({"name": gone.name, "revision": revision}), || {
        sentence("deleted", &gone, arguments.writing)
    })
}

/// Every site.
pub(crate) async fn all(control_plane: &ControlPlane) -> Result<ListSitesResponse, Failure> {
    let mut service = control_plane.fleet();
    control_plane.answer(service.list_sites(ListSitesRequest {})).await
}

async fn find(control_plane: &ControlPlane, name: &str) -> Result<Site, Failure> {
    let sites = all(control_plane).await?.sites;
    let found = sites.into_iter().find(|site| site.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        Failure::usage(format!("There is no site \"{name}\"; `postroad site list` shows those there are."))
    })
}

fn sentence(done: &str, site: &Site, writing: Writing) -> String {
    let name = printable(&site.name);
    match writing.dry_run {
        true => format!("site \"{name}\" could be {done}; nothing was changed"),
        false => format!("{done} site \"{name}\", revision {}", site.revision),
    }
}

fn value(site: &Site) -> Value {
    json!({
        "name": site.name,
        "comment": site.comment,
        "revision": site.revision,
        "etag": site.etag,
        "create_time": moment::show(site.create_time.as_ref()),
        "update_time": moment::show(site.update_time.as_ref()),
    })
}

fn table(sites: &[Site]) -> String {
    if sites.is_empty() {
        return "no sites; `postroad site create NAME` makes one".to_owned();
    }
    let mut table = Table::new(["NAME", "COMMENT", "REVISION"]);
    for site in sites {
        table.row([site.name.clone(), site.comment.clone(), site.revision.to_string()]);
    }
    table.render()
}
