//! The fields of a mapping in YAML, taken one by one; what is left over was not known.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use postroad_lifecycle::parse_time_span;
use serde_yaml_ng::Value;

use super::report::Report;

/// A mapping whose fields are being taken.
pub(super) struct Fields<'r> {
    report: &'r Report,
    path: String,
    entries: Vec<(String, Value)>,
    known: Vec<&'static str>,
}

/// A value and where it stands.
pub(super) struct Field<'r> {
    report: &'r Report,
    pub(super) path: String,
    value: Value,
}

impl<'r> Fields<'r> {
    /// The mapping, or a problem.
    pub(super) fn of(report: &'r Report, path: impl Into<String>, value: Value) -> Option<Self> {
        Field { report, path: path.into(), value }.fields()
    }

    /// A field, if it is there. One without a value is a problem: it would be easy to take for an empty one.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Field<'r>> {
        self.known.push(name);
        let index = self.entries.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.entries.swap_remove(index);
        let field = Field { report: self.report, path: self.path_of(name), value };
        if field.value.is_null() {
            field.problem("it has no value; write one, or leave the field out");
            return None;
        }
        Some(field)
    }

    /// A field that must be there.
    pub(super) fn require(&mut self, name: &'static str, what: &str) -> Option<Field<'r>> {
        if !self.has(name) {
            self.report.problem(&self.path_of(name), format_args!("it is missing; write {what}"));
        }
        self.take(name)
    }

    /// Whether a field is there that was not taken yet.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key == name)
    }

    /// A number of a range, or what holds without the field.
    pub(super) fn number<T>(&mut self, name: &'static str, default: T, range: RangeInclusive<T>) -> T
    where
        T: Copy + Ord + fmt::Display + TryFrom<u64>,
    {
        self.take(name).and_then(|field| field.number(range)).unwrap_or(default)
    }

    /// A number of a range; 0 is no limit.
    pub(super) fn limit(
        &mut self,
        name: &'static str,
        default: Option<u32>,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        match self.take(name) {
            Some(field) if field.value.as_u64() == Some(0) => None,
            Some(field) => field.number(range).or(default),
            None => default,
        }
    }

    /// A length of time of a range, or what holds without the field.
    pub(super) fn time(&mut self, name: &'static str, default: Duration, range: RangeInclusive<Duration>) -> Duration {
        self.take(name).and_then(|field| field.time(range)).unwrap_or(default)
    }

    /// The path of a field, whether it is there or not.
    pub(super) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) const fn report(&self) -> &'r Report {
        self.report
    }

    /// Everything that was not taken is a problem.
    pub(super) fn finish(mut self) {
        self.entries.sort_by(|one, other| one.0.cmp(&other.0));
        self.known.sort_unstable();
        for (name, _) in &self.entries {
            let path = self.path_of(name);
            self.report
                .problem(&path, format_args!("there is no such field; the fields here are {}", self.known.join(", ")));
        }
    }
}

impl<'r> Field<'r> {
    pub(super) fn problem(&self, text: impl fmt::Display) {
        self.report.problem(&self.path, text);
    }

    /// A mapping.
    pub(super) fn fields(self) -> Option<Fields<'r>> {
        let Value::Mapping(mapping) = self.value else {
            self.problem(format_args!("write fields, each as `name: value`, not {}", kind(&self.value)));
            return None;
        };
        let mut entries = Vec::with_capacity(mapping.len());
        for (key, value) in mapping {
            match key {
                Value::String(name) => entries.push((name, value)),
                other => self.report.problem(&self.path, format_args!("{} is no name of a field", kind(&other))),
            }
        }
        Some(Fields { report: self.report, path: self.path, entries, known: Vec::new() })
    }

    /// A list, each element with its place.
    pub(super) fn list(self) -> Vec<Self> {
        let Value::Sequence(elements) = self.value else {
            self.problem(format_args!("write a list, as in [a, b], not {}", kind(&self.value)));
            return Vec::new();
        };
        let element = |(index, value)| Self { report: self.report, path: format!("{}[{index}]", self.path), value };
        elements.into_iter().enumerate().map(element).collect()
    }

    /// A text that something can be read from.
    pub(super) fn parse<T, E: fmt::Display>(&self, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let Value::String(text) = &self.value else {
            self.problem(format_args!("write a text, not {}", kind(&self.value)));
            return None;
        };
        read(text).map_err(|error| self.problem(error)).ok()
    }

    pub(super) fn is_empty_list(&self) -> bool {
        self.value.as_sequence().is_some_and(Vec::is_empty)
    }

    /// The text, where it is one; for fields that take a text or a mapping.
    pub(super) fn as_text(&self) -> Option<&str> {
        self.value.as_str()
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        let read = self.value.as_bool();
        if read.is_none() {
            self.problem(format_args!("write true or false, not {}", kind(&self.value)));
        }
        read
    }

    pub(super) fn number<T>(&self, range: RangeInclusive<T>) -> Option<T>
    where
        T: Copy + Ord + fmt::Display + TryFrom<u64>,
    {
        let read = self.value.as_u64().and_then(|number| T::try_from(number).ok());
        let fitting = read.filter(|number| range.contains(number));
        if fitting.is_none() {
            self.problem(format_args!("write a whole number from {} to {}", range.start(), range.end()));
        }
        fitting
    }

    fn time(&self, range: RangeInclusive<Duration>) -> Option<Duration> {
        let time = self.parse(parse_time_span)?;
        if !range.contains(&time) {
            self.problem(format_args!("write a time from {:?} to {:?}", range.start(), range.end()));
            return None;
        }
        Some(time)
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Sequence(_) => "a list",
        Value::Mapping(_) => "fields",
        Value::Tagged(_) => "a value with a tag",
    }
}
