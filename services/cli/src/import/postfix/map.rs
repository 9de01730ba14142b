//! Look-up tables, from their text sources.

use std::path::{Path, PathBuf};

use super::parameters::Parameters;
use crate::connector::file;
use crate::import::report::{Fate, Report};

/// The entries of all tables of a parameter.
pub(super) struct Map {
    /// Parameter and file, key, value.
    pub(super) entries: Vec<(String, String, String)>,
}

impl Map {
    /// Value of a key, case ignored, and the table it stands in.
    pub(super) fn find(&self, key: &str) -> Option<(&str, &str)> {
        let found = self.entries.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(key));
        found.map(|(subject, _, value)| (subject.as_str(), value.as_str()))
    }
}

/// Reads every table of a parameter. What cannot be read is told.
pub(super) fn entries(
    parameter: &str,
    parameters: &Parameters,
    dir: &Path,
    report: &mut Report,
) -> Vec<(String, String, String)> {
    let mut entries = Vec::new();
    let value = parameters.get(parameter).unwrap_or_default();
    for table in value.split([',', ' ', '\t']).filter(|table| !table.is_empty()) {
        let plain = table.strip_prefix("proxy:").unwrap_or(table);
        let (kind, path) = plain.split_once(':').unwrap_or(("hash", plain));
        if !["hash", "lmdb", "btree", "dbm", "cdb", "texthash", "sdbm"].contains(&kind) {
            report.add(Fate::Dropped, parameter, format!("{table}: tables of type {kind} are not read"));
            continue;
        }
        let path = source(path, dir);
        match file::text(&path) {
            Ok(text) => {
                let subject = format!("{parameter} ({})", path.file_name().unwrap_or_default().to_string_lossy());
                entries.extend(parse(&text).into_iter().map(|(key, value)| (subject.clone(), key, value)));
            }
            Err(failure) => report.add(Fate::Dropped, parameter, format!("{table}: {failure}")),
        }
    }
    entries
}

/// The text source of a table: inside the directory that is read, for it may be a copy from another computer.
fn source(path: &str, dir: &Path) -> PathBuf {
    let path = Path::new(path);
    let below = path.strip_prefix("/etc/postfix").unwrap_or(path);
    let inside = dir.join(below.strip_prefix("/").unwrap_or(below));
    match path.file_name() {
        Some(name) if !inside.exists() => dir.join(name),
        _ => inside,
    }
}

/// Keys and values; a line that begins with a blank goes on with the line before.
fn parse(text: &str) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = entries.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        let (key, value) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        entries.push((key.to_ascii_lowercase(), value.trim().to_owned()));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_line_by_line() {
        let text = "# comment\nExample.com\tsmtp:[h]:25\n\n.example.net  relay:\n   [i]\nalone\n";
        let entries = parse(text);
        let shown: Vec<_> = entries.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(shown, [("example.com", "smtp:[h]:25"), (".example.net", "relay: [i]"), ("alone", "")]);
    }
}
