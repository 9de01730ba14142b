//! The commands about Send connectors.

mod arguments;
mod change;
mod create;
mod delete;
mod file;
mod file_texts;
mod read;
mod update;
mod view;

use clap::Subcommand;

use crate::client::Reach;
use crate::{Console, Failure, Output};

pub(crate) use arguments::Fields;
pub(crate) use create::CreateArguments;
pub(crate) use delete::DeleteArguments;
pub(crate) use read::{GetArguments, ListArguments};
pub(crate) use update::UpdateArguments;

/// Commands about connectors.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "one value per process")]
pub(crate) enum Command {
    /// Store a new connector, or several from a file.
    Create(CreateArguments),
    /// Show one connector.
    Get(GetArguments),
    /// Show all connectors.
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
        Command::List(_) => read::list(reach, output, console).await,
        Command::Update(arguments) => update::run(arguments, reach, output, console).await,
        Command::Delete(arguments) => delete::run(&arguments, reach, output, console).await,
    }
}
