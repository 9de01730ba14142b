//! The commands about submission users. They speak to nobody: a users file is read by relays.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use postroad_connector_model::Secret;
use postroad_submission_users::{Password, Verifier, check_user_name};
use serde::Serialize;

use crate::secret::Source;
use crate::{Console, Failure, Output};

/// Commands about submission users.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the verifiers of a password, for the users file of relays. At a terminal the password is asked for; elsewhere say
    /// where it is. What is printed is no password, but whoever has it can try passwords: keep it from others.
    #[command(after_help = "\
Examples:
  postroad user hash --name app1
  postroad user hash --name app1 --scram --password-file /run/secrets/app1")]
    Hash(HashArguments),
}

/// Whose verifiers, which, and of what.
#[derive(Args, Debug)]
pub(crate) struct HashArguments {
    /// The user: then a whole entry of the file is printed.
    #[arg(long)]
    name: Option<String>,
    /// Make the verifier for SCRAM-SHA-256; without this and --argon2, both are made.
    #[arg(long)]
    scram: bool,
    /// Make the verifier by argon2id, for PLAIN and LOGIN.
    #[arg(long)]
    argon2: bool,
    /// File whose text is the password; a line end at its end is dropped.
    #[arg(long, value_name = "FILE", group = "password")]
    password_file: Option<PathBuf>,
    /// Environment variable that holds the password.
    #[arg(long, value_name = "VAR", group = "password")]
    password_env: Option<String>,
    /// Read the password as one line of standard input.
    #[arg(long, group = "password")]
    password_stdin: bool,
}

/// An entry of a users file, or a part of it.
#[derive(Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    verifiers: Vec<String>,
}

pub(crate) fn run(command: Command, output: Output, console: &mut Console) -> Result<(), Failure> {
    let Command::Hash(arguments) = command;
    if let Some(name) = &arguments.name {
        check_user_name(name).map_err(|error| Failure::usage(format!("--name: {error}")))?;
    }
    let secret = read_password(&arguments, console)?;
    let password =
        Password::prepare(secret.expose()).map_err(|error| Failure::usage(format!("Not hashed: {error}.")))?;
    let both = arguments.scram == arguments.argon2;
    let mut verifiers = Vec::new();
    if arguments.argon2 || both {
        let failed = || Failure::Local("cannot hash the password by argon2id".to_owned());
        verifiers.push(Verifier::argon2id(&password).ok_or_else(failed)?.to_text().to_string());
    }
    if arguments.scram || both {
        verifiers.push(Verifier::scram(&password).to_text().to_string());
    }
    let entry = Entry { name: arguments.name, verifiers };
    let yaml = entry.yaml()?;
    console.print(output, &entry, || yaml)
}

fn read_password(arguments: &HashArguments, console: &mut Console) -> Result<Secret, Failure> {
    let source = match (&arguments.password_file, &arguments.password_env, arguments.password_stdin) {
        (Some(path), _, _) => Source::File(path.clone()),
        (_, Some(name), _) => Source::Variable(name.clone()),
        (_, _, true) => Source::Input,
        _ if console.is_interactive() => return ask_twice(console),
        _ => {
            return Err(Failure::usage(
                "There is no terminal to ask for the password: give --password-file, --password-env or --password-stdin.",
            ));
        }
    };
    source.read("Password", console)
}

fn ask_twice(console: &mut Console) -> Result<Secret, Failure> {
    let once = Secret::new(console.ask_hidden("Password:")?);
    let again = Secret::new(console.ask_hidden("The same again:")?);
    if once == again { Ok(once) } else { Err(Failure::usage("The passwords differ; nothing was made.")) }
}

impl Entry {
    /// As it stands in a users file. Every text is in double quotes as JSON has them, which YAML reads alike.
    fn yaml(&self) -> Result<String, Failure> {
        let quoted = |text: &String| {
            serde_json::to_string(text).map_err(|error| Failure::Local(format!("cannot write YAML: {error}")))
        };
        let mut lines = Vec::new();
        if let Some(name) = &self.name {
            lines.push(format!("- name: {}", quoted(name)?));
            lines.push("  verifiers:".to_owned());
        }
        for verifier in &self.verifiers {
            lines.push(format!("  - {}", quoted(verifier)?));
        }
        Ok(lines.join("\n"))
    }
}
