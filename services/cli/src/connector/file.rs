//! Connectors from a YAML file.

mod written;

use std::path::Path;

use serde::Deserialize;

pub(crate) use written::Written;

use self::written::Document;
use super::change::Change;
use crate::Failure;

/// Largest file that is read, in octets.
pub(crate) const LIMIT: u64 = 16 << 20;

/// A connector of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// The id that the file names.
    pub(crate) id: Option<String>,
    /// The fields that the file names.
    pub(crate) change: Change,
}

impl Entry {
    /// Id or name of the connector to change, and the change: the name is part of it only beside an id.
    ///
    /// # Errors
    /// When it has neither.
    pub(crate) fn target(mut self) -> Result<(String, Change), String> {
        if let Some(id) = self.id {
            return Ok((id, self.change));
        }
        self.change.mask.retain(|path| path != "name");
        match self.change.connector.name.as_str() {
            "" => Err("A connector of the file has neither id nor name, so it cannot be found.".to_owned()),
            name => Ok((name.to_owned(), self.change)),
        }
    }
}

/// Reads a text file of bounded size.
///
/// # Errors
/// [`Failure::Usage`] when it cannot be read or is too large.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let cannot = |cause: String| Failure::usage(format!("Cannot read {}: {cause}", path.display()));
    let size = std::fs::metadata(path).map_err(|error| cannot(error.to_string()))?.len();
    if size > LIMIT {
        return Err(cannot(format!("it is larger than {LIMIT} octets.")));
    }
    std::fs::read_to_string(path).map_err(|error| cannot(error.to_string()))
}

/// Reads the connectors of a file: one per document, or a list in a document.
///
/// # Errors
/// [`Failure::Usage`] with every document that is wrong, by line.
pub(crate) fn read(path: &Path) -> Result<Vec<Entry>, Failure> {
    let shown = path.display();
    parse(&text(path)?)
        .map_err(|problems| Failure::Usage(problems.into_iter().map(|problem| format!("{shown}: {problem}")).collect()))
}

fn parse(text: &str) -> Result<Vec<Entry>, Vec<String>> {
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    for document in serde_yaml_ng::Deserializer::from_str(text) {
        match Document::deserialize(document) {
            Ok(document) => entries.extend(document.0.into_iter().map(|written| written.0)),
            Err(error) => problems.push(error.to_string()),
        }
    }
    if entries.is_empty() && problems.is_empty() {
        problems.push("The file holds no connector.".to_owned());
    }
    problems.extend(twins(&entries));
    if problems.is_empty() { Ok(entries) } else { Err(problems) }
}

/// Names that are given to two connectors.
pub(crate) fn twins(entries: &[Entry]) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let names = entries.iter().map(|entry| &entry.change.connector.name).filter(|name| !name.is_empty());
    let twins = names.filter(|name| !seen.insert(name.to_lowercase()));
    twins.map(|name| format!("The name \"{name}\" is given to two connectors.")).collect()
}

#[cfg(test)]
mod tests;
