//! Everything that is wrong with a file.

use std::fmt;

/// Most problems that are listed.
const MAX_LISTED: usize = 50;

/// Everything that is wrong with a users file, a line for each, with the file and the field: at most fifty lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    lines: Vec<String>,
    more: usize,
}

impl Problems {
    /// The problems, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))?;
        if self.more > 0 { write!(f, "\nand {} more", self.more) } else { Ok(()) }
    }
}

impl std::error::Error for Problems {}

/// Gathers problems while a file is read.
pub(crate) struct Gathering {
    file: String,
    found: Problems,
}

impl Gathering {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), found: Problems { lines: Vec::new(), more: 0 } }
    }

    /// Notes a problem of the field at `path`; an empty path is the file itself.
    pub(crate) fn note(&mut self, path: &str, problem: impl fmt::Display) {
        if self.found.lines.len() == MAX_LISTED {
            self.found.more += 1;
            return;
        }
        let file = &self.file;
        let line = if path.is_empty() { format!("{file}: {problem}") } else { format!("{file}: {path}: {problem}") };
        self.found.lines.push(line);
    }

    /// The value, unless something was noted.
    pub(crate) fn unless_any<T>(self, value: T) -> Result<T, Problems> {
        if self.found.lines.is_empty() { Ok(value) } else { Err(self.found) }
    }
}
