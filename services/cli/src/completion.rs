//! `postroad completion`: scripts that let a shell complete commands and flags.

use clap::{Args, CommandFactory as _, ValueEnum};
use clap_complete::Shell;

use crate::{Cli, Console, Failure};

/// For which shell.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  postroad completion bash > /etc/bash_completion.d/postroad
  postroad completion zsh > \"${fpath[1]}/_postroad\"
  postroad completion fish > ~/.config/fish/completions/postroad.fish")]
pub(crate) struct CompletionArguments {
    /// The shell.
    shell: Flavour,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Flavour {
    Bash,
    Zsh,
    Fish,
}

/// Prints the script.
pub(crate) fn run(arguments: &CompletionArguments, console: &mut Console) -> Result<(), Failure> {
    let shell = match arguments.shell {
        Flavour::Bash => Shell::Bash,
        Flavour::Zsh => Shell::Zsh,
        Flavour::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "postroad", &mut script);
    let script =
        String::from_utf8(script).map_err(|error| Failure::Local(format!("cannot write the script: {error}")))?;
    console.line(script.trim_end())
}
