//! SE8: no secret in `Debug`, none that comes back. The tests reflect over the descriptors, not over a list kept by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use postroad_api::{config, connector};
use protox::prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};

use super::descriptors::{behaviour, is_ours, is_redacted, our_messages, pool};

/// Fields whose name sounds secret and is not.
const HARMLESS: [(&str, &str); 6] = [
    ("postroad.config.v1.Record.key", "names a record"),
    ("postroad.config.v1.Problem.key", "names a record"),
    ("postroad.connector.v1.Connector.credential", "the message inside redacts itself"),
    ("postroad.connector.v1.OAuthCredential.static_token", "the message inside redacts itself"),
    ("postroad.connector.v1.OAuthCredential.refresh_token", "the message inside redacts itself"),
    ("postroad.fleet.v1.RewrapSecretsResponse.key_id", "names a key"),
];
/// Names that say a field is about a secret without holding one.
const ABOUT: [(&str, &str); 13] = [
    ("page_token", "a place in a list"),
    ("next_page_token", "a place in a list"),
    ("token_endpoint", "where tokens are got"),
    ("token_source", "how tokens are got"),
    ("has_credential", "says that there is one"),
    ("has_client_secret", "says that there is one"),
    ("has_private_key", "says that there is one"),
    ("password_set", "says that there is one"),
    ("token_set", "says that there is one"),
    ("client_secret_set", "says that there is one"),
    ("refresh_token_set", "says that there is one"),
    ("keytab_set", "says that there is one"),
    ("private_key_set", "says that there is one"),
];
const WORDS: [&str; 8] = ["password", "secret", "token", "key", "keytab", "credential", "passphrase", "private"];

const CANARY: &str = "canary-7f3a";

#[test]
fn se8_every_field_that_sounds_secret_is_redacted_or_excused() {
    let mut missing = Vec::new();
    let mut used = BTreeSet::new();
    for field in our_messages().iter().flat_map(MessageDescriptor::fields) {
        let sounds_secret = field.name().split('_').any(|part| WORDS.contains(&part));
        let of_house = HARMLESS.iter().find(|(name, _)| *name == field.full_name());
        let excuse = of_house.or_else(|| ABOUT.iter().find(|(name, _)| *name == field.name()));
        used.extend(excuse.map(|(name, _)| *name));
        if sounds_secret && excuse.is_none() && !is_redacted(&field) {
            missing.push(field.full_name().to_owned());
        }
    }
    assert!(missing.is_empty(), "give these fields debug_redact, or a reason in this test: {missing:?}");
    let idle: Vec<_> = HARMLESS.iter().chain(&ABOUT).filter(|(name, _)| !used.contains(name)).collect();
    assert!(idle.is_empty(), "these excuses excuse nothing: {idle:?}");
}

#[test]
fn se8_a_secret_that_can_be_read_is_documented_as_input_only() {
    let mut seen = 0;
    for service in pool().services().filter(|service| service.full_name().starts_with("postroad.")) {
        for method in service.methods() {
            // Relays are sent secrets; the stream is the one way by which they leave.
            if method.full_name() == "postroad.config.v1.ConfigService.StreamConfig" {
                continue;
            }
            for field in reachable(&method.output()).iter().filter(|field| is_redacted(field)) {
                seen += 1;
                let is = behaviour(field);
                assert_eq!(is, ["INPUT_ONLY"], "{} comes back from {}", field.full_name(), method.full_name());
            }
        }
    }
    assert!(seen > 0, "the option is not seen at all");
}

/// Every field of a message and of those inside.
fn reachable(message: &MessageDescriptor) -> Vec<FieldDescriptor> {
    let mut messages = vec![message.clone()];
    let mut known = BTreeSet::from([message.full_name().to_owned()]);
    let mut fields = Vec::new();
    while let Some(message) = messages.pop() {
        for field in message.fields() {
            if let Kind::Message(inner) = field.kind()
                && known.insert(inner.full_name().to_owned())
            {
                messages.push(inner);
            }
            fields.push(field);
        }
    }
    fields
}

/// Every field set: those that must not show to the canary, the others to something that may.
fn filled(message: &MessageDescriptor, depth: usize) -> DynamicMessage {
    let mut made = DynamicMessage::new(message.clone());
    for field in message.fields() {
        if let Some(value) = filling(&field, depth) {
            made.set_field(&field, value);
        }
    }
    made
}

fn filling(field: &FieldDescriptor, depth: usize) -> Option<Value> {
    let secret = is_redacted(field);
    let text = if secret { CANARY } else { "shown" };
    let one = match field.kind() {
        _ if field.is_map() => {
            return Some(Value::Map([(MapKey::String("k".into()), Value::String("v".into()))].into()));
        }
        Kind::String => Value::String(text.to_owned()),
        Kind::Bytes => Value::Bytes(text.as_bytes().to_vec().into()),
        Kind::Bool => Value::Bool(true),
        Kind::Enum(_) => Value::EnumNumber(1),
        Kind::Uint32 => Value::U32(1),
        Kind::Int32 => Value::I32(1),
        Kind::Uint64 => Value::U64(1),
        Kind::Message(inner) if !is_ours(&inner) => Value::Message(DynamicMessage::new(inner)),
        Kind::Message(inner) if depth > 0 => Value::Message(filled(&inner, depth - 1)),
        Kind::Message(_) => return None,
        other => panic!("{} is a {other:?}: say here what to fill it with", field.full_name()),
    };
    Some(if field.is_list() { Value::List(vec![one]) } else { one })
}

/// One of a oneof's fields is set in each.
fn fillings(message: &MessageDescriptor) -> Vec<DynamicMessage> {
    let whole = filled(message, 6);
    let mut all = vec![whole.clone()];
    for oneof in message.oneofs() {
        for field in oneof.fields() {
            let mut other = whole.clone();
            if let Some(value) = filling(&field, 6) {
                other.set_field(&field, value);
                all.push(other);
            }
        }
    }
    all
}

/// How the typed message of this name prints what a reflected one holds.
type Printer = fn(&DynamicMessage) -> Vec<String>;

fn print<M: prost::Message + Default + Debug>(message: &DynamicMessage) -> Vec<String> {
    let typed: M = message.transcode_to().unwrap();
    vec![format!("{typed:?}"), format!("{typed:#?}"), format!("{:?}", Some(&typed)), format!("{:?}", [typed])]
}

macro_rules! printers {
    ($($package:ident . $($message:ident),*;)*) => {
        BTreeMap::from([$($((
            concat!("postroad.", stringify!($package), ".v1.", stringify!($message)),
            print::<$package::v1::$message> as Printer,
        ),)*)*])
    };
}

/// The typed messages that hold a secret or one that does.
fn printers() -> BTreeMap<&'static str, Printer> {
    printers! {
        connector.Connector, Credential, BasicCredential, OAuthCredential, StaticToken, ClientCredentialsGrant,
            RefreshTokenGrant, KerberosCredential, Certificate, ListConnectorsResponse, CreateConnectorRequest,
            UpdateConnectorRequest, BatchApplyRequest, BatchApplyResponse, ConnectorChange, ConnectorUpdate,
            ExplainRouteRequest, ListCertificatesResponse, CreateCertificateRequest, UpdateCertificateRequest;
        config.StreamConfigResponse, Chunk, Record, CredentialRecord, BasicSecret, OAuthSecret, KerberosSecret,
            CertificateKeyRecord;
    }
}

#[test]
fn se8_no_message_prints_a_secret() {
    let printers = printers();
    let mut printed = BTreeSet::new();
    for message in our_messages() {
        if !reachable(&message).iter().any(is_redacted) {
            continue;
        }
        let name = message.full_name().to_owned();
        let print = printers.get(name.as_str());
        let print =
            print.unwrap_or_else(|| panic!("{name} can hold a secret: name it in this test, so that it is printed"));
        for message in fillings(&message) {
            let holds = prost::Message::encode_to_vec(&message);
            assert!(
                holds.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()) || !own_secret(&message),
                "{name}"
            );
            for text in print(&message) {
                assert!(!text.contains(CANARY), "{name}: {text}");
                assert!(!text.contains(&format!("{:?}", CANARY.as_bytes())), "{name}: {text}");
                assert!(!text.contains(&format!("{:?}", &CANARY.as_bytes()[..4]).replace(']', "")), "{name}: {text}");
            }
        }
        printed.insert(name);
    }
    let idle: Vec<_> = printers.keys().filter(|name| !printed.contains(**name)).collect();
    assert!(idle.is_empty(), "these cannot hold a secret: {idle:?}");
}

/// Whether the message itself has a secret field.
fn own_secret(message: &DynamicMessage) -> bool {
    message.fields().any(|(field, _)| is_redacted(&field))
}

#[test]
fn se8_a_redacted_secret_shows_that_it_is_there() {
    for message in our_messages().iter().filter(|message| message.fields().any(|field| is_redacted(&field))) {
        let print = printers()[message.full_name()];
        assert!(print(&filled(message, 6))[0].contains("<redacted>"), "{}", message.full_name());
        assert!(!print(&DynamicMessage::new(message.clone()))[0].contains("<redacted>"), "{}", message.full_name());
    }
}

#[test]
fn se8_the_fleet_holds_no_secret() {
    assert!(
        our_messages()
            .iter()
            .filter(|m| m.package_name() == "postroad.fleet.v1")
            .all(|m| !reachable(m).iter().any(is_redacted))
    );
}
