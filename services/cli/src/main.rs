//! The operator's tool: reads the command line, runs one command, turns its end into an exit code.
use std::process::ExitCode;

use clap::Parser as _;
use postroad::{Cli, Console, Failure};
use postroad_telemetry::{LogFormat, LogSettings, init_logs};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut console = Console::process();
    match run(cli, &mut console) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console.complain(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(cli: Cli, console: &mut Console) -> Result<(), Failure> {
    if let Some(filter) = cli.log_filter() {
        init_logs(&LogSettings { filter: filter.to_owned(), format: LogFormat::Text })
            .map_err(|error| Failure::Local(error.to_string()))?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Local(format!("cannot start the runtime: {error}")))?;
    runtime.block_on(postroad::run(cli, console))
}
