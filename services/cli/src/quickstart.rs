//! `postroad quickstart`: a control plane, a relay and a smart host in this process, and one message through them.

mod capturing_host;
mod guide;
mod hop;
mod message;
mod proof;
mod sender;
mod steps;
mod system;
mod tree;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgAction, Args};
use postroad_lifecycle::Shutdown;
use postroad_mail_types::Mailbox;

use crate::{Console, Failure, smart_host};

use sender::Envelope;
use steps::Steps;
use system::System;

/// What to start, and where.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  postroad quickstart
  postroad quickstart --once
  postroad quickstart --smart-host mail.example.com:25")]
pub(crate) struct QuickstartArguments {
    /// Send one message, check that it went the way that is promised, and exit: status 0 only if it did. The last line
    /// on standard output is one JSON object.
    #[arg(long)]
    once: bool,
    /// Keep the control plane's data here, and use again what is there. When not given: a temporary directory, removed
    /// at the end.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where the relay accepts mail; a free port of loopback when not given.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0", hide_default_value = true)]
    smtp_listen: SocketAddr,
    /// Where the control plane serves gRPC; a free port of loopback when not given.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0", hide_default_value = true)]
    grpc_listen: SocketAddr,
    /// Where the relay serves its health; a free port of loopback when not given.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0", hide_default_value = true)]
    admin_listen: SocketAddr,
    /// Send through this smart host instead of the capturing one. It gets a real message.
    #[arg(long, value_name = "HOST:PORT")]
    smart_host: Option<String>,
    /// Sender of the message.
    #[arg(long, value_name = "ADDRESS", default_value = "quickstart@example.org", value_parser = address)]
    from: String,
    /// Recipient of the message.
    #[arg(long, value_name = "ADDRESS", default_value = "you@example.com", value_parser = address)]
    to: String,
    /// Log to standard error; twice for more.
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
}

impl QuickstartArguments {
    /// The log filter that the flags ask for.
    pub(crate) const fn log_filter(&self) -> &'static str {
        match self.verbose {
            0 => "error",
            1 => "info",
            _ => "debug",
        }
    }
}

/// An address that can stand between angle brackets.
fn address(text: &str) -> Result<String, String> {
    Mailbox::parse(text).map(|mailbox| mailbox.as_str().to_owned()).map_err(|error| error.to_string())
}

/// Starts everything, sends the message, and ends everything: after the check, or at SIGTERM or SIGINT.
pub(crate) async fn run(arguments: QuickstartArguments, console: &mut Console) -> Result<(), Failure> {
    let smart_host = arguments.smart_host.as_deref().map(smart_host::parse).transpose();
    let smart_host = smart_host.map_err(|problem| Failure::usage(format!("--smart-host: {problem}")))?;
    let shutdown =
        Shutdown::on_signals().map_err(|error| Failure::Local(format!("cannot wait for signals: {error}")))?;
    let mut system = System::new(shutdown.clone())?;
    let envelope = Envelope { from: arguments.from.clone(), to: arguments.to.clone() };
    let mut steps = Steps { arguments: &arguments, envelope, smart_host, system: &mut system };
    let outcome = tokio::select! {
        outcome = steps.all(console) => outcome,
        () = shutdown.begun() => interrupted(arguments.once),
    };
    let stopped = system.stop().await;
    outcome.and(stopped)
}

/// A signal while nothing but a signal is waited for is how quickstart ends.
fn interrupted(once: bool) -> Result<(), Failure> {
    if once {
        return Err(Failure::step("wait for the message", "a signal ended it, or a part of it ended by itself"));
    }
    Ok(())
}
