//! The command line.

use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use crate::quickstart::QuickstartArguments;
use crate::{
    audit, certificate, completion, config, connector, import, relay, revision, route, secrets, site, site_link,
    span_of_time, user,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the control plane refused the request
  2  the command line, a file it names or an answer to a question was wrong; nothing was sent
  3  the control plane could not be reached, or did not answer in time
  4  quickstart: a step failed, or the proof is not whole
  5  something on this computer failed, for example writing the output
  6  config diff: something differs";

/// Describes mail routes to a control plane, and shows what became of them.
#[derive(Debug, Parser)]
#[command(name = "postroad", version, after_help = EXIT_CODES, arg_required_else_help = true, term_width = 80)]
pub struct Cli {
    /// Address of the control plane's gRPC port.
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        env = "POSTROAD_SERVER",
        default_value = "http://127.0.0.1:7443",
        value_name = "URL"
    )]
    pub server: String,

    /// Tables for people, JSON or YAML for programs.
    #[arg(long, global = true, help_heading = "Everywhere", value_enum, default_value_t = Output::Table, value_name = "FORM")]
    pub output: Output,

    /// How long to wait for each answer of the control plane, for example 500ms, 30s or 2m.
    #[arg(long, global = true, help_heading = "Everywhere", default_value = "30s", value_parser = span_of_time::parse, value_name = "TIME")]
    pub timeout: Duration,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "one value per process")]
pub(crate) enum Command {
    /// Create, read, change and delete Send connectors.
    #[command(subcommand)]
    Connector(connector::Command),
    /// Ask which connector carries a recipient.
    #[command(subcommand)]
    Route(route::Command),
    /// Show the relays, and say where they stand.
    #[command(subcommand)]
    Relay(relay::Command),
    /// Keep sites: places where relays stand.
    #[command(subcommand)]
    Site(site::Command),
    /// Keep links between sites, and what they cost.
    #[command(subcommand)]
    SiteLink(site_link::Command),
    /// Keep certificates that relays show to smart hosts, and sets of trusted roots.
    #[command(subcommand)]
    Certificate(certificate::Command),
    /// Show revisions of the configuration, compare them, go back.
    #[command(subcommand)]
    Revision(revision::Command),
    /// Show who did what, when and from where.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look after stored secrets.
    #[command(subcommand)]
    Secrets(secrets::Command),
    /// Keep the whole configuration as a file, for example in Git.
    #[command(subcommand)]
    Config(config::Command),
    /// Make such a file from the configuration of Exchange or Postfix.
    #[command(subcommand)]
    Import(import::Command),
    /// Print a script that completes commands and flags in a shell.
    Completion(completion::CompletionArguments),
    /// Make what stands in a users file for a password.
    #[command(subcommand)]
    User(user::Command),
    /// Start a control plane, a relay and a capturing smart host on loopback, and send one message through them.
    Quickstart(QuickstartArguments),
}

impl Cli {
    /// The log filter, for the commands that log: they run services in this process.
    #[must_use]
    pub const fn log_filter(&self) -> Option<&'static str> {
        match &self.command {
            Command::Quickstart(arguments) => Some(arguments.log_filter()),
            _ => None,
        }
    }
}

/// Form of what a command prints to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Text and tables, at most 80 columns wide.
    Table,
    /// JSON with the field names of the API; never a secret.
    Json,
    /// The same as YAML.
    Yaml,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_may_follow_the_command() {
        let cli = Cli::try_parse_from([
            "postroad",
            "relay",
            "list",
            "--output",
            "json",
            "--timeout",
            "2s",
            "--server",
            "http://[::1]:1",
        ])
        .unwrap();
        assert_eq!(cli.output, Output::Json);
        assert_eq!(cli.timeout, Duration::from_secs(2));
        assert_eq!(cli.server, "http://[::1]:1");
    }

    #[test]
    fn help_tells_the_exit_codes() {
        let help = Cli::command().render_long_help().to_string();
        for code in 0..=6 {
            assert!(help.contains(&format!("\n  {code}  ")), "{help}");
        }
    }
}
