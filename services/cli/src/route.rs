//! The commands about routes.

mod answer;
mod proposal;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use postroad_api::connector::v1::ExplainRouteRequest;

use crate::client::Reach;
use crate::connector::file;
use crate::{Console, Failure, Output, byte_size};

/// Recipients that one question may name.
const RECIPIENTS: usize = 10_000;

/// Commands about routes.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which connector carries a recipient, and why each other one does not. The exit code is 0 also when none
    /// does, for the question was answered.
    Explain(ExplainArguments),
}

/// What a client would say.
#[derive(Args, Debug)]
#[command(after_help = "\
A file of changes asks about a set that differs from the stored one; nothing is
stored. It holds any of the keys create, update and delete: connectors as with
`connector create -f`, and names or ids.

Examples:
  postroad route explain user@example.org
  postroad route explain user@example.org --from app@contoso.com --size 20MB
  postroad route explain user@example.org --relay edge-1 --listener submission
  postroad route explain --recipients-file recipients.txt --output json
  postroad route explain user@example.org --proposed changes.yaml")]
pub(crate) struct ExplainArguments {
    /// The recipient, for example user@example.com, or Postmaster.
    #[arg(required_unless_present = "recipients_file")]
    recipient: Option<String>,
    /// File with one recipient in each line, at most 10000; for each the connector and the runner-up are told. Blank
    /// lines and lines that begin with # are left out.
    #[arg(long, value_name = "FILE")]
    recipients_file: Option<PathBuf>,
    /// The reverse-path; "<>" or nothing is the null reverse-path.
    #[arg(long, value_name = "ADDRESS", default_value = "<>", hide_default_value = true)]
    from: String,
    /// The size that MAIL declares, for example 10MB; when not given none is declared.
    #[arg(long, value_parser = byte_size::parse)]
    size: Option<u64>,
    /// The listener that the mail comes in by; when not given one that no connector is linked to.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    listener: String,
    /// Name of the relay that asks; when not given a relay without a record, in the site of --site.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    relay: String,
    /// Site of a relay without a record.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    site: String,
    /// Ask about the stored set with the changes of this YAML file.
    #[arg(long, value_name = "FILE")]
    proposed: Option<PathBuf>,
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    let Command::Explain(arguments) = command;
    let mut recipients = match &arguments.recipients_file {
        Some(path) => recipients(&file::text(path)?)?,
        None => Vec::new(),
    };
    let single = arguments.recipient.is_some();
    let recipient = match &arguments.recipient {
        Some(recipient) => recipient.clone(),
        None if recipients.is_empty() => return Err(Failure::usage("The file names no recipient.")),
        None => recipients.remove(0),
    };
    let request = ExplainRouteRequest {
        recipient: bare(&recipient),
        sender: bare(&arguments.from),
        size: arguments.size.unwrap_or(0),
        listener: arguments.listener,
        relay: arguments.relay,
        site: arguments.site,
        recipients: recipients.iter().map(|recipient| bare(recipient)).collect(),
        proposed: arguments.proposed.as_deref().map(proposal::read).transpose()?.unwrap_or_default(),
    };
    let control_plane = reach.connect().await?;
    let mut service = control_plane.connectors();
    let found = control_plane.answer(service.explain_route(request)).await?;
    console.print(output, &answer::value(&recipient, &found), || {
        let first = if single { answer::text(&recipient, &found) } else { String::new() };
        let many = answer::table(if single { None } else { Some((&recipient, &found)) }, &found.routes);
        [first, many].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
    })
}

fn recipients(text: &str) -> Result<Vec<String>, Failure> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let recipients: Vec<_> = lines.map(str::to_owned).collect();
    if recipients.len() > RECIPIENTS {
        return Err(Failure::usage(format!(
            "The file names {} recipients; at most {RECIPIENTS} can be asked at once.",
            recipients.len()
        )));
    }
    Ok(recipients)
}

/// An address without the angle brackets that SMTP writes around it.
fn bare(address: &str) -> String {
    let address = address.trim();
    let inner = address.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    inner.unwrap_or(address).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angle_brackets_are_not_part_of_an_address() {
        assert_eq!(bare("<>"), "");
        assert_eq!(bare("<a@b>"), "a@b");
        assert_eq!(bare("a@b"), "a@b");
    }

    #[test]
    fn recipients_stand_one_in_a_line() {
        assert_eq!(recipients("a@x\n\n# no\n <b@y> \n").unwrap(), ["a@x", "<b@y>"]);
        assert!(recipients(&"a@x\n".repeat(RECIPIENTS + 1)).is_err());
    }
}
