//! The operator's tool of Postroad, as a library: the commands, and the texts they print.
//!
//! Every command is a function of its arguments, a [`Console`] and, but for those about submission users, a control plane
//! reached over the public gRPC API; nothing here knows more than another client could.

mod address_space;
mod audit;
mod byte_size;
mod certificate;
mod cli;
mod client;
mod completion;
mod config;
mod connector;
mod console;
mod failure;
mod import;
mod members;
mod moment;
mod object_change;
mod printable;
mod quickstart;
mod refusal;
mod relay;
mod revision;
mod route;
mod secret;
mod secrets;
mod site;
mod site_link;
mod smart_host;
mod span_of_time;
mod table;
mod user;
mod writing;

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
        Command::Audit(command) => audit::run(command, &reach, cli.output, console).await,
        Command::Certificate(command) => certificate::run(command, &reach, cli.output, console).await,
        Command::Completion(arguments) => completion::run(&arguments, console),
        Command::Config(command) => Box::pin(config::run(command, &reach, cli.output, console)).await,
        Command::Import(command) => import::run(command, cli.output, console),
        Command::Connector(command) => Box::pin(connector::run(command, &reach, cli.output, console)).await,
        Command::Quickstart(arguments) => Box::pin(quickstart::run(arguments, console)).await,
        Command::Route(command) => route::run(command, &reach, cli.output, console).await,
        Command::Relay(command) => relay::run(command, &reach, cli.output, console).await,
        Command::Revision(command) => revision::run(command, &reach, cli.output, console).await,
        Command::Secrets(command) => secrets::run(command, &reach, cli.output, console).await,
        Command::Site(command) => site::run(command, &reach, cli.output, console).await,
        Command::SiteLink(command) => site_link::run(command, &reach, cli.output, console).await,
        Command::User(command) => user::run(command, cli.output, console),
    }
}
