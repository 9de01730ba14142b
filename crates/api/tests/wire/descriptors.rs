//! What the descriptors say about messages and fields.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use protox::prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value,
};

/// One pool for all tests: messages of different pools are never equal.
pub(crate) fn pool() -> DescriptorPool {
    static POOL: LazyLock<DescriptorPool> =
        LazyLock::new(|| DescriptorPool::decode(postroad_api::DESCRIPTORS).unwrap());
    POOL.clone()
}

/// A message of ours by its full name.
pub(crate) fn message(name: &str) -> MessageDescriptor {
    pool().get_message_by_name(name).unwrap_or_else(|| panic!("there is no message {name}"))
}

/// Every message of our packages, without those that stand for entries of maps.
pub(crate) fn our_messages() -> Vec<MessageDescriptor> {
    let ours = |message: &MessageDescriptor| is_ours(message) && !message.is_map_entry();
    pool().all_messages().filter(ours).collect()
}

pub(crate) fn is_ours(message: &MessageDescriptor) -> bool {
    message.package_name().starts_with("postroad.")
}

/// The comment above a field, in one line.
pub(crate) fn comment(field: &FieldDescriptor) -> String {
    let file = field.parent_file();
    let info = file.file_descriptor_proto().source_code_info.as_ref().expect("the descriptors carry comments");
    let place = info.location.iter().find(|location| location.path == field.path());
    let text = place.map(|location| location.leading_comments().to_owned()).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How a field behaves (`google.api.field_behavior`, AIP-203); empty: optional.
pub(crate) fn behaviour(field: &FieldDescriptor) -> Vec<String> {
    let option = pool().get_extension_by_name("google.api.field_behavior").expect("the descriptors carry the option");
    let Kind::Enum(names) = option.kind() else { panic!("the option is an enum") };
    let options = field.options();
    let numbers = options.get_extension(&option);
    let name = |number: &Value| names.get_value(number.as_enum_number().unwrap()).unwrap().name().to_owned();
    numbers.as_list().unwrap().iter().map(name).collect()
}

/// Whether only the server writes this field.
pub(crate) fn is_output_only(field: &FieldDescriptor) -> bool {
    behaviour(field).iter().any(|behaviour| behaviour == "OUTPUT_ONLY")
}

/// Whether `Debug` must not show this field.
pub(crate) fn is_redacted(field: &FieldDescriptor) -> bool {
    // `debug_redact` is field 16 of FieldOptions.
    field.options().get_field_by_number(16).is_some_and(|value| value.as_bool() == Some(true))
}

/// A field with its path from the message asked for.
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) field: FieldDescriptor,
    /// The path goes through a list.
    pub(crate) in_list: bool,
}

/// Every field of a message and of the messages of ours inside, the inner ones after the one that holds them.
pub(crate) fn places(message: &MessageDescriptor) -> Vec<Place> {
    let mut found = Vec::new();
    descend(message, "", false, &mut found);
    found
}

fn descend(message: &MessageDescriptor, above: &str, in_list: bool, found: &mut Vec<Place>) {
    for field in message.fields() {
        let path = format!("{above}{}", field.name());
        let inside = match field.kind() {
            Kind::Message(inner) if is_ours(&inner) && !field.is_map() => Some(inner),
            _ => None,
        };
        let deeper = (format!("{path}."), in_list || field.is_list());
        found.push(Place { path, field, in_list });
        if let Some(inner) = inside {
            descend(&inner, &deeper.0, deeper.1, found);
        }
    }
}

/// The same message, to be looked at by reflection.
pub(crate) fn reflected(descriptor: &MessageDescriptor, message: &impl prost::Message) -> DynamicMessage {
    DynamicMessage::decode(descriptor.clone(), message.encode_to_vec().as_slice()).unwrap()
}

/// What stands at a path outside lists; `None` where it is absent or has its default.
pub(crate) fn at(message: &DynamicMessage, path: &str) -> Option<Value> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = message.descriptor().get_field_by_name(name).unwrap_or_else(|| panic!("no field {name:?}"));
    if !message.has_field(&field) {
        return None;
    }
    let value = message.get_field(&field).into_owned();
    match rest {
        None => Some(value),
        Some(rest) => at(value.as_message()?, rest),
    }
}

/// The paths of all fields that are set, and of the enums the path with the value's name.
pub(crate) fn said(message: &DynamicMessage) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    tell(message, "", &mut found);
    found
}

fn tell(message: &DynamicMessage, above: &str, found: &mut BTreeSet<String>) {
    for (field, value) in message.fields() {
        let path = format!("{above}{}", field.name());
        match value {
            Value::List(values) => values.iter().for_each(|value| tell_one(&field, value, &path, found)),
            value => tell_one(&field, value, &path, found),
        }
        found.insert(path);
    }
}

fn tell_one(field: &FieldDescriptor, value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match (value, field.kind()) {
        (Value::Message(inner), Kind::Message(descriptor)) if is_ours(&descriptor) => {
            tell(inner, &format!("{path}."), found);
        }
        (Value::EnumNumber(number), Kind::Enum(descriptor)) => {
            let value = descriptor.get_value(*number).map_or_else(|| number.to_string(), |v| v.name().to_owned());
            found.insert(format!("{path}={value}"));
        }
        _ => {}
    }
}

/// What [`said`] would tell of a message in which everything is set to every value, but that which is not said at all.
pub(crate) fn sayable(message: &MessageDescriptor) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for Place { path, field, .. } in places(message) {
        if let Kind::Enum(values) = field.kind() {
            let said = values.values().filter(|value| value.number() != 0);
            all.extend(said.map(|value| format!("{path}={}", value.name())));
        }
        all.insert(path);
    }
    all
}
