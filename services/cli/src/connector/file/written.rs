//! A connector as a file has it: the field names of the API, each value in any form that its field reads.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Entry;
use crate::connector::account::Account;
use crate::connector::catalogue;
use crate::connector::field::Field;

/// A connector.
#[derive(Clone, Debug)]
pub(crate) struct Written(pub(crate) Entry);

/// A document: a connector, or a list of connectors, or nothing.
pub(super) struct Document(pub(super) Vec<Written>);

/// Reads the value of one field; whatever is wrong with it is said here, so that the error has its line.
struct ValueOf(&'static Field);
/// The same, for one entry of a list.
struct EntryOf(&'static Field);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the fields of a connector")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Written, A::Error> {
                read_fields(map).map(Written)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// Reads a key; one that is unknown, or among those seen, is refused while the reader still stands at its line.
struct Key<'a>(&'a [String]);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<String, E> {
        if self.0.iter().any(|seen| seen == key) {
            return Err(E::custom(format!("the field `{key}` is there twice")));
        }
        if key == "id" || key == "credential" || catalogue::field(key).is_some() {
            return Ok(key.to_owned());
        }
        let names: Vec<_> = catalogue::FIELDS.iter().map(|field| field.path).collect();
        Err(E::custom(format!("unknown field `{key}`; the fields are id, credential, {}", names.join(", "))))
    }
}

fn read_fields<'de, A: MapAccess<'de>>(mut map: A) -> Result<Entry, A::Error> {
    let mut entry = Entry::default();
    let mut account = None;
    let mut seen = Vec::new();
    while let Some(key) = map.next_key_seed(Key(&seen))? {
        match (key.as_str(), catalogue::field(&key)) {
            (_, Some(field)) => {
                let value = map.next_value_seed(ValueOf(field))?;
                field.put(&mut entry.change.connector, &value).map_err(de::Error::custom)?;
                entry.change.mask.push(key.clone());
            }
            ("id", None) => entry.id = Some(map.next_value()?),
            (_, None) => {
                let written: Account = map.next_value()?;
                written.check().map_err(de::Error::custom)?;
                account = Some(written);
            }
        }
        seen.push(key);
    }
    if let Some(account) = account {
        account.apply(&mut entry.change);
    }
    entry.change.drop_unused_account();
    Ok(entry)
}

impl<'de> DeserializeSeed<'de> for ValueOf {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> DeserializeSeed<'de> for EntryOf {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueOf(self.0))
    }
}

impl ValueOf {
    fn checked<E: de::Error>(&self, value: impl Into<Value>) -> Result<Value, E> {
        let value = value.into();
        let checked = self.0.check_entry(&value);
        checked.map(|()| value).map_err(|problem| E::custom(format!("{}: {problem}", self.0.path)))
    }
}

impl<'de> Visitor<'de> for ValueOf {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of {}", self.0.path)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        self.checked(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        self.checked(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        self.checked(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        self.checked(value)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.checked(value)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        self.checked(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        if !self.0.is_list() {
            return Err(de::Error::custom(format!("{}: Write one value, not a list.", self.0.path)));
        }
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(EntryOf(self.0))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut parts = serde_json::Map::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            parts.insert(key, value);
            // After every part, so that a wrong one is told with its line.
            self.checked::<A::Error>(parts.clone())?;
        }
        Ok(Value::Object(parts))
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Connectors;
        impl<'de> Visitor<'de> for Connectors {
            type Value = Document;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a connector or a list of connectors")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Document, E> {
                Ok(Document(Vec::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Document, A::Error> {
                Ok(Document(vec![Written(read_fields(map)?)]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Document, A::Error> {
                let mut all = Vec::new();
                while let Some(written) = list.next_element()? {
                    all.push(written);
                }
                Ok(Document(all))
            }
        }
        deserializer.deserialize_any(Connectors)
    }
}
