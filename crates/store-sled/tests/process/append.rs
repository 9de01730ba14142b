//! The program `append` (examples/append.rs).

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where cargo has put it.
pub(crate) fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().unwrap().parent().unwrap().join("examples/append");
    assert!(program.is_file(), "{} is missing: run `cargo build -p postroad-store-sled --examples`", program.display());
    program
}

/// Runs it to its end.
pub(crate) fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(program()).arg(directory).args(arguments).output().unwrap()
}

/// Runs it under strace, which writes to `trace`; `None`, after saying so, when strace is not there or may not trace.
pub(crate) fn run_traced(
    test: &str,
    options: &[&str],
    trace: &Path,
    directory: &Path,
    mode: &[&str],
) -> Option<Output> {
    match Command::new("strace").args(["-o", "/dev/null", "true"]).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            skip(test, &format!("strace may not trace: {}", String::from_utf8_lossy(&output.stderr).trim()));
            return None;
        }
        Err(error) => {
            skip(test, &format!("strace does not start: {error}"));
            return None;
        }
    }
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-s", "64", "-o"]).arg(trace).args(options);
    let output = strace.arg(program()).arg(directory).args(mode).output().unwrap();
    Some(output)
}

/// Says that a test was not made, and why.
pub(crate) fn skip(test: &str, reason: &str) {
    eprintln!("SKIPPED {test}: {reason}");
}

/// Its lines, split at spaces; a line without an end was not said.
pub(crate) fn lines(stdout: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(stdout);
    let whole = text.rfind('\n').map_or("", |end| text.split_at(end).0);
    whole.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

/// Whether a program can be run here.
pub(crate) fn succeeds<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> Result<(), String> {
    match Command::new(program).args(arguments).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(format!("{program}: {error}")),
    }
}
