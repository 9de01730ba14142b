use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::Context as _;

/// Writes a line for people.
pub fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason to stop: the exit status still tells.
    drop(writeln!(out, "{text}"));
    drop(out.flush());
}

/// Runs a command; its standard output is shown and handed over line by line, its standard error is shown.
///
/// # Errors
/// When the program cannot be started or its output cannot be read.
pub(crate) fn watch(command: &mut Command, mut each_line: impl FnMut(&str)) -> anyhow::Result<bool> {
    let name = format!("{command:?}");
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {name}"))?;
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).split(b'\n') {
            let line = line.with_context(|| format!("cannot read the output of {name}"))?;
            let line = String::from_utf8_lossy(&line);
            say(&line);
            each_line(&line);
        }
    }
    Ok(child.wait()?.success())
}

/// Runs a command and shows what it says.
///
/// # Errors
/// When the program cannot be started.
pub(crate) fn show(command: &mut Command) -> anyhow::Result<bool> {
    watch(command, |_| {})
}

/// Runs a command, shows what it says, and hands over its standard error too.
///
/// # Errors
/// When the program cannot be started.
pub(crate) fn show_with_errors(command: &mut Command) -> anyhow::Result<(bool, String)> {
    let mut child = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {command:?}"))?;
    let errors = child.stderr.take();
    let reader = thread::spawn(move || {
        let lines = errors.into_iter().flat_map(|errors| BufReader::new(errors).lines().map_while(Result::ok));
        lines.inspect(|line| say(line)).collect::<Vec<_>>().join("\n")
    });
    let good = child.wait()?.success();
    Ok((good, reader.join().unwrap_or_default()))
}

/// Whether a program runs and ends well, quietly.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut run = Command::new(program);
    run.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    run.status().is_ok_and(|status| status.success())
}

/// The cargo that runs this recipe.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
