//! Which relays open the outside connection.

use std::collections::BTreeMap;
use std::fmt;

use crate::{ResourceName, limits};

/// One entry of a connector's source relays.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SourceRelay {
    /// One relay.
    Relay(ResourceName),
    /// Every relay that has this label.
    Group(RelayLabel),
}

/// A label of relays: a key, and a value where only that one counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelayLabel {
    key: Box<str>,
    value: Option<Box<str>>,
}

/// What makes an entry a group.
const GROUP: &str = "group:";

impl RelayLabel {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value; `None`: any.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl SourceRelay {
    /// Reads the name of a relay, or `group:` and a label: `group:edge` (whatever its value) or `group:tier=edge`. `None`
    /// for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let Some(label) = text.strip_prefix(GROUP) else {
            return ResourceName::parse(text).ok().map(Self::Relay);
        };
        let (key, value) = match label.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (label, None),
        };
        let fits = |text: &str, most: usize| {
            text.chars().count() <= most && text.trim() == text && !text.contains(char::is_control)
        };
        let sound = !key.is_empty() && fits(key, limits::LABEL_KEY_CHARS);
        if !sound || !value.is_none_or(|value| fits(value, limits::LABEL_VALUE_CHARS)) {
            return None;
        }
        Some(Self::Group(RelayLabel { key: key.into(), value: value.map(Into::into) }))
    }

    /// True when a relay of this name with these labels is meant.
    #[must_use]
    pub fn covers(&self, relay: &ResourceName, labels: &BTreeMap<String, String>) -> bool {
        match self {
            Self::Relay(name) => name == relay,
            Self::Group(label) => {
                let held = labels.get(&*label.key);
                held.is_some_and(|held| label.value.as_deref().is_none_or(|value| value == held))
            }
        }
    }
}

/// The stored form.
impl fmt::Display for SourceRelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relay(name) => name.fmt(f),
            Self::Group(RelayLabel { key, value: None }) => write!(f, "{GROUP}{key}"),
            Self::Group(RelayLabel { key, value: Some(value) }) => write!(f, "{GROUP}{key}={value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_and_written_back() {
        for text in ["relay-1", "group:edge", "group:tier=edge", "group:tier="] {
            assert_eq!(SourceRelay::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "group:", "group:=x", "relay 1", "group: edge", "a/b", "group:a\n"] {
            assert_eq!(SourceRelay::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_group_is_a_label_with_any_value_or_with_this_one() {
        let relay = ResourceName::parse("P1").unwrap();
        let labels = BTreeMap::from([("tier".to_owned(), "edge".to_owned())]);
        for (text, covers) in
            [("p1", true), ("p2", false), ("group:tier", true), ("group:tier=edge", true), ("group:tier=core", false)]
        {
            assert_eq!(SourceRelay::parse(text).unwrap().covers(&relay, &labels), covers, "{text}");
        }
    }
}
