//! The operator's tool: reads the command line, runs one command, turns its end into an exit code.
use std::process::ExitCode;

use clap::Parser as _;
use postroad::{Cli, Console};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut console = Console::process();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(postroad::run(cli, &mut console)),
        Err(error) => Err(postroad::Failure::Local(format!("cannot start the runtime: {error}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console.complain(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
