//! Where a secret comes from: never the command line, which every user of the computer can read.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use postroad_connector_model::{Secret, SecretBytes};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Console, Failure};

/// Longest file of a secret that is read, in octets.
const LIMIT: u64 = 64 * 1024;

/// A place that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// One line of standard input; at a terminal it is asked for.
    Input,
}

/// A secret of a file, which is only ever a reference: `env:NAME` or `file:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference(pub(crate) Source);

impl Source {
    /// Reads `env:NAME` or `file:PATH`, as written in a file.
    ///
    /// # Errors
    /// A sentence that does not repeat the text, for it may be the secret.
    pub(crate) fn parse_reference(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Variable(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            _ => Err("a secret is given by reference only: write env:NAME or file:PATH".to_owned()),
        }
    }

    /// Fetches the secret as a text. `what` names it where it is asked for.
    ///
    /// # Errors
    /// [`Failure::Usage`] when there is none.
    pub(crate) fn read(&self, what: &str, console: &mut Console) -> Result<Secret, Failure> {
        let text = match self {
            Self::File(path) => {
                let text = String::from_utf8(from_file(path)?)
                    .map_err(|_not_shown| Failure::usage(format!("The file {} is not UTF-8 text.", path.display())))?;
                // An editor ends the last line; that line end is not part of the secret.
                let line = text.strip_suffix('\n').unwrap_or(&text);
                line.strip_suffix('\r').unwrap_or(line).to_owned()
            }
            Self::Variable(name) => from_variable(name)?,
            Self::Input if console.is_interactive() => console.ask_hidden(&format!("{what}:"))?,
            Self::Input => console.read_line()?,
        };
        let secret = Secret::new(text);
        if secret.expose().is_empty() { Err(self.empty(what)) } else { Ok(secret) }
    }

    /// Fetches the secret as it is, every octet of a file.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn read_octets(&self, what: &str, console: &mut Console) -> Result<SecretBytes, Failure> {
        let Self::File(path) = self else {
            return Ok(SecretBytes::new(self.read(what, console)?.expose().as_bytes().to_vec()));
        };
        let octets = from_file(path)?;
        if octets.is_empty() { Err(self.empty(what)) } else { Ok(SecretBytes::new(octets)) }
    }

    fn empty(&self, what: &str) -> Failure {
        let place = match self {
            Self::File(path) => format!("The file {}", path.display()),
            Self::Variable(name) => format!("The environment variable {name}"),
            Self::Input => "Standard input".to_owned(),
        };
        Failure::usage(format!("{place} holds no {}: it is empty.", what.to_lowercase()))
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Source::File(path) => serializer.collect_str(&format_args!("file:{}", path.display())),
            Source::Variable(name) => serializer.collect_str(&format_args!("env:{name}")),
            Source::Input => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Whatever stands there: it is not repeated in an error, for it may be a secret that consists of digits.
        struct Anything;
        impl serde::de::Visitor<'_> for Anything {
            type Value = Reference;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a reference to a secret: env:NAME or file:PATH")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Reference, E> {
                Source::parse_reference(text).map(Reference).map_err(E::custom)
            }

            fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Reference, E> {
                self.visit_str("")
            }

            fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Reference, E> {
                self.visit_str("")
            }

            fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Reference, E> {
                self.visit_str("")
            }

            fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Reference, E> {
                self.visit_str("")
            }
        }
        deserializer.deserialize_any(Anything)
    }
}

fn from_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut octets));
    if let Err(error) = read {
        return Err(Failure::usage(format!("Cannot read the file of a secret {}: {error}", path.display())));
    }
    if octets.len() as u64 > LIMIT {
        return Err(Failure::usage(format!("The file {} is longer than {LIMIT} octets.", path.display())));
    }
    Ok(octets)
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
    fn the_line_end_of_a_file_is_no_part_of_the_secret() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        for (content, password) in [("a b\r\n", "a b"), ("a\n\n", "a\n"), (" a", " a")] {
            std::fs::write(&path, content).unwrap();
            let secret = Source::File(path.clone()).read("Password", &mut console("")).unwrap();
            assert_eq!(secret.expose(), password);
            let octets = Source::File(path.clone()).read_octets("Keytab", &mut console("")).unwrap();
            assert_eq!(octets.expose(), content.as_bytes());
        }
        std::fs::write(&path, "\n").unwrap();
        let empty = Source::File(path).read("Password", &mut console("")).unwrap_err();
        assert!(empty.to_string().contains("is empty"), "{empty}");
    }

    #[test]
    fn standard_input_gives_one_line() {
        let secret = Source::Input.read("Password", &mut console("s3cret\nrest\n")).unwrap();
        assert_eq!(secret.expose(), "s3cret");
    }

    #[test]
    fn a_missing_place_is_named() {
        let missing = Source::Variable("POSTROAD_TEST_UNSET".into()).read("Password", &mut console(""));
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
