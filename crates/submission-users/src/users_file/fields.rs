//! The fields of a YAML mapping, each taken by its name, so that what is left over is unknown.

use serde_yaml_ng::{Error, Mapping, Value};

use crate::problems::Gathering;

/// Longest field name that is repeated in a problem, in characters.
const SHOWN: usize = 40;

/// A mapping, and which of its fields were asked for.
pub(super) struct Fields<'y> {
    map: &'y Mapping,
    path: String,
    known: Vec<&'static str>,
}

impl<'y> Fields<'y> {
    /// Looks into a value; `None`, with a problem, where it is no mapping.
    pub(super) fn open(value: &'y Value, path: &str, problems: &mut Gathering) -> Option<Self> {
        match value {
            Value::Mapping(map) => Some(Self { map, path: path.to_owned(), known: Vec::new() }),
            Value::Null if path.is_empty() => {
                problems.note(path, "is empty; write `users: []` where nobody may log in");
                None
            }
            _ => {
                problems.note(path, "should hold fields, each as `field: value`");
                None
            }
        }
    }

    /// The value of a field, which is known from now on.
    pub(super) fn take(&mut self, field: &'static str) -> Option<&'y Value> {
        self.known.push(field);
        self.map.get(field)
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.map.contains_key(field)
    }

    /// Whether a list is not there, or holds nothing.
    pub(super) fn is_absent_or_empty(&self, field: &str) -> bool {
        self.map.get(field).is_none_or(|value| value.as_sequence().is_some_and(Vec::is_empty))
    }

    pub(super) fn text(&mut self, field: &'static str, problems: &mut Gathering) -> Option<&'y str> {
        match self.take(field)? {
            Value::String(text) => Some(text),
            _ => {
                problems.note(&self.at(field), "should be text; put it in quotes");
                None
            }
        }
    }

    pub(super) fn truth(&mut self, field: &'static str, problems: &mut Gathering) -> Option<bool> {
        let truth = self.take(field)?.as_bool();
        if truth.is_none() {
            problems.note(&self.at(field), "should be true or false");
        }
        truth
    }

    /// The texts of a list with their places; those that are no text are left out, with a problem.
    pub(super) fn texts(&mut self, field: &'static str, problems: &mut Gathering) -> Option<Vec<(usize, &'y str)>> {
        let path = self.at(field);
        let Value::Sequence(list) = self.take(field)? else {
            problems.note(&path, "should be a list of texts");
            return None;
        };
        let mut texts = Vec::new();
        for (at, entry) in list.iter().enumerate() {
            match entry {
                Value::String(text) => texts.push((at, text.as_str())),
                _ => problems.note(&format!("{path}[{at}]"), "should be text; put it in quotes"),
            }
        }
        Some(texts)
    }

    /// Notes every field that was not asked for, with what `advice` has to say about it.
    pub(super) fn refuse_rest(self, problems: &mut Gathering, advice: impl Fn(&str) -> Option<&'static str>) {
        for key in self.map.keys() {
            let Some(name) = key.as_str() else {
                problems.note(&self.path, "holds a field whose name is no text");
                continue;
            };
            if self.known.contains(&name) {
                continue;
            }
            let known = || format!("there is no such field; there are {}", self.known.join(", "));
            let text = advice(name).map_or_else(known, str::to_owned);
            problems.note(&self.at(&shown(name)), text);
        }
    }

    fn at(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }
}

fn shown(name: &str) -> String {
    name.chars().take(SHOWN).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// What the parser says, without any text of the file: that may be a password.
pub(super) fn yaml_fault(error: &Error) -> String {
    let text = error.to_string();
    let quotes_the_file = text.contains('"') || text.contains('`');
    match error.location() {
        _ if !quotes_the_file => format!("is not well-formed YAML: {text}"),
        Some(place) => {
            format!(
                "is not well-formed YAML: line {}, column {}: a field stands twice, or a value does not fit its tag",
                place.line(),
                place.column()
            )
        }
        None => "is not well-formed YAML: a field stands twice, or a value does not fit its tag".to_owned(),
    }
}
