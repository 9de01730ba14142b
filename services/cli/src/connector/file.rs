//! Connectors from a YAML file.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

use super::change::Change;
use super::file_texts::{Host, Mechanism, Password, Size, Space, Timeout};
use crate::{Failure, span_of_time};

/// Largest file that is read, in octets.
const LIMIT: u64 = 1 << 20;

/// A connector of a file.
#[derive(Debug)]
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

/// Reads the connectors of a file: one per document, or a list in a document.
///
/// # Errors
/// [`Failure::Usage`] with every document that is wrong, by line.
pub(crate) fn read(path: &Path) -> Result<Vec<Entry>, Failure> {
    let shown = path.display();
    let cannot = |cause: String| Failure::usage(format!("Cannot read {shown}: {cause}"));
    let size = std::fs::metadata(path).map_err(|error| cannot(error.to_string()))?.len();
    if size > LIMIT {
        return Err(cannot(format!("it is larger than {LIMIT} octets.")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| cannot(error.to_string()))?;
    parse(&text)
        .map_err(|problems| Failure::Usage(problems.into_iter().map(|problem| format!("{shown}: {problem}")).collect()))
}

fn parse(text: &str) -> Result<Vec<Entry>, Vec<String>> {
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    for document in serde_yaml_ng::Deserializer::from_str(text) {
        match Document::deserialize(document) {
            Ok(document) => entries.extend(document.0.into_iter().map(Written::entry)),
            Err(error) => problems.push(error.to_string()),
        }
    }
    if entries.is_empty() && problems.is_empty() {
        problems.push("The file holds no connector.".to_owned());
    }
    for (at, entry) in entries.iter().enumerate() {
        let name = &entry.change.connector.name;
        let twin = |other: &Entry| other.change.connector.name.to_lowercase() == name.to_lowercase();
        if !name.is_empty() && entries.iter().take(at).any(twin) {
            problems.push(format!("The name \"{name}\" is given to two connectors."));
        }
    }
    if problems.is_empty() { Ok(entries) } else { Err(problems) }
}

/// A document: a connector, or a list of connectors, or nothing.
struct Document(Vec<Written>);

/// A connector as it is written; the keys are the field names of the API.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: Option<String>,
    name: Option<String>,
    comment: Option<String>,
    enabled: Option<bool>,
    address_spaces: Option<Vec<Space>>,
    smart_hosts: Option<Vec<Host>>,
    port: Option<u16>,
    auth_mechanism: Option<Mechanism>,
    credential: Option<Credential>,
    require_tls: Option<bool>,
    ignore_starttls: Option<bool>,
    helo_name: Option<String>,
    max_message_size: Option<Size>,
    final_reply_timeout: Option<Timeout>,
    labels: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credential {
    basic: Basic,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Basic {
    user: Option<String>,
    password: Option<Password>,
}

impl Written {
    fn entry(self) -> Entry {
        let mut change = Change::default();
        change.set("name", self.name, |c, name| c.name = name);
        change.set("comment", self.comment, |c, comment| c.comment = comment);
        change.set("enabled", self.enabled, |c, enabled| c.enabled = Some(enabled));
        change.set("address_spaces", self.address_spaces, |c, spaces| {
            c.address_spaces = spaces.into_iter().map(|space| space.0).collect();
        });
        change.set("smart_hosts", self.smart_hosts, |c, hosts| {
            c.smart_hosts = hosts.into_iter().map(|host| host.0).collect();
        });
        change.set("port", self.port, |c, port| c.port = port.into());
        let basic = self.credential.map(|credential| credential.basic);
        let (user, password) = basic.map(|basic| (basic.user, basic.password)).unwrap_or_default();
        change.set_account(self.auth_mechanism.map(|mechanism| mechanism.0), user, password.map(|password| password.0));
        change.set("require_tls", self.require_tls, |c, require| c.require_tls = require);
        change.set("ignore_starttls", self.ignore_starttls, |c, ignore| c.ignore_starttls = ignore);
        change.set("helo_name", self.helo_name, |c, name| c.helo_name = name);
        change.set("max_message_size", self.max_message_size, |c, size| c.max_message_size = Some(size.0));
        change.set("final_reply_timeout", self.final_reply_timeout, |c, timeout| {
            c.final_reply_timeout = Some(span_of_time::to_wire(timeout.0));
        });
        change.set("labels", self.labels, |c, labels| c.labels = labels.into_iter().collect());
        Entry { id: self.id, change }
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Document;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a connector or a list of connectors")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Document, E> {
        Ok(Document(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Document, A::Error> {
        let written = Written::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Document(vec![written]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Document, A::Error> {
        let mut all = Vec::new();
        while let Some(written) = list.next_element()? {
            all.push(written);
        }
        Ok(Document(all))
    }
}

#[cfg(test)]
mod tests;
