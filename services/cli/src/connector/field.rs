//! What a field of a connector is: how it is read from flags and files, and how it is shown.

use std::time::Duration;

use postroad_api::connector::v1::{AddressSpace, Connector, SmartHost};
use serde_json::{Value, json};

use super::choice::Choices;
use crate::{address_space, byte_size, smart_host, span_of_time};

/// One field that operators set. Everything that the tool does with connectors (flags, files, tables, comparison) goes
/// over the table of these.
pub(crate) struct Field {
    /// Its name in the API.
    pub(crate) path: &'static str,
    /// Its flag, without dashes; of a list the flag gives one entry.
    pub(crate) flag: &'static str,
    /// Its heading in a sheet.
    pub(crate) label: &'static str,
    /// The part of the help text that it stands in.
    pub(crate) part: &'static str,
    /// What it means, for people.
    pub(crate) help: &'static str,
    /// Its values.
    pub(crate) kind: Kind,
}

type Get<T> = fn(&Connector) -> T;
type Put<T> = fn(&mut Connector, T);

/// Values of a field, and where they are in a connector. What is unset is read as its default.
pub(crate) enum Kind {
    /// A text; empty is the default.
    Text(fn(&Connector) -> &str, Put<String>),
    /// True or false.
    Switch(Get<bool>, Put<bool>),
    /// A whole number.
    Number(Get<u32>, Put<u32>),
    /// Bytes; 0 is unlimited.
    Size(Get<u64>, Put<u64>),
    /// A length of time.
    Span(Get<Duration>, Put<Duration>),
    /// One name of a list.
    Choice(&'static Choices, Get<i32>, Put<i32>),
    /// Several names of a list.
    Choices(&'static Choices, fn(&Connector) -> &[i32], Put<Vec<i32>>),
    /// Texts.
    Texts(fn(&Connector) -> &[String], Put<Vec<String>>),
    /// Address spaces.
    Spaces,
    /// Smart hosts.
    Hosts,
    /// Keys and values.
    Labels,
}

impl Field {
    /// Whether it holds any number of entries.
    pub(crate) const fn is_list(&self) -> bool {
        matches!(self.kind, Kind::Choices(..) | Kind::Texts(..) | Kind::Spaces | Kind::Hosts | Kind::Labels)
    }

    /// Its values as texts in the form that the flag takes: one, or one for each entry of a list.
    pub(crate) fn texts(&self, c: &Connector) -> Vec<String> {
        match &self.kind {
            Kind::Text(get, _) => vec![get(c).to_owned()],
            Kind::Switch(get, _) => vec![get(c).to_string()],
            Kind::Number(get, _) => vec![get(c).to_string()],
            Kind::Size(get, _) => vec![byte_size::show(get(c))],
            Kind::Span(get, _) => vec![span_of_time::show(get(c))],
            Kind::Choice(choices, get, _) => vec![choices.name(get(c)).to_owned()],
            Kind::Choices(choices, get, _) => get(c).iter().map(|number| choices.name(*number).to_owned()).collect(),
            Kind::Texts(get, _) => get(c).to_vec(),
            Kind::Spaces => c.address_spaces.iter().map(address_space::show).collect(),
            Kind::Hosts => c.smart_hosts.iter().map(smart_host::show).collect(),
            Kind::Labels => c.labels.iter().map(|(key, value)| format!("{key}={value}")).collect(),
        }
    }

    /// Its value as the API has it in JSON.
    pub(crate) fn json(&self, c: &Connector) -> Value {
        let texts = |mut texts: Vec<String>| texts.pop().unwrap_or_default();
        match &self.kind {
            Kind::Switch(get, _) => get(c).into(),
            Kind::Number(get, _) => get(c).into(),
            Kind::Size(get, _) => get(c).into(),
            Kind::Text(..) | Kind::Span(..) | Kind::Choice(..) => texts(self.texts(c)).into(),
            Kind::Choices(..) | Kind::Texts(..) => self.texts(c).into(),
            Kind::Spaces => c.address_spaces.iter().map(space_parts).collect(),
            Kind::Hosts => c.smart_hosts.iter().map(host_parts).collect(),
            Kind::Labels => json!(c.labels),
        }
    }

    /// Its value as short as a file may have it.
    pub(crate) fn written(&self, c: &Connector) -> Value {
        match &self.kind {
            Kind::Size(..) => self.texts(c).concat().into(),
            Kind::Spaces | Kind::Hosts => self.texts(c).into(),
            _ => self.json(c),
        }
    }

    /// Whether the connector has what it would have if nobody had said anything about this field.
    pub(crate) fn is_default(&self, c: &Connector) -> bool {
        let silent = Connector {
            smart_hosts: if self.is_list() { Vec::new() } else { c.smart_hosts.clone() },
            usage: if self.path == "usage" { 0 } else { c.usage },
            linked_listener: if self.path == "linked_listener" { String::new() } else { c.linked_listener.clone() },
            ..Connector::default()
        };
        self.json(c) == self.json(&silent)
    }

    /// Sets it from the texts of its flag. One empty text empties a list.
    ///
    /// # Errors
    /// Each text that cannot be read, with the reason.
    pub(crate) fn put_texts(&self, c: &mut Connector, texts: &[String]) -> Result<(), Vec<(String, String)>> {
        let texts = if self.is_list() && texts.len() == 1 && texts.iter().all(String::is_empty) { &[] } else { texts };
        let mut problems = Vec::new();
        let mut values = Vec::new();
        for text in texts {
            let value = Value::from(text.as_str());
            match self.check_entry(&value) {
                Ok(()) => values.push(value),
                Err(problem) => problems.push((text.clone(), problem)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let value = if self.is_list() { Value::Array(values) } else { values.pop().unwrap_or_default() };
        self.put(c, &value).map_err(|problem| vec![(texts.last().cloned().unwrap_or_default(), problem)])
    }

    /// Whether a value could be an entry of this list, or the value of this field.
    ///
    /// # Errors
    /// Why it could not.
    pub(crate) fn check_entry(&self, value: &Value) -> Result<(), String> {
        let value = if self.is_list() && !value.is_object() { &json!([value]) } else { value };
        self.put(&mut Connector::default(), value)
    }

    /// Sets it from a value of a file. Nothing (`null`) is the empty text or list.
    ///
    /// # Errors
    /// A sentence that says how to write it.
    pub(crate) fn put(&self, c: &mut Connector, value: &Value) -> Result<(), String> {
        match &self.kind {
            Kind::Text(_, put) => put(c, text(value)?),
            Kind::Switch(_, put) => put(c, truth(value)?),
            Kind::Number(_, put) => put(c, number(value)?),
            Kind::Size(_, put) => put(c, size(value)?),
            Kind::Span(_, put) => put(c, span_of_time::parse(&text(value)?)?),
            Kind::Choice(choices, _, put) => put(c, choices.parse(&text(value)?)?),
            Kind::Choices(choices, _, put) => put(c, entries(value, |entry| choices.parse(&text(entry)?))?),
            Kind::Texts(_, put) => put(c, entries(value, text)?),
            Kind::Spaces => c.address_spaces = entries(value, space)?,
            Kind::Hosts => c.smart_hosts = entries(value, host)?,
            Kind::Labels => c.labels = labels(value)?,
        }
        Ok(())
    }
}

fn space_parts(space: &AddressSpace) -> Value {
    let kind = if space.r#type.is_empty() { "SMTP" } else { &space.r#type };
    json!({"type": kind, "space": space.space, "cost": space.cost.unwrap_or(1)})
}

fn host_parts(host: &SmartHost) -> Value {
    json!({
        "host": host.host,
        "port": host.port,
        "implicit_tls": host.implicit_tls,
        "priority": host.priority,
        "weight": host.weight.unwrap_or(1),
    })
}

fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err("Write a text.".to_owned()),
    }
}

fn truth(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        _ => Err("Write true or false.".to_owned()),
    }
}

fn number(value: &Value) -> Result<u32, String> {
    let number = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) if text.bytes().all(|octet| octet.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    };
    number.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| "Write a whole number.".to_owned())
}

fn size(value: &Value) -> Result<u64, String> {
    value.as_u64().map_or_else(|| byte_size::parse(&text(value)?), Ok)
}

fn entries<T>(value: &Value, read: impl Fn(&Value) -> Result<T, String>) -> Result<Vec<T>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(values) => values.iter().map(read).collect(),
        one => Ok(vec![read(one)?]),
    }
}

fn space(value: &Value) -> Result<AddressSpace, String> {
    const FORM: &str = "Write an address space as one text such as \"*;1\", or as type, space and cost.";
    let Value::Object(parts) = value else { return address_space::parse(&text(value).map_err(|_not_shown| FORM)?) };
    let mut space = AddressSpace::default();
    for (key, value) in parts {
        match key.as_str() {
            "type" => space.r#type = text(value)?,
            "space" => space.space = text(value)?,
            "cost" => space.cost = Some(number(value)?),
            _ => return Err(format!("unknown field `{key}`. {FORM}")),
        }
    }
    Ok(space)
}

fn host(value: &Value) -> Result<SmartHost, String> {
    const FORM: &str = "Write a smart host as one text such as \"mail.example.com:587\", or as host, port, implicit_tls, \
                        priority and weight.";
    let Value::Object(parts) = value else { return smart_host::parse(&text(value).map_err(|_not_shown| FORM)?) };
    let mut host = SmartHost::default();
    for (key, value) in parts {
        match key.as_str() {
            "host" => host.host = text(value)?,
            "port" => host.port = number(value)?,
            "implicit_tls" => host.implicit_tls = truth(value)?,
            "priority" => host.priority = number(value)?,
            "weight" => host.weight = Some(number(value)?),
            _ => return Err(format!("unknown field `{key}`. {FORM}")),
        }
    }
    Ok(host)
}

fn labels(value: &Value) -> Result<std::collections::BTreeMap<String, String>, String> {
    if let Value::Object(pairs) = value {
        return pairs.iter().map(|(key, value)| Ok((key.clone(), text(value)?))).collect();
    }
    let mut labels = std::collections::BTreeMap::new();
    for pair in entries(value, text)? {
        let (key, value) = pair.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or("Write KEY=VALUE.")?;
        if labels.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(format!("The key \"{key}\" is given twice."));
        }
    }
    Ok(labels)
}
