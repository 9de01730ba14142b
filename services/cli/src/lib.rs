//! The operator's tool of Postroad, as a library: the commands, and the texts they print.
//!
//! Every command is a function of its arguments, a [`Console`] and, but for those about submission users, a control plane
//! reached over the public gRPC API; nothing here knows more than another client could.

mod address_space;
mod byte_size;
mod cli;
mod client;
mod connector;
mod console;
mod failure;
mod moment;
mod password;
mod printable;
mod quickstart;
mod refusal;
mod relay;
mod route;
mod smart_host;
mod span_of_time;
mod table;
mod user;

use cli::Command;
pub use cli::{Cli, Output};
pub use console::Console;
pub use failure::Failure;
pub use refusal::Refusal;

/// Runs one command.
///
/// # Errors
/// Whatever kept the command from being done, in words for the operator.
pub async fn run(cli: Cli, console: &mut Console) -> Result<(), Failure> {
    let reach = client::Reach { server: cli.server, timeout: cli.timeout };
    match cli.command {
        Command::Connector(command) => connector::run(command, &reach, cli.output, console).await,
        Command::Quickstart(arguments) => Box::pin(quickstart::run(arguments, console)).await,
        Command::Route(command) => route::run(command, &reach, cli.output, console).await,
        Command::Relay(command) => relay::run(command, &reach, cli.output, console).await,
        Command::User(command) => user::run(command, cli.output, console),
    }
}
