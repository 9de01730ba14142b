//! The commands about Send connectors.

pub(crate) mod account;
mod account_flags;
pub(crate) mod catalogue;
pub(crate) mod change;
pub(crate) mod choice;
mod create;
mod delete;
mod equivalent;
pub(crate) mod field;
pub(crate) mod file;
mod flags;
mod list_changes;
pub(crate) mod read;
#[cfg(test)]
mod sample;
pub(crate) mod secret_slot;
mod update;
pub(crate) mod view;
mod wizard;

use clap::Subcommand;

use crate::client::Reach;
use crate::{Console, Failure, Output};

pub(crate) use create::CreateArguments;
pub(crate) use delete::DeleteArguments;
pub(crate) use flags::Fields;
pub(crate) use read::{GetArguments, ListArguments};
#[cfg(test)]
pub(crate) use sample::sample;
pub(crate) use update::UpdateArguments;

/// Commands about connectors.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "one value per process")]
pub(crate) enum Command {
    /// Store a new connector, or several from a file.
    Create(CreateArguments),
    /// Show one connector.
    Get(GetArguments),
    /// Show all connectors, or those that a filter lets through.
    List(ListArguments),
    /// Change what is named of a connector, and leave the rest.
    Update(UpdateArguments),
    /// Remove a connector.
    Delete(DeleteArguments),
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    match command {
        Command::Create(arguments) => create::run(arguments, reach, output, console).await,
        Command::Get(arguments) => read::get(&arguments, reach, output, console).await,
        Command::List(arguments) => read::list(&arguments, reach, output, console).await,
        Command::Update(arguments) => Box::pin(update::run(arguments, reach, output, console)).await,
        Command::Delete(arguments) => delete::run(&arguments, reach, output, console).await,
    }
}
