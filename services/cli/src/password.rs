//! Where a password comes from: never the command line, which every user of the computer can read.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use postroad_connector_model::Secret;

use crate::{Console, Failure};

/// Longest password file that is read, in octets.
const LIMIT: u64 = 4096;

/// A place that holds a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The first line of a file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// One line of standard input.
    Input,
}

impl Source {
    /// Reads `env:NAME` or `file:PATH`, as written in a connector file.
    ///
    /// # Errors
    /// A sentence that does not repeat the text, for it may be a password.
    pub(crate) fn parse_reference(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Variable(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            _ => Err("a password is given by reference only: write env:NAME or file:PATH".to_owned()),
        }
    }

    /// Fetches the password.
    ///
    /// # Errors
    /// [`Failure::Usage`] when there is none.
    pub(crate) fn read(&self, console: &mut Console) -> Result<Secret, Failure> {
        let (text, place) = match self {
            Self::File(path) => (from_file(path)?, format!("The file {}", path.display())),
            Self::Variable(name) => (from_variable(name)?, format!("The environment variable {name}")),
            Self::Input => (console.read_line()?, "Standard input".to_owned()),
        };
        let secret = Secret::new(text);
        if secret.expose().is_empty() {
            return Err(Failure::usage(format!("{place} holds no password: it is empty.")));
        }
        Ok(secret)
    }
}

fn from_file(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LIMIT + 1).read_to_string(&mut text));
    if let Err(error) = read {
        return Err(Failure::usage(format!("Cannot read the password file {}: {error}", path.display())));
    }
    if text.len() as u64 > LIMIT {
        return Err(Failure::usage(format!("The password file {} is longer than {LIMIT} octets.", path.display())));
    }
    // An editor ends the last line; that line end is not part of the password.
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

fn from_variable(name: &str) -> Result<String, Failure> {
    match std::env::var_os(name).map(std::ffi::OsString::into_string) {
        Some(Ok(text)) => Ok(text),
        Some(Err(_)) => Err(Failure::usage(format!("The environment variable {name} is not UTF-8 text."))),
        None => Err(Failure::usage(format!("The environment variable {name} is not set."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(input: &'static str) -> Console {
        Console::new(Box::new(std::io::sink()), Box::new(std::io::sink()), Box::new(input.as_bytes()), false)
    }

    #[test]
    fn the_line_end_of_a_file_is_no_part_of_the_password() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        for (content, password) in [("a b\r\n", "a b"), ("a\n\n", "a\n"), (" a", " a")] {
            std::fs::write(&path, content).unwrap();
            let secret = Source::File(path.clone()).read(&mut console("")).unwrap();
            assert_eq!(secret.expose(), password);
        }
        std::fs::write(&path, "\n").unwrap();
        let empty = Source::File(path).read(&mut console("")).unwrap_err();
        assert!(empty.to_string().contains("is empty"), "{empty}");
    }

    #[test]
    fn standard_input_gives_one_line() {
        let secret = Source::Input.read(&mut console("s3cret\nrest\n")).unwrap();
        assert_eq!(secret.expose(), "s3cret");
    }

    #[test]
    fn a_missing_place_is_named() {
        let missing = Source::Variable("POSTROAD_TEST_UNSET".into()).read(&mut console(""));
        assert!(missing.unwrap_err().to_string().contains("POSTROAD_TEST_UNSET is not set"));
    }

    #[test]
    fn references_name_a_place_and_are_not_repeated() {
        assert_eq!(Source::parse_reference("env:P"), Ok(Source::Variable("P".into())));
        assert_eq!(Source::parse_reference("file:/a:b"), Ok(Source::File("/a:b".into())));
        let refused = Source::parse_reference("hunter2").unwrap_err();
        assert!(!refused.contains("hunter2"));
    }
}
