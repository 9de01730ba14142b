//! The file: every section is optional, and one that is not there says nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::connector::file::{self, Entry, Written};
use crate::secret::Reference;
use crate::site_link;

/// The form that this version reads and writes.
pub(crate) const VERSION: u32 = 1;

/// What a file, or all files of a directory, say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    version: Option<u32>,
    pub(super) sites: Option<Vec<SiteEntry>>,
    pub(super) site_links: Option<Vec<LinkEntry>>,
    pub(super) relays: Option<Vec<RelayEntry>>,
    pub(super) certificates: Option<Vec<CertificateEntry>>,
    connectors: Option<Vec<Written>>,
    #[serde(skip)]
    pub(super) entries: Option<Vec<Entry>>,
}

/// A site.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteEntry {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) comment: String,
}

/// A link between two sites.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkEntry {
    pub(super) from_site: String,
    pub(super) to_site: String,
    #[serde(default = "default_cost")]
    pub(super) cost: u32,
}

const fn default_cost() -> u32 {
    site_link::DEFAULT_COST
}

/// Where a relay stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelayEntry {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) site: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<String, String>,
}

/// A certificate; its key by reference.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CertificateEntry {
    pub(super) name: String,
    pub(super) certificates_pem: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) private_key: Option<Reference>,
}

/// Reads a file, or every `*.yaml` and `*.yml` of a directory in order of name.
///
/// # Errors
/// [`Failure::Usage`] with everything that is wrong, by file and line.
pub(super) fn read(path: &Path) -> Result<Document, Failure> {
    let mut whole = Document::default();
    let mut problems = Vec::new();
    for path in files(path)? {
        match parse(&file::text(&path)?) {
            Ok(document) => whole.join(document),
            Err(problem) => problems.push(format!("{}: {problem}", path.display())),
        }
    }
    problems.extend(whole.twins());
    if problems.is_empty() { Ok(whole) } else { Err(Failure::Usage(problems)) }
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let cannot = |error: std::io::Error| Failure::usage(format!("Cannot read {}: {error}", path.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Failure::usage(format!("{} holds no file *.yaml or *.yml.", path.display())));
    }
    files.sort();
    Ok(files)
}

fn parse(text: &str) -> Result<Document, String> {
    let mut document: Document = serde_yaml_ng::from_str(text).map_err(|error| error.to_string())?;
    if document.version.is_some_and(|version| version != VERSION) {
        return Err(format!("This program reads version {VERSION} of the file form."));
    }
    let entries = document.connectors.take();
    document.entries = entries.map(|all| all.into_iter().map(|written| written.0).collect());
    let has_id = document.entries.iter().flatten().any(|entry| entry.id.is_some());
    if has_id {
        return Err("Connectors are found by name here: leave the key id out.".to_owned());
    }
    if document.entries.iter().flatten().any(|entry| entry.change.connector.name.is_empty()) {
        return Err("Every connector needs a name.".to_owned());
    }
    Ok(document)
}

fn extend<T>(whole: &mut Option<Vec<T>>, part: Option<Vec<T>>) {
    if let Some(part) = part {
        whole.get_or_insert_default().extend(part);
    }
}

impl Document {
    fn join(&mut self, other: Self) {
        extend(&mut self.sites, other.sites);
        extend(&mut self.site_links, other.site_links);
        extend(&mut self.relays, other.relays);
        extend(&mut self.certificates, other.certificates);
        extend(&mut self.entries, other.entries);
    }

    /// Objects that are described twice.
    fn twins(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        let mut name = |kind: &str, name: &str| {
            if !seen.insert((kind.to_owned(), name.to_lowercase())) {
                problems.push(format!("The {kind} \"{name}\" is described twice."));
            }
        };
        self.sites.iter().flatten().for_each(|it| name("site", &it.name));
        self.relays.iter().flatten().for_each(|it| name("relay", &it.name));
        self.certificates.iter().flatten().for_each(|it| name("certificate", &it.name));
        self.entries.iter().flatten().for_each(|it| name("connector", &it.change.connector.name));
        for it in self.site_links.iter().flatten() {
            let (a, b) = (it.from_site.to_lowercase(), it.to_site.to_lowercase());
            name("site link", &if a < b { format!("{a} - {b}") } else { format!("{b} - {a}") });
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_read_as_one_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.yaml"), "version: 1\nsites: [{name: prague}]\nconnectors: [{name: a}]\n")
            .unwrap();
        std::fs::write(dir.path().join("b.yml"), "connectors: [{name: b}]\n").unwrap();
        std::fs::write(dir.path().join("README.md"), "no: [").unwrap();
        let document = read(dir.path()).unwrap();
        assert_eq!(document.entries.unwrap().len(), 2);
        assert!(document.site_links.is_none(), "what is not said is not empty");
        std::fs::write(dir.path().join("c.yml"), "connectors: [{name: B}]\nsites: [{name: Prague}]\n").unwrap();
        let text = read(dir.path()).unwrap_err().to_string();
        assert!(text.contains("connector \"B\" is described twice") && text.contains("site \"Prague\""), "{text}");
    }

    #[test]
    fn what_a_file_must_not_hold_is_refused_with_its_line() {
        for (text, says) in [
            ("connectors:\n- name: a\n  id: '7'\n", "leave the key id out"),
            ("connectors:\n- port: 25\n", "needs a name"),
            ("version: 2\n", "version 1"),
            ("sites:\n- {nam: x}\n", "line 2"),
            ("certificates:\n- {name: a, certificates_pem: x, private_key: '-----BEGIN'}\n", "env:NAME or file:PATH"),
            ("connectors:\n- name: a\n  credential: {basic: {password: hunter2}}\n", "line 3"),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(says) && !problem.contains("hunter2"), "{problem}");
        }
    }
}
