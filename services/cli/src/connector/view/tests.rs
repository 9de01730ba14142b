use super::*;
use crate::connector::sample;
use crate::table::WIDTH;
use postroad_api::connector::v1::{BasicCredential, Credential};

fn connector() -> Connector {
    let basic = BasicCredential { user: "u".into(), password: "hunter2".into(), password_set: true };
    Connector {
        id: "5f6c0d4e-0000-4000-8000-000000000001".into(),
        name: "Smart host\tto Internet".into(),
        comment: "word ".repeat(40).trim_end().into(),
        address_spaces: vec![address_space::parse("*").unwrap(), address_space::parse("a.example;5").unwrap()],
        smart_hosts: vec![smart_host::parse("2001:db8::1").unwrap()],
        auth_mechanism: 2,
        credential: Some(Credential { kind: Some(Kind::Basic(basic)) }),
        max_message_size: Some(36_700_160),
        labels: [("tier".to_owned(), "gold".to_owned())].into(),
        revision: 7,
        etag: "\"e-7\"".into(),
        ..Connector::default()
    }
}

#[test]
fn the_table_fits_and_counts_what_it_leaves_out() {
    let linked = Connector { linked_listener: "submission".into(), ..Connector::default() };
    let text = table(&[connector(), linked]);
    assert!(text.contains("SMTP:*;1 +1") && text.contains("listener submission"), "{text}");
    assert!(text.contains("[2001:db8::1]:25") && text.contains("MX"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    assert_eq!(text.lines().count(), 3);
}

#[test]
fn the_sheet_shows_the_essentials_and_what_is_unusual() {
    let text = sheet(&connector(), false);
    for part in ["SMTP:a.example;5", "BASIC", "u, a password is stored", "35MB", "tier=gold", "require TLS          no"]
    {
        assert!(text.contains(part), "{text}");
    }
    for part in ["hunter2", "\t", "inactivity", "force HELO", "MX routing"] {
        assert!(!text.contains(part), "{text}");
    }
    let all = sheet(&connector(), true);
    for field in FIELDS {
        assert!(all.contains(field.label), "{}: {all}", field.path);
    }
}

#[test]
fn sheets_fit_80_columns() {
    for (connector, all) in [(connector(), false), (connector(), true), (sample(), false), (sample(), true)] {
        let text = sheet(&connector, all);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }
}

#[test]
fn json_and_yaml_have_the_names_of_the_api_and_no_secret() {
    let value = serde_json::to_value(members(&connector())).unwrap();
    assert_eq!(value["address_spaces"][1], json!({"type": "SMTP", "space": "a.example", "cost": 5}));
    assert_eq!(value["smart_hosts"][0]["host"], "2001:db8::1");
    assert_eq!(value["credential"], json!({"basic": {"user": "u", "password_set": true}}));
    assert_eq!(
        (&value["enabled"], &value["auth_mechanism"], &value["revision"]),
        (&json!(true), &json!("BASIC"), &json!(7))
    );
    assert_eq!(value["connection_inactivity_timeout"], "10m");
    let yaml = serde_yaml_ng::to_string(&members(&connector())).unwrap();
    assert!(yaml.starts_with("id: 5f6c0d4e") && yaml.contains("password_set: true"), "{yaml}");
    assert!(!value.to_string().contains("hunter2") && !yaml.contains("hunter2"));
}
