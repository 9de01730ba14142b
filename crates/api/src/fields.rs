//! The fields of a message as texts, for those who compare two states of an object.

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, DynamicMessage, MapKey, MessageDescriptor, ReflectMessage as _, Value};
use serde_json::Value as Json;

use crate::DESCRIPTORS;

/// A field that holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldText {
    /// Its name, which is its path relative to the message.
    pub path: String,
    /// Its value as JSON text; enums by name, octets as hexadecimal digits.
    pub json: String,
}

/// Fields that the control plane gives, and that say nothing about what the object does.
const SERVER: [&str; 7] = ["id", "revision", "etag", "create_time", "update_time", "warnings", "used_by"];

static POOL: LazyLock<Option<DescriptorPool>> = LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).ok());

/// The fields of a message of ours that hold something and that an operator decides on, in the order of the message. A
/// field that is written and never read, one with a mark `…_set` beside it, is left out, whatever it holds.
#[must_use]
pub fn field_texts(full_name: &str, message: &impl prost::Message) -> Vec<FieldText> {
    let descriptor = POOL.as_ref().and_then(|pool| pool.get_message_by_name(full_name));
    let Some(dynamic) = descriptor.and_then(|it| DynamicMessage::decode(it, message.encode_to_vec().as_slice()).ok())
    else {
        return Vec::new();
    };
    let descriptor = dynamic.descriptor();
    let shown = |name: &str| !SERVER.contains(&name) && !is_secret(&descriptor, name);
    (descriptor.fields())
        .filter(|field| dynamic.has_field(field) && shown(field.name()))
        .map(|field| FieldText {
            path: field.name().to_owned(),
            json: json(&dynamic.get_field(&field), &field.kind()).to_string(),
        })
        .collect()
}

fn is_secret(message: &MessageDescriptor, name: &str) -> bool {
    let stem = name.strip_suffix("_pem").unwrap_or(name);
    message.get_field_by_name(&format!("{stem}_set")).is_some()
}

fn json(value: &Value, kind: &prost_reflect::Kind) -> Json {
    match value {
        Value::Bool(it) => (*it).into(),
        Value::I32(it) => (*it).into(),
        Value::I64(it) => (*it).into(),
        Value::U32(it) => (*it).into(),
        Value::U64(it) => (*it).into(),
        Value::F32(it) => (*it).into(),
        Value::F64(it) => (*it).into(),
        Value::String(it) => it.as_str().into(),
        Value::Bytes(it) => it.iter().map(|octet| format!("{octet:02x}")).collect::<String>().into(),
        Value::EnumNumber(number) => match kind.as_enum().and_then(|it| it.get_value(*number)) {
            Some(known) => known.name().into(),
            None => (*number).into(),
        },
        Value::Message(it) => message_json(it),
        Value::List(items) => items.iter().map(|item| json(item, kind)).collect(),
        Value::Map(entries) => {
            let kind = kind.as_message().and_then(|entry| entry.get_field_by_name("value")).map(|field| field.kind());
            let value = |value| kind.as_ref().map_or(Json::Null, |kind| json(value, kind));
            Json::Object(entries.iter().map(|(key, it)| (key_text(key), value(it))).collect())
        }
    }
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(it) => it.to_string(),
        MapKey::I32(it) => it.to_string(),
        MapKey::I64(it) => it.to_string(),
        MapKey::U32(it) => it.to_string(),
        MapKey::U64(it) => it.to_string(),
        MapKey::String(it) => it.clone(),
    }
}

fn message_json(message: &DynamicMessage) -> Json {
    let descriptor = message.descriptor();
    if descriptor.full_name() == "google.protobuf.Duration" {
        let part = |name| match message.get_field_by_name(name).as_deref() {
            Some(Value::I64(seconds)) => *seconds as f64,
            Some(Value::I32(nanos)) => f64::from(*nanos) / 1e9,
            _ => 0.0,
        };
        return format!("{}s", part("seconds") + part("nanos")).into();
    }
    let fields = descriptor.fields().filter(|field| message.has_field(field));
    let shown = fields.filter(|field| !is_secret(&descriptor, field.name()));
    Json::Object(
        shown.map(|field| (field.name().to_owned(), json(&message.get_field(&field), &field.kind()))).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::v1 as wire;

    #[test]
    fn fields_are_texts_and_secrets_are_none() {
        let basic = wire::BasicCredential { user: "u".into(), password: "canary".into(), password_set: true };
        let connector = wire::Connector {
            id: "x".into(),
            name: "n".into(),
            enabled: Some(false),
            smart_hosts: vec![wire::SmartHost { host: "h".into(), port: 25, ..Default::default() }],
            auth_mechanism: wire::AuthMechanism::Basic.into(),
            credential: Some(wire::Credential { kind: Some(wire::credential::Kind::Basic(basic)) }),
            connection_inactivity_timeout: Some(prost_types::Duration { seconds: 600, nanos: 0 }),
            labels: [("a".to_owned(), "b".to_owned())].into(),
            revision: 7,
            ..Default::default()
        };
        let texts = field_texts("postroad.connector.v1.Connector", &connector);
        let texts: Vec<_> = texts.iter().map(|text| (text.path.as_str(), text.json.as_str())).collect();
        assert_eq!(
            texts,
            [
                ("name", "\"n\""),
                ("enabled", "false"),
                ("smart_hosts", "[{\"host\":\"h\",\"port\":25}]"),
                ("auth_mechanism", "\"AUTH_MECHANISM_BASIC\""),
                ("credential", "{\"basic\":{\"password_set\":true,\"user\":\"u\"}}"),
                ("connection_inactivity_timeout", "\"600s\""),
                ("labels", "{\"a\":\"b\"}"),
            ]
        );
        let key = wire::Certificate { name: "c".into(), private_key_pem: "canary".into(), ..Default::default() };
        let texts = field_texts("postroad.connector.v1.Certificate", &key);
        assert_eq!(texts.iter().map(|text| text.path.as_str()).collect::<Vec<_>>(), ["name"]);
    }
}
