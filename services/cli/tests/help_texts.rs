//! What the tool says about itself.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod operator {
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod shell;
}

use clap::CommandFactory as _;
use operator::shell::Shell;

/// Every command with its whole name.
fn commands(command: &mut clap::Command, path: &str, all: &mut Vec<(String, clap::Command)>) {
    all.push((path.to_owned(), command.clone()));
    for below in command.get_subcommands_mut() {
        let path = format!("{path} {}", below.get_name());
        commands(below, &path, all);
    }
}

fn every_command() -> Vec<(String, clap::Command)> {
    let mut root = postroad::Cli::command();
    root.build();
    let mut all = Vec::new();
    commands(&mut root, "postroad", &mut all);
    all.retain(|(path, _)| !path.contains(" help"));
    all
}

#[test]
fn help_fits_80_columns() {
    let all = every_command();
    assert!(all.len() > 30, "only {} commands", all.len());
    for (path, mut command) in all {
        for help in [command.render_help().to_string(), command.render_long_help().to_string()] {
            for line in help.lines() {
                assert!(line.chars().count() <= 80, "{path}: {line}");
            }
        }
    }
}

#[test]
fn every_command_that_does_something_has_an_example() {
    for (path, mut command) in every_command() {
        if command.has_subcommands() {
            continue;
        }
        let help = command.render_long_help().to_string();
        assert!(help.contains("Example") && help.contains(&format!("  {path}")), "{path} has no example:\n{help}");
    }
}

#[tokio::test]
async fn completion_scripts_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let mut console = Shell::new("http://127.0.0.1:1");
        assert_eq!(console.run(&["completion", shell]).await, 0, "{}", console.err());
        for word in ["site-link", "rotate-secrets", "smart-host"] {
            assert!(console.out().contains(word), "{shell} does not know {word}");
        }
    }
}
