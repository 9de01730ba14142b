//! The commands about relays.

pub(crate) mod list;
mod record;

use clap::Subcommand;

use crate::client::Reach;
use crate::{Console, Failure, Output};

/// Commands about relays.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show every relay: its site, how it stands and since when, the revision it has applied of the one it ought to
    /// have, its last refusal, and the connectors that it cannot use.
    #[command(after_help = "Examples:\n  postroad relay list\n  postroad relay list --output json")]
    List,
    /// Set the site and the labels of a relay; its record is made when there is none.
    #[command(after_help = "\
Examples:
  postroad relay set edge-1 --site prague --label tier=edge
  postroad relay set edge-1 --site \"\"")]
    Set(record::SetArguments),
    /// Remove the record of a relay: its site and labels. The relay itself goes on.
    #[command(after_help = "Example:\n  postroad relay remove edge-1 --yes")]
    Remove(record::RemoveArguments),
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    match command {
        Command::List => list::run(reach, output, console).await,
        Command::Set(arguments) => record::set(arguments, reach, output, console).await,
        Command::Remove(arguments) => record::remove(&arguments, reach, output, console).await,
    }
}
