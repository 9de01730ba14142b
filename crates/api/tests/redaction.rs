//! SE8: no secret in `Debug`. The tests reflect over the descriptors, not over a list kept by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use postroad_api::{config, connector};
use prost_types::{DescriptorProto, FileDescriptorSet};

/// Fields whose name sounds secret and is not.
const HARMLESS: [(&str, &str); 6] = [
    (".postroad.config.v1.Record.key", "names a record"),
    (".postroad.config.v1.Problem.key", "names a record"),
    (".postroad.connector.v1.Connector.credential", "the message inside redacts itself"),
    (".postroad.connector.v1.OAuthCredential.static_token", "the message inside redacts itself"),
    (".postroad.connector.v1.OAuthCredential.refresh_token", "the message inside redacts itself"),
    (".postroad.fleet.v1.RewrapSecretsResponse.key_id", "names a key"),
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

fn messages() -> Vec<(String, DescriptorProto)> {
    let set = <FileDescriptorSet as prost::Message>::decode(postroad_api::DESCRIPTORS).unwrap();
    let ours = set.file.into_iter().filter(|file| file.package().starts_with("postroad."));
    ours.flat_map(|file| {
        let package = file.package().to_owned();
        file.message_type.into_iter().map(move |m| (format!(".{package}.{}", m.name()), m))
    })
    .collect()
}

/// `debug_redact` is field 16 of FieldOptions; prost-types does not know it, so the raw descriptor is searched for it.
fn redacted_fields() -> Vec<String> {
    let pool = protox::prost_reflect::DescriptorPool::decode(postroad_api::DESCRIPTORS).unwrap();
    pool.all_messages()
        .flat_map(|message| message.fields().collect::<Vec<_>>())
        .filter(|field| field.options().get_field_by_number(16).is_some_and(|value| value.as_bool() == Some(true)))
        .map(|field| format!(".{}", field.full_name()))
        .collect()
}

#[test]
fn every_field_that_sounds_secret_is_redacted_or_excused() {
    let redacted = redacted_fields();
    let mut missing = Vec::new();
    for (message, descriptor) in messages() {
        for field in &descriptor.field {
            let path = format!("{message}.{}", field.name());
            let sounds_secret = field.name().split('_').any(|part| WORDS.contains(&part));
            let excused =
                HARMLESS.iter().any(|(name, _)| *name == path) || ABOUT.iter().any(|(name, _)| *name == field.name());
            if sounds_secret && !excused && !redacted.contains(&path) {
                missing.push(path);
            }
        }
    }
    assert!(missing.is_empty(), "give these fields debug_redact, or a reason in this test: {missing:?}");
}

#[test]
fn messages_with_redacted_fields_have_a_debug_of_their_own() {
    let build = include_str!("../build.rs");
    let redacted = redacted_fields();
    assert!(redacted.len() >= 3, "the option is not seen at all: {redacted:?}");
    for field in redacted {
        let (message, _) = field.rsplit_once('.').unwrap();
        assert!(build.contains(&format!("\"{message}\"")), "{message} is missing in REDACTED of build.rs");
    }
}

#[test]
fn canaries_do_not_show() {
    const CANARY: &str = "canary-7f3a";
    let admin = connector::v1::CreateConnectorRequest {
        connector: Some(connector::v1::Connector {
            credential: Some(connector::v1::Credential {
                kind: Some(connector::v1::credential::Kind::Basic(connector::v1::BasicCredential {
                    user: "u".into(),
                    password: CANARY.into(),
                    password_set: false,
                })),
            }),
            ..Default::default()
        }),
        ..Default::default()
    };
    let secret = config::v1::CredentialRecord {
        kind: Some(config::v1::credential_record::Kind::Basic(config::v1::BasicSecret {
            user: "u".into(),
            password: CANARY.into(),
        })),
        ..Default::default()
    };
    let record = config::v1::Record { body: CANARY.as_bytes().to_vec().into(), ..Default::default() };
    for text in [format!("{admin:?}"), format!("{secret:?}"), format!("{record:?} {record:#?}")] {
        assert!(!text.contains(CANARY), "{text}");
        assert!(!text.contains(&format!("{:?}", CANARY.as_bytes())), "{text}");
        assert!(text.contains("<redacted>"), "{text}");
    }
}
