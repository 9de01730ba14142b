//! `postroad connector get` and `list`.

use clap::Args;
use postroad_api::connector::v1::{Connector, GetConnectorRequest, ListConnectorsRequest};

use super::view;
use crate::client::{ControlPlane, Reach};
use crate::{Console, Failure, Output};

/// Connectors asked for at a time.
const PAGE: i32 = 200;

/// Which connector to show.
#[derive(Args, Debug)]
pub(crate) struct GetArguments {
    /// Id or name.
    connector: String,
}

/// Nothing to choose.
#[derive(Args, Debug)]
pub(crate) struct ListArguments {}

/// Shows one connector.
pub(super) async fn get(
    arguments: &GetArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let control_plane = reach.connect().await?;
    let connector = fetch(&control_plane, &arguments.connector).await?;
    match output {
        Output::Json => console.json(&view::Json::new(&connector)),
        Output::Table => console.line(&view::sheet(&connector)),
    }
}

/// Shows all connectors.
pub(super) async fn list(reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    let control_plane = reach.connect().await?;
    let (mut connectors, revision) = all(&control_plane).await?;
    connectors.sort_by_cached_key(|connector| connector.name.to_lowercase());
    match output {
        Output::Json => {
            console.json(&view::JsonList { connectors: connectors.iter().map(view::Json::new).collect(), revision })
        }
        Output::Table if connectors.is_empty() => {
            console.line("no connectors; `postroad connector create --help` says how to make one")
        }
        Output::Table => console.line(&view::table(&connectors)),
    }
}

/// Reads one connector by id or name.
pub(super) async fn fetch(control_plane: &ControlPlane, connector: &str) -> Result<Connector, Failure> {
    let mut service = control_plane.connectors();
    let request = GetConnectorRequest { connector: connector.to_owned() };
    control_plane.answer(service.get_connector(request)).await
}

async fn all(control_plane: &ControlPlane) -> Result<(Vec<Connector>, u64), Failure> {
    let mut connectors = Vec::new();
    let mut page_token = String::new();
    loop {
        let mut service = control_plane.connectors();
        let request = ListConnectorsRequest { page_size: PAGE, page_token: page_token.clone(), ..Default::default() };
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
