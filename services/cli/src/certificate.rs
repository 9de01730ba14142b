//! The commands about certificates.

mod view;
mod write;

use clap::{Args, Subcommand};
use postroad_api::connector::v1::{Certificate, GetCertificateRequest, ListCertificatesRequest};
use serde_json::json;

use crate::client::{ControlPlane, Reach};
use crate::{Console, Failure, Output};

use write::{DeleteArguments, StoreArguments};

/// Commands about certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Store a new certificate with its key, or a set of trusted roots.
    #[command(after_help = "\
Examples:
  postroad certificate create edge --certificate-file edge.pem --key-file edge.key
  postroad certificate create partner-roots --certificate-file roots.pem")]
    Create(StoreArguments),
    /// Renew a certificate under its name: connectors that use it need no change.
    #[command(after_help = "\
Example:
  postroad certificate update edge --certificate-file new.pem --key-file new.key")]
    Update(StoreArguments),
    /// Show one certificate; never its key.
    #[command(after_help = "\
Examples:
  postroad certificate get edge
  postroad certificate get edge --output json")]
    Get(GetArguments),
    /// Show all certificates, those that expire first at the top.
    #[command(after_help = "Example:\n  postroad certificate list")]
    List,
    /// Remove a certificate that no connector uses.
    #[command(after_help = "Example:\n  postroad certificate delete edge --yes")]
    Delete(DeleteArguments),
}

/// Which certificate to show.
#[derive(Args, Debug)]
pub(crate) struct GetArguments {
    /// Its name.
    name: String,
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    match command {
        Command::Create(arguments) => write::create(arguments, reach, output, console).await,
        Command::Update(arguments) => write::update(arguments, reach, output, console).await,
        Command::Delete(arguments) => write::delete(&arguments, reach, output, console).await,
        Command::Get(arguments) => {
            let certificate = fetch(&reach.connect().await?, &arguments.name).await?;
            console.print(output, &view::value(&certificate), || view::sheet(&certificate))
        }
        Command::List => {
            let (mut certificates, revision) = all(&reach.connect().await?).await?;
            certificates.sort_by_key(|it| it.expire_time.map_or(i64::MAX, |at| at.seconds));
            let value = json!({
                "certificates": certificates.iter().map(view::value).collect::<Vec<_>>(),
                "revision": revision,
            });
            console.print(output, &value, || view::table(&certificates))
        }
    }
}

async fn fetch(control_plane: &ControlPlane, name: &str) -> Result<Certificate, Failure> {
    let mut service = control_plane.certificates();
    control_plane.answer(service.get_certificate(GetCertificateRequest { name: name.to_owned() })).await
}

/// Every certificate, and the revision they were read at.
pub(crate) async fn all(control_plane: &ControlPlane) -> Result<(Vec<Certificate>, u64), Failure> {
    let mut certificates = Vec::new();
    let mut page_token = String::new();
    loop {
        let mut service = control_plane.certificates();
        let request = ListCertificatesRequest { page_size: 0, page_token: page_token.clone() };
        let page = control_plane.answer(service.list_certificates(request)).await?;
        certificates.extend(page.certificates);
        if page.next_page_token.is_empty() || page.next_page_token == page_token {
            return Ok((certificates, page.revision));
        }
        page_token = page.next_page_token;
    }
}
