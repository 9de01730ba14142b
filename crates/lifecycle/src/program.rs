//! How a program begins and ends: settings that are wrong are told all at once, and its last word goes to standard error.

use std::fmt;
use std::future::Future;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Settings that cannot be used: all that is wrong with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError(Vec<String>);

impl SettingsError {
    /// Of these problems, of which there is at least one.
    #[must_use]
    pub const fn new(problems: Vec<String>) -> Self {
        Self(problems)
    }

    /// The error that tells these problems, each with the setting's name and what to do.
    ///
    /// # Errors
    /// When there are any.
    pub fn report(problems: Vec<String>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self(problems)) }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings cannot be used:\n  {}", self.0.join("\n  "))
    }
}

impl std::error::Error for SettingsError {}

/// Runs all of a program on a runtime of its own. What still holds a thread when it is over, such as the system's look-up
/// of a name, is not waited for: a program ends when it says so.
///
/// # Errors
/// When the system gives no threads or no means to wait for sockets.
pub fn run_to_end<T>(main: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(main);
    runtime.shutdown_background();
    Ok(result)
}

/// The exit code of a program that ended so. An error is told on standard error, with its causes, behind the program's
/// name.
pub fn exit_code<E: fmt::Display>(program: &str, result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done when even this cannot be said.
            let _said = writeln!(io::stderr(), "{program}: {error:#}").is_ok();
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_thread_that_is_held_up_does_not_keep_a_program() {
        let (release, held) = mpsc::channel::<()>();
        let (tell, ended) = mpsc::channel();
        std::thread::spawn(move || {
            let result = run_to_end(async move {
                let (at_work, begun) = tokio::sync::oneshot::channel();
                let _work = tokio::task::spawn_blocking(move || {
                    at_work.send(()).unwrap();
                    // Until the test is over.
                    let _released = held.recv().is_ok();
                });
                begun.await.unwrap();
                7
            });
            tell.send(result.unwrap()).unwrap();
        });
        assert_eq!(ended.recv_timeout(Duration::from_secs(10)), Ok(7));
        drop(release);
    }

    #[test]
    fn every_problem_has_its_line() {
        assert_eq!(SettingsError::report(Vec::new()), Ok(()));
        let error = SettingsError::report(vec!["--a: x".to_owned(), "--b: y".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "the settings cannot be used:\n  --a: x\n  --b: y");
    }
}
