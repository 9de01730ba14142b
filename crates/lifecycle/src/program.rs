//! How a program begins and ends: settings that are wrong are told all at once, and its last word goes to standard error.

use std::fmt;
use std::io::Write as _;
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

/// The exit code of a program that ended so. An error is told on standard error, with its causes, behind the program's
/// name.
pub fn exit_code<E: fmt::Display>(program: &str, result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done when even this cannot be said.
            let _said = writeln!(std::io::stderr(), "{program}: {error:#}").is_ok();
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_line() {
        assert_eq!(SettingsError::report(Vec::new()), Ok(()));
        let error = SettingsError::report(vec!["--a: x".to_owned(), "--b: y".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "the settings cannot be used:\n  --a: x\n  --b: y");
    }
}
