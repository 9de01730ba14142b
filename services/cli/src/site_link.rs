//! The commands about links between sites.

use clap::{Args, Subcommand};
use postroad_api::fleet::v1::{
    CreateSiteLinkRequest, DeleteSiteLinkRequest, ListSiteLinksRequest, ListSiteLinksResponse, SiteLink,
    UpdateSiteLinkRequest,
};
use serde_json::{Value, json};

use crate::client::{ControlPlane, Reach, send};
use crate::printable::printable;
use crate::table::Table;
use crate::writing::{Writing, request_id};
use crate::{Console, Failure, Output, moment};

/// Where nothing else is said.
pub(crate) const DEFAULT_COST: u32 = 100;

/// Commands about links between sites.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Store a new link between two sites.
    #[command(after_help = "Example:\n  postroad site-link create prague brno --cost 100")]
    Create(LinkArguments),
    /// Show all links.
    #[command(after_help = "Example:\n  postroad site-link list")]
    List,
    /// Change the cost of a link.
    #[command(after_help = "Example:\n  postroad site-link update prague brno --cost 50")]
    Update(LinkArguments),
    /// Remove a link.
    #[command(after_help = "Example:\n  postroad site-link delete prague brno --yes")]
    Delete(DeleteArguments),
}

/// A link.
#[derive(Args, Debug)]
pub(crate) struct LinkArguments {
    /// One site.
    from_site: String,
    /// The other site.
    to_site: String,
    /// 1 to 99999.
    #[arg(long, default_value_t = DEFAULT_COST)]
    cost: u32,
    #[command(flatten)]
    writing: Writing,
}

/// Which link to remove.
#[derive(Args, Debug)]
pub(crate) struct DeleteArguments {
    /// One site.
    from_site: String,
    /// The other site.
    to_site: String,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    match command {
        Command::List => {
            let answer = all(&reach.connect().await?).await?;
            let value = json!({
                "site_links": answer.site_links.iter().map(value).collect::<Vec<_>>(),
                "revision": answer.revision,
            });
            console.print(output, &value, || table(&answer.site_links))
        }
        Command::Create(it) => {
            let control_plane = reach.connect().await?;
            let link =
                SiteLink { from_site: it.from_site, to_site: it.to_site, cost: Some(it.cost), ..SiteLink::default() };
            let request = CreateSiteLinkRequest {
                site_link: Some(link),
                validate_only: it.writing.dry_run,
                request_id: request_id(),
            };
            let link = send!(control_plane, fleet.create_site_link(request))?;
            console.print(output, &value(&link), || sentence("created", &link, it.writing))
        }
        Command::Update(it) => {
            let control_plane = reach.connect().await?;
            let found = find(&control_plane, &it.from_site, &it.to_site).await?;
            let request = UpdateSiteLinkRequest {
                site_link: Some(SiteLink { cost: Some(it.cost), ..found }),
                validate_only: it.writing.dry_run,
                request_id: request_id(),
            };
            let link = send!(control_plane, fleet.update_site_link(request))?;
            console.print(output, &value(&link), || sentence("updated", &link, it.writing))
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
    let link = find(&control_plane, &arguments.from_site, &arguments.to_site).await?;
    arguments.writing.allow(&format!("Delete the link {}?", shown(&link)), console)?;
    let request = DeleteSiteLinkRequest {
        from_site: link.from_site.clone(),
        to_site: link.to_site.clone(),
        etag: link.etag.clone(),
        validate_only: arguments.writing.dry_run,
        request_id: request_id(),
    };
    let revision = send!(control_plane, fleet.delete_site_link(request))?.revision;
    let gone = SiteLink { revision, ..link };
    let value = json!({"from_site": gone.from_site, "to_site": gone.to_site, "revision": revision});
    console.print(output, &value, || sentence("deleted", &gone, arguments.writing))
}

/// Every link.
pub(crate) async fn all(control_plane: &ControlPlane) -> Result<ListSiteLinksResponse, Failure> {
    let mut service = control_plane.fleet();
    control_plane.answer(service.list_site_links(ListSiteLinksRequest {})).await
}

/// Whether two pairs of sites are one link; a link has no direction.
pub(crate) fn same(a: (&str, &str), b: (&str, &str)) -> bool {
    let is = |x: &str, y: &str| x.eq_ignore_ascii_case(y);
    is(a.0, b.0) && is(a.1, b.1) || is(a.0, b.1) && is(a.1, b.0)
}

async fn find(control_plane: &ControlPlane, from: &str, to: &str) -> Result<SiteLink, Failure> {
    let links = all(control_plane).await?.site_links;
    let found = links.into_iter().find(|link| same((from, to), (&link.from_site, &link.to_site)));
    found.ok_or_else(|| {
        Failure::usage(format!(
            "There is no link between \"{from}\" and \"{to}\"; `postroad site-link list` shows those there are."
        ))
    })
}

fn shown(link: &SiteLink) -> String {
    printable(&format!("{} - {}", link.from_site, link.to_site))
}

fn sentence(done: &str, link: &SiteLink, writing: Writing) -> String {
    match writing.dry_run {
        true => format!("the link {} could be {done}; nothing was changed", shown(link)),
        false => format!("{done} the link {}, revision {}", shown(link), link.revision),
    }
}

fn value(link: &SiteLink) -> Value {
    json!({
        "from_site": link.from_site,
        "to_site": link.to_site,
        "cost": link.cost.unwrap_or(DEFAULT_COST),
        "revision": link.revision,
        "etag": link.etag,
        "create_time": moment::show(link.create_time.as_ref()),
        "update_time": moment::show(link.update_time.as_ref()),
    })
}

fn table(links: &[SiteLink]) -> String {
    if links.is_empty() {
        return "no site links; `postroad site-link create FROM TO` makes one".to_owned();
    }
    let mut table = Table::new(["FROM", "TO", "COST", "REVISION"]);
    for link in links {
        table.row([
            link.from_site.clone(),
            link.to_site.clone(),
            link.cost.unwrap_or(DEFAULT_COST).to_string(),
            link.revision.to_string(),
        ]);
    }
    table.render()
}
