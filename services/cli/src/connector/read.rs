//! `postroad connector get` and `list`.

use clap::Args;
use postroad_api::connector::v1::{Connector, GetConnectorRequest, ListConnectorsRequest};
use serde::Serialize;

use super::view;
use crate::client::{ControlPlane, Reach};
use crate::members::Members;
use crate::{Console, Failure, Output};

/// Connectors asked for at a time.
const PAGE: i32 = 200;

/// Which connector to show.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  postroad connector get \"Smart host to Internet\"
  postroad connector get to-internet --all
  postroad connector get to-internet --output yaml")]
pub(crate) struct GetArguments {
    /// Id or name.
    connector: String,
    /// Show every field, also those that have their defaults.
    #[arg(long)]
    all: bool,
}

/// Which connectors to show.
#[derive(Args, Debug, Default)]
#[command(after_help = "\
A filter joins terms by AND; each is a field, an operator and a value. Fields:
name, comment, address_space, site, source_relay, usage, enabled, labels.KEY.
Operators: = (equal), != (not equal), : (contains).

Examples:
  postroad connector list
  postroad connector list --filter 'enabled=true AND labels.team=ops'
  postroad connector list --filter 'address_space:contoso.com' --order-by id")]
pub(crate) struct ListArguments {
    /// Only connectors that this lets through.
    #[arg(long, default_value = "", hide_default_value = true)]
    filter: String,
    /// "name" or "id", each with " desc" for the other direction.
    #[arg(long, default_value = "name", value_name = "FIELD")]
    order_by: String,
}

/// Connectors, with the revision they were read at.
#[derive(Serialize)]
struct List {
    connectors: Vec<Members>,
    revision: u64,
}

/// Shows one connector.
pub(super) async fn get(
    arguments: &GetArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let control_plane = reach.connect().await?;
    let connector = fetch(&control_plane, &arguments.connector).await?;
    console.print(output, &view::members(&connector), || view::sheet(&connector, arguments.all))
}

/// Shows connectors.
pub(super) async fn list(
    arguments: &ListArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let control_plane = reach.connect().await?;
    let (mut connectors, revision) = all(&control_plane, &arguments.filter, &arguments.order_by).await?;
    if arguments.order_by == "name" {
        // Pages may have been read at different revisions.
        connectors.sort_by_cached_key(|connector| connector.name.to_lowercase());
    }
    let list = List { connectors: connectors.iter().map(view::members).collect(), revision };
    console.print(output, &list, || match connectors.as_slice() {
        [] if arguments.filter.is_empty() => {
            "no connectors; `postroad connector create --help` says how to make one".to_owned()
        }
        [] => "no connector fits the filter".to_owned(),
        connectors => view::table(connectors),
    })
}

/// Reads one connector by id or name.
pub(crate) async fn fetch(control_plane: &ControlPlane, connector: &str) -> Result<Connector, Failure> {
    let mut service = control_plane.connectors();
    let request = GetConnectorRequest { connector: connector.to_owned() };
    control_plane.answer(service.get_connector(request)).await
}

/// Reads connectors, and the revision they were read at.
pub(crate) async fn all(
    control_plane: &ControlPlane,
    filter: &str,
    order_by: &str,
) -> Result<(Vec<Connector>, u64), Failure> {
    let mut connectors = Vec::new();
    let mut page_token = String::new();
    loop {
        let mut service = control_plane.connectors();
        let request = ListConnectorsRequest {
            page_size: PAGE,
            page_token: page_token.clone(),
            filter: filter.to_owned(),
            order_by: order_by.to_owned(),
        };
        let page = control_plane.answer(service.list_connectors(request)).await?;
        connectors.extend(page.connectors);
        if page.next_page_token.is_empty() {
            return Ok((connectors, page.revision));
        }
        if page.next_page_token == page_token {
            return Err(Failure::Local("the control plane gave the same page twice".to_owned()));
        }
        page_token = page.next_page_token;
    }
}
