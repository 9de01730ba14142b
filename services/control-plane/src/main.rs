//! Entry point of `postroad-control-plane`.

use std::process::ExitCode;

use clap::Parser;
use postroad_control_plane::{App, Settings};
use postroad_lifecycle::{SettingsError, Shutdown, exit_code};
use postroad_telemetry::{LogFormat, LogSettings};

/// Keeps Send connectors and streams them to relays.
#[derive(Parser)]
#[command(name = "postroad-control-plane", version)]
struct Program {
    #[command(flatten)]
    settings: Settings,

    /// What is logged, for example info or postroad_control_plane=debug
    #[arg(long, env = "POSTROAD_LOG", default_value = "info", value_name = "FILTER")]
    log: String,

    /// Check the settings, report everything that is wrong with them, and exit
    #[arg(long)]
    check: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code("postroad-control-plane", Box::pin(run(Program::parse())).await)
}

async fn run(program: Program) -> anyhow::Result<()> {
    let mut problems = program.settings.problems();
    let logs = postroad_telemetry::init_logs(&LogSettings { filter: program.log, format: LogFormat::Json });
    problems.extend(logs.err().map(|error| format!("--log: {error}.")));
    SettingsError::report(problems)?;
    if program.check {
        return Ok(());
    }
    let shutdown = Shutdown::on_signals()?;
    App::build(program.settings).await?.run(shutdown).await
}
