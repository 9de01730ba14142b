//! Between the wire and the model, both ways.

use std::collections::BTreeSet;

use postroad_api::connector::v1 as admin;
use postroad_api::{
    RecordTimes, ServerFields, admin_connector, apply_mask, checked_connector, config, connector_record,
    credential_record, decode_records, encode_secret, read_connector_record, take_secrets,
};
use postroad_connector_model::{BasicCredential, ConnectorId, Credential, Secret};
use prost::Message as _;

use super::descriptors::{self, is_output_only, places, said, sayable};
use super::{examples, secrets};

const ID: &str = "7d9a3f4e-0000-4000-8000-000000000001";

fn basic(user: &str, password: &str) -> admin::Credential {
    let basic = admin::BasicCredential { user: user.into(), password: password.into(), password_set: false };
    admin::Credential { kind: Some(admin::credential::Kind::Basic(basic)) }
}

fn account(connector: &admin::Connector) -> Option<(&str, &str, bool)> {
    let Some(admin::credential::Kind::Basic(basic)) = connector.credential.as_ref()?.kind.as_ref() else { return None };
    Some((&basic.user, &basic.password, basic.password_set))
}

fn written() -> admin::Connector {
    admin::Connector {
        name: "Internet".into(),
        address_spaces: vec![admin::AddressSpace { space: "*.Example.COM".into(), ..Default::default() }],
        smart_hosts: vec![admin::SmartHost { host: "mx.example.net".into(), port: 587, ..Default::default() }],
        auth_mechanism: admin::AuthMechanism::Basic.into(),
        credential: Some(basic("u", "hush")),
        require_tls: true,
        final_reply_timeout: Some(prost_types::Duration { seconds: 90, nanos: 0 }),
        labels: [("team".to_owned(), "mail".to_owned())].into(),
        ..Default::default()
    }
}

fn stored() -> admin::Connector {
    let (connector, _) = checked_connector(&written(), &ConnectorId::new(ID)).unwrap();
    admin_connector(&connector, ServerFields::default())
}

fn paths(mask: &[&str]) -> Vec<String> {
    mask.iter().map(|&path| path.to_owned()).collect()
}

#[test]
fn what_is_written_is_read_back_in_stored_form_without_the_password() {
    let read = stored();
    assert_eq!(read.id, ID);
    assert_eq!(read.enabled, Some(true));
    assert_eq!(read.port, 25);
    assert_eq!(read.max_message_size, Some(36_700_160));
    assert_eq!(read.address_spaces[0].space, "*.example.com");
    assert_eq!(read.address_spaces[0].cost, Some(1));
    assert_eq!(account(&read), Some(("u", "", true)));
    let again = checked_connector(&read, &ConnectorId::new(ID)).unwrap().0;
    assert_eq!(admin_connector(&again, ServerFields::default()), read);
}

#[test]
fn the_examples_say_everything_that_an_operator_can_say() {
    let descriptor = descriptors::message("postroad.connector.v1.Connector");
    let everything: BTreeSet<_> =
        examples::written().iter().flat_map(|connector| said(&secrets::reflect(connector))).collect();
    let servers: Vec<_> = (places(&descriptor).into_iter())
        .filter(|place| is_output_only(&place.field) && place.path != "id" || place.path == "etag")
        .map(|place| place.path)
        .collect();
    let is_servers = |path: &str| servers.iter().any(|own| path == own || path.starts_with(&format!("{own}.")));
    let unsaid: Vec<_> = (sayable(&descriptor).difference(&everything))
        // DEFAULT is what an empty list means.
        .filter(|path| !is_servers(path) && *path != "error_policies=ERROR_POLICY_DEFAULT")
        .cloned()
        .collect();
    assert!(unsaid.is_empty(), "no example says this, so nothing shows that it comes through: {unsaid:?}");
}

#[test]
fn what_is_written_is_read_back() {
    for written in examples::written() {
        let mut expected = written.clone();
        take_secrets(&mut expected);
        assert_eq!(examples::stored(&written), expected);
    }
}

#[test]
fn what_only_the_server_knows_is_shown() {
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let server = ServerFields { revision: 7, etag: "\"7\"".into(), create_time: at(1), update_time: at(2) };
    let (connector, _) = checked_connector(&written(), &ConnectorId::new(ID)).unwrap();
    let shown = admin_connector(&connector, server);
    assert_eq!((shown.revision, shown.etag.as_str(), shown.id.as_str()), (7, "\"7\"", ID));
    assert_eq!((shown.create_time, shown.update_time), (at(1), at(2)));
}

#[test]
fn every_enum_refuses_what_it_does_not_know() {
    for (field, change) in [
        ("usage", (|c| c.usage = 99) as fn(&mut admin::Connector)),
        ("auth_mechanism", |c| c.auth_mechanism = -1),
        ("tls_auth_level", |c| c.tls_auth_level = 99),
        ("address_family", |c| c.address_family = 99),
        ("protocol_logging_level", |c| c.protocol_logging_level = 99),
        ("error_policies[1]", |c| c.error_policies = vec![2, 99]),
    ] {
        let mut message = written();
        change(&mut message);
        let violations = checked_connector(&message, &ConnectorId::new(ID)).unwrap_err();
        let found: Vec<_> = violations.0.iter().map(|v| (v.field.as_str(), v.text.as_str())).collect();
        assert_eq!(found, [(field, "Not a known value.")]);
    }
}

#[test]
fn all_problems_of_wire_and_model_come_at_once() {
    let mut bad = written();
    bad.name = String::new();
    bad.auth_mechanism = 77;
    bad.smart_hosts[0].port = 70_000;
    bad.final_reply_timeout = Some(prost_types::Duration { seconds: -1, nanos: 0 });
    bad.credential = Some(basic("u", "nul\0nul"));
    let violations = checked_connector(&bad, &ConnectorId::new(ID)).unwrap_err();
    let mut fields: Vec<_> = violations.0.iter().map(|v| v.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        ["auth_mechanism", "credential.basic.password", "final_reply_timeout", "name", "smart_hosts[0].port"]
    );
    let mechanism = violations.0.iter().find(|v| v.field == "auth_mechanism").unwrap();
    assert_eq!(mechanism.text, "Not a known value.");
}

#[test]
fn the_password_is_taken_out_and_leaves_a_mark() {
    let mut message = written();
    let password = take_secrets(&mut message).password.unwrap();
    assert_eq!(password.expose(), "hush");
    assert_eq!(account(&message), Some(("u", "", true)));
    assert!(!take_secrets(&mut message).is_any());
}

#[test]
fn a_mask_changes_what_it_names_and_nothing_else() {
    let change = admin::Connector { comment: "new".into(), enabled: Some(false), port: 2525, ..Default::default() };
    let merged = apply_mask(stored(), &change, &paths(&["enabled"])).unwrap();
    assert_eq!(merged, admin::Connector { enabled: Some(false), ..stored() });
    let cleared = apply_mask(stored(), &change, &paths(&["labels"])).unwrap();
    assert!(cleared.labels.is_empty());
}

#[test]
fn without_a_mask_the_populated_fields_are_meant() {
    let change = admin::Connector { comment: "new".into(), ..Default::default() };
    let merged = apply_mask(stored(), &change, &[]).unwrap();
    assert_eq!(merged, admin::Connector { comment: "new".into(), ..stored() });
}

#[test]
fn a_password_stays_unless_it_is_named_or_the_credential_goes() {
    let empty = admin::Connector::default();
    let user_only = admin::Connector { credential: Some(basic("v", "")), ..written() };
    let with_password = admin::Connector { credential: Some(basic("v", "other")), ..written() };
    for (change, mask, expected) in [
        (&user_only, vec!["credential"], Some(("v", "", true))),
        (&user_only, vec!["credential.basic.user"], Some(("v", "", true))),
        (&user_only, vec!["*"], Some(("v", "", true))),
        (&user_only, vec![], Some(("v", "", true))),
        (&user_only, vec!["credential.basic.password"], Some(("u", "", false))),
        (&with_password, vec!["credential"], Some(("v", "other", true))),
        (&with_password, vec!["credential.basic.password"], Some(("u", "other", false))),
        (&with_password, vec!["comment"], Some(("u", "", true))),
        (&empty, vec!["credential"], None),
        (&empty, vec!["*"], None),
        (&empty, vec!["credential", "credential.basic.password"], None),
    ] {
        let merged = apply_mask(stored(), change, &paths(&mask)).unwrap();
        assert_eq!(account(&merged), expected, "{mask:?}");
    }
}

#[test]
fn every_unknown_path_is_named() {
    let error = apply_mask(stored(), &written(), &paths(&["nmae", "name", "smart_hosts[0]"])).unwrap_err();
    assert_eq!(error.0.0.len(), 2, "{error}");
    assert!(error.to_string().contains("nmae"), "{error}");
}

#[test]
fn output_only_paths_change_nothing() {
    let change = admin::Connector { id: "x".into(), etag: "y".into(), ..Default::default() };
    assert_eq!(apply_mask(stored(), &change, &paths(&["id", "etag", "revision"])).unwrap(), stored());
}

fn records() -> Vec<config::v1::Record> {
    let id = ConnectorId::new(ID);
    let (connector, _) = checked_connector(&written(), &id).unwrap();
    let times = RecordTimes {
        create: Some(prost_types::Timestamp { seconds: 1, nanos: 2 }),
        update: Some(prost_types::Timestamp { seconds: 3, nanos: 4 }),
    };
    let credential = Credential::Basic(BasicCredential { user: "u".into(), password: Secret::new("hush".into()) });
    let key = |kind: config::v1::RecordKind| Some(config::v1::RecordKey { kind: kind.into(), id: ID.into() });
    vec![
        config::v1::Record {
            key: key(config::v1::RecordKind::Connector),
            version: 5,
            body: connector_record(&connector, times).encode_to_vec().into(),
        },
        config::v1::Record {
            key: key(config::v1::RecordKind::Credential),
            version: 4,
            body: encode_secret(&credential_record(&id, &credential, [7; 16])),
        },
    ]
}

#[test]
fn records_give_the_connector_back() {
    let decoded = decode_records(&records()).unwrap();
    let (connector, _) = checked_connector(&written(), &ConnectorId::new(ID)).unwrap();
    assert_eq!(*decoded.connectors[0].value, connector);
    assert_eq!(decoded.connectors[0].version, 5);
    assert_eq!(decoded.connectors[0].times.update, Some(prost_types::Timestamp { seconds: 3, nanos: 4 }));
    let Credential::Basic(basic) = decoded.credentials[&ConnectorId::new(ID)].as_ref() else { panic!("another kind") };
    assert_eq!((basic.user.as_str(), basic.password.expose()), ("u", "hush"));
}

#[test]
fn bad_records_are_named_all_at_once() {
    use config::v1::ProblemReason;
    let mut bad = records();
    bad.remove(1);
    let mut message =
        connector_record(&checked_connector(&written(), &ConnectorId::new(ID)).unwrap().0, RecordTimes::default());
    message.auth_kind = 99;
    let problem_of = |record: config::v1::Record| decode_records(&[record]).unwrap_err()[0].clone();

    let with_body = |body: Vec<u8>| config::v1::Record { body: body.into(), ..bad[0].clone() };
    let unknown = decode_records(&[with_body(message.encode_to_vec())]).unwrap_err();
    assert!(unknown.iter().any(|p| p.field_path == "auth_mechanism"), "{unknown:?}");
    assert_eq!(problem_of(with_body(vec![0xff; 9])).reason(), ProblemReason::Invalid);
    assert_eq!(problem_of(with_body(vec![0; 65_537])).reason(), ProblemReason::Limit);
    let mut strange = records().remove(0);
    strange.key.as_mut().unwrap().kind = 42;
    assert_eq!(problem_of(strange.clone()).reason(), ProblemReason::Unsupported);
    let mut moved = records().remove(0);
    moved.key.as_mut().unwrap().id = "other".into();
    let all = decode_records(&[strange, moved, with_body(vec![0xff; 9])]).unwrap_err();
    assert_eq!(all.len(), 3, "{all:?}");
}

#[test]
fn a_record_alone_reads() {
    let (connector, _) = checked_connector(&written(), &ConnectorId::new(ID)).unwrap();
    let record = connector_record(&connector, RecordTimes::default());
    assert_eq!(read_connector_record(&record).unwrap().0, connector);
}
