//! Connectors from the configuration of other mail servers. Nothing is stored: the result is a file for `config apply`.

mod exchange;
mod postfix;
mod report;
mod result;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::connector::file;
use crate::{Console, Failure, Output};

/// Commands that read other mail servers' configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read the Send connectors of Exchange, as `Get-SendConnector | ConvertTo-Json -Depth 5` writes them.
    #[command(after_help = "\
On standard output stands the file for `postroad config apply`; on standard error
line by line what was carried over, what was changed and what has no counterpart.

Examples:
  postroad import exchange connectors.json > postroad.yaml
  postroad import exchange connectors.json --output-file postroad.yaml
  postroad config diff postroad.yaml")]
    Exchange(ImportArguments),
    /// Read the outbound part of a Postfix configuration: main.cf and the text files of its maps.
    #[command(after_help = "\
Maps are read from their text sources in the directory (hash:/etc/postfix/transport
from DIR/transport). On standard output stands the file for `postroad config
apply`; on standard error line by line what was carried over, what was changed
and what has no counterpart. Passwords are never written: the file refers to
environment variables.

Examples:
  postroad import postfix /etc/postfix > postroad.yaml
  postroad import postfix ./old-postfix --output-file postroad.yaml")]
    Postfix(ImportArguments),
}

/// What to read, and where to write.
#[derive(Args, Debug)]
pub(crate) struct ImportArguments {
    /// The file or directory to read.
    path: PathBuf,
    /// Write the result to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
}

/// Runs one of the commands.
pub(crate) fn run(command: Command, output: Output, console: &mut Console) -> Result<(), Failure> {
    let (imported, arguments) = match command {
        Command::Exchange(arguments) => {
            let text = file::text(&arguments.path)?;
            let read = exchange::read(&text);
            (read.map_err(|why| Failure::usage(format!("{}: {why}", arguments.path.display())))?, arguments)
        }
        Command::Postfix(arguments) => (postfix::read(&arguments.path)?, arguments),
    };
    let lines = imported.report.lines();
    lines.iter().for_each(|line| console.remark(line));
    result::write(imported, arguments.output_file.as_deref(), output, console)
}
