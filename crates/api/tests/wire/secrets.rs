//! The secrets of a connector: taken out of what is written, never in what is read.

use postroad_api::connector::v1::Connector;
use postroad_api::{checked_connector, clear_secret_marks, take_secrets};
use postroad_connector_model::ConnectorId;
use protox::prost_reflect::{DynamicMessage, ReflectMessage as _, Value};

use super::descriptors::{self, at, is_redacted, places, reflected};
use super::examples;

const CONNECTOR: &str = "postroad.connector.v1.Connector";

/// Every secret of a connector, by its path.
pub(crate) fn paths() -> Vec<String> {
    let places = places(&descriptors::message(CONNECTOR));
    places.into_iter().filter(|place| is_redacted(&place.field)).map(|place| place.path).collect()
}

pub(crate) fn reflect(connector: &Connector) -> DynamicMessage {
    reflected(&descriptors::message(CONNECTOR), connector)
}

/// The example that holds a secret at this path.
pub(crate) fn example_with(path: &str) -> Connector {
    let holds = |connector: &Connector| at(&reflect(connector), path).is_some();
    examples::written().into_iter().find(holds).unwrap_or_else(|| panic!("no example says {path}"))
}

/// The same connector with this value at a path that it has.
pub(crate) fn with(connector: &Connector, path: &str, value: Value) -> Connector {
    fn put(message: &mut DynamicMessage, path: &str, value: Value) {
        match path.split_once('.') {
            None => message.set_field_by_name(path, value),
            Some((name, rest)) => {
                let inner = message.get_field_by_name_mut(name).and_then(Value::as_message_mut).unwrap();
                put(inner, rest, value);
            }
        }
    }
    let mut message = reflect(connector);
    put(&mut message, path, value);
    message.transcode_to().unwrap()
}

fn mark(path: &str) -> String {
    format!("{path}_set")
}

/// A secret of so many octets, of the kind that stands at the path.
fn secret(connector: &Connector, path: &str, octets: usize) -> Value {
    match at(&reflect(connector), path).unwrap() {
        Value::Bytes(_) => Value::Bytes(vec![b'x'; octets].into()),
        _ => Value::String("x".repeat(octets)),
    }
}

#[test]
fn every_secret_is_taken_out_and_leaves_its_mark() {
    assert!(paths().len() >= 6, "the option is not seen at all: {:?}", paths());
    for path in paths() {
        let mut connector = example_with(&path);
        let secrets = take_secrets(&mut connector);
        assert!(secrets.is_any(), "{path}");
        let left = reflect(&connector);
        assert_eq!(at(&left, &path), None, "{path}");
        assert_eq!(at(&left, &mark(&path)), Some(Value::Bool(true)), "{path}");
        clear_secret_marks(&mut connector);
        assert_eq!(at(&reflect(&connector), &mark(&path)), None, "{path}");
        assert!(!take_secrets(&mut connector).is_any(), "{path}");
    }
}

#[test]
fn what_is_taken_out_is_what_was_written() {
    let taken = |path: &str| take_secrets(&mut example_with(path));
    let text = |secret: Option<postroad_connector_model::Secret>| secret.unwrap().expose().to_owned();
    assert_eq!(text(taken("credential.basic.password").password), "basic-secret");
    assert_eq!(text(taken("credential.oauth.static_token.token").token), "static-secret");
    assert_eq!(text(taken("credential.oauth.client_credentials.client_secret").client_secret), "client-secret");
    let refresh = taken("credential.oauth.refresh_token.refresh_token");
    assert_eq!(
        (text(refresh.client_secret), text(refresh.refresh_token)),
        ("public-secret".into(), "refresh-secret".into())
    );
    assert_eq!(taken("credential.kerberos.keytab").keytab.unwrap().expose(), b"\x05\x02keytab-secret\xff");
}

#[test]
fn a_secret_that_is_too_long_is_named_by_its_path_and_not_shown() {
    for (path, limit) in [
        ("credential.basic.password", 1024),
        ("credential.kerberos.keytab", 32 * 1024),
        ("credential.oauth.static_token.token", 8 * 1024),
        ("credential.oauth.client_credentials.client_secret", 8 * 1024),
        ("credential.oauth.refresh_token.client_secret", 8 * 1024),
        ("credential.oauth.refresh_token.refresh_token", 8 * 1024),
    ] {
        assert!(paths().iter().any(|known| known == path), "{path}");
        let connector = example_with(path);
        let longest = with(&connector, path, secret(&connector, path, limit));
        assert!(checked_connector(&longest, &ConnectorId::new(examples::ID)).is_ok(), "{path}");
        let longer = with(&connector, path, secret(&connector, path, limit + 1));
        let violations = checked_connector(&longer, &ConnectorId::new(examples::ID)).unwrap_err();
        let fields: Vec<_> = violations.0.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(fields, [path]);
        assert_eq!(violations.0[0].text, format!("Longer than {limit} octets."));
    }
}

#[test]
fn a_secret_that_would_break_its_login_is_refused() {
    for path in paths().iter().filter(|path| !path.ends_with("keytab")) {
        let connector = example_with(path);
        for odd in ["a\0b", "a\u{1}b"] {
            let written = with(&connector, path, Value::String(odd.to_owned()));
            let checked = checked_connector(&written, &ConnectorId::new(examples::ID));
            // A password may hold any character but NUL.
            if path.ends_with("password") && odd != "a\0b" {
                assert!(checked.is_ok(), "{path} {odd:?}");
                continue;
            }
            let violations = checked.unwrap_err();
            let fields: Vec<_> = violations.0.iter().map(|violation| violation.field.as_str()).collect();
            assert_eq!(fields, [path.as_str()], "{odd:?}");
            assert!(violations.0[0].text.starts_with("Must not hold "), "{violations}");
        }
    }
}

#[test]
fn nothing_that_is_read_holds_a_secret() {
    for written in examples::written() {
        let read = reflect(&examples::stored(&written));
        for path in paths() {
            assert_eq!(at(&read, &path), None, "{path} of {}", written.name);
        }
        assert_eq!(read.descriptor().full_name(), CONNECTOR);
    }
}
