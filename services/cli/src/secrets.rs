//! The commands about stored secrets.

use clap::Subcommand;
use postroad_api::fleet::v1::RewrapSecretsRequest;
use serde_json::json;

use crate::client::{Reach, send};
use crate::printable::printable;
use crate::writing::Writing;
use crate::{Console, Failure, Output};

/// Commands about stored secrets.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Seal every stored secret anew under the newest key; then older keys can be taken away.
    #[command(after_help = "Example:\n  postroad secrets rewrap --yes")]
    Rewrap {
        /// Do not ask.
        #[arg(long, short = 'y')]
        yes: bool,
    },
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    let Command::Rewrap { yes } = command;
    let writing = Writing { dry_run: false, yes };
    writing.can_ask(console)?;
    let control_plane = reach.connect().await?;
    writing.allow("Seal every stored secret anew under the newest key?", console)?;
    let answer = send!(control_plane, access.rewrap_secrets(RewrapSecretsRequest {}))?;
    let value = json!({"rewrapped": answer.rewrapped, "current": answer.current, "key_id": answer.key_id});
    console.print(output, &value, || {
        let key = printable(&answer.key_id);
        format!("{} secrets sealed anew under key {key}, {} had it already", answer.rewrapped, answer.current)
    })
}
