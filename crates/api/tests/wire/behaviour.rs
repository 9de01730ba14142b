//! AIP-203: what the comments say of a field's behaviour its annotation says too, and it is so.

use postroad_api::checked_connector;
use postroad_connector_model::ConnectorId;
use protox::prost_reflect::{DynamicMessage, Value};

use super::descriptors::{self, behaviour, comment, is_redacted, our_messages, places};
use super::examples;
use super::secrets::reflect;

/// What a comment says, and the annotation that goes with it.
const SAID: [(&[&str], &str); 3] = [
    (&["Output only"], "OUTPUT_ONLY"),
    (&["Input only"], "INPUT_ONLY"),
    (&["Never changes.", "Fixed at creation."], "IMMUTABLE"),
];

#[test]
fn comments_and_annotations_agree() {
    for field in our_messages().iter().flat_map(|message| message.fields().collect::<Vec<_>>()) {
        let (said, is) = (comment(&field), behaviour(&field));
        for (words, annotation) in SAID {
            let says = words.iter().any(|word| said.contains(word));
            let has = is.iter().any(|name| name == annotation);
            assert_eq!(says, has, "{}: {said:?}, {is:?}", field.full_name());
        }
        let contradicts = is.len() > 1 && is != ["REQUIRED", "IMMUTABLE"];
        assert!(!contradicts, "{}: {is:?}", field.full_name());
    }
}

#[test]
fn every_secret_of_the_admin_api_is_input_only_and_has_its_mark() {
    let admin = our_messages().into_iter().filter(|message| message.package_name() != "postroad.config.v1");
    let mut count = 0;
    for message in admin {
        for field in message.fields().filter(is_redacted) {
            count += 1;
            assert_eq!(behaviour(&field), ["INPUT_ONLY"], "{}", field.full_name());
            let mark = format!("{}_set", field.name().trim_end_matches("_pem"));
            let mark =
                message.get_field_by_name(&mark).unwrap_or_else(|| panic!("{} has no {mark}", message.full_name()));
            assert_eq!(behaviour(&mark), ["OUTPUT_ONLY"], "{}", mark.full_name());
        }
    }
    assert!(count >= 7, "the option is not seen at all");
}

/// The same message with every occurrence of a field empty, also inside lists; how many there were.
fn emptied(message: &mut DynamicMessage, path: &str) -> usize {
    let Some((name, rest)) = path.split_once('.') else {
        let there = message.has_field_by_name(path);
        message.clear_field_by_name(path);
        return usize::from(there);
    };
    if !message.has_field_by_name(name) {
        return 0;
    }
    match message.get_field_by_name_mut(name) {
        Some(Value::List(values)) => {
            values.iter_mut().filter_map(Value::as_message_mut).map(|inner| emptied(inner, rest)).sum()
        }
        Some(Value::Message(inner)) => emptied(inner, rest),
        _ => 0,
    }
}

#[test]
fn a_required_field_that_is_empty_is_refused_by_its_path() {
    let mut count = 0;
    for place in places(&descriptors::message("postroad.connector.v1.Connector")) {
        if !behaviour(&place.field).iter().any(|name| name == "REQUIRED") {
            continue;
        }
        for written in examples::written() {
            let mut message = reflect(&written);
            if emptied(&mut message, &place.path) == 0 {
                continue;
            }
            count += 1;
            let found = checked_connector(&message.transcode_to().unwrap(), &ConnectorId::new(examples::ID));
            let violations = found.expect_err(&format!("{} without {}", written.name, place.path));
            let top = place.path.split('.').next().unwrap();
            assert!(
                violations.0.iter().all(|violation| violation.field.starts_with(top)),
                "{}: {violations}",
                place.path
            );
        }
    }
    assert!(count >= 12, "{count}");
}
