//! The whole configuration as a file that a Git repository can keep.

mod apply;
mod certificates;
mod connectors;
pub(crate) mod document;
pub(crate) mod export;
mod fleet;
mod plan;
mod stored;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::client::Reach;
use crate::writing::Writing;
use crate::{Console, Failure, Output};

/// Commands about the whole configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write connectors, sites, links, relay records and certificates as YAML. Secrets cannot be read back: in their
    /// place stand references to environment variables.
    #[command(after_help = "\
Examples:
  postroad config export > postroad.yaml
  postroad config export --output-file postroad.yaml")]
    Export(ExportArguments),
    /// Show what `apply` would do. The exit code is 0 when nothing differs and 6 when something does.
    #[command(after_help = "\
Examples:
  postroad config diff postroad.yaml
  postroad config diff ./postroad.d --prune")]
    Diff(FileArguments),
    /// Make the stored configuration that of the file. Shows the plan and asks. What is equal already is not written, so
    /// nothing happens the second time.
    #[command(after_help = "\
A key that the file does not have is left alone altogether; objects that are
stored and not in the file stay, unless --prune is given. A secret is set when
its account is new, and otherwise only with --rotate-secrets, because a stored
one cannot be compared.

Examples:
  postroad config apply postroad.yaml
  postroad config apply ./postroad.d --prune --yes
  postroad config apply postroad.yaml --dry-run
  postroad config apply postroad.yaml --rotate-secrets --yes")]
    Apply(ApplyArguments),
}

/// Where to write to.
#[derive(Args, Debug)]
pub(crate) struct ExportArguments {
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
}

/// Which configuration is meant.
#[derive(Args, Debug)]
pub(crate) struct FileArguments {
    /// A YAML file, or a directory of them (*.yaml and *.yml).
    path: PathBuf,
    /// Delete what is stored and not in the file, of the kinds that the file has a key for.
    #[arg(long)]
    prune: bool,
    /// Set every secret that the file refers to anew.
    #[arg(long)]
    rotate_secrets: bool,
}

/// What to do.
#[derive(Args, Debug)]
pub(crate) struct ApplyArguments {
    #[command(flatten)]
    file: FileArguments,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    match command {
        Command::Export(arguments) => export::run(&arguments, reach, output, console).await,
        Command::Diff(arguments) => {
            let desired = document::read(&arguments.path)?;
            let plan = plan::make(desired, &arguments, &reach.connect().await?).await?;
            plan.remark(console);
            console.print(output, &plan.value(None), || plan.text())?;
            if plan.is_empty() { Ok(()) } else { Err(Failure::Differs) }
        }
        Command::Apply(arguments) => {
            let desired = document::read(&arguments.file.path)?;
            apply::run(desired, &arguments, reach, output, console).await
        }
    }
}
