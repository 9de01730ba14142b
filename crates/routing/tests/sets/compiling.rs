//! What a table is made from, and what it is not made from.

use std::sync::Arc;

use postroad_connector_model::{
    BasicCredential, ConnectorDraft, ConnectorId, ConnectorName, Credential, Epoch, RelayIdentity, Revision, Secret,
};
use postroad_routing::compile;

use crate::notation::{connector, read_set, snapshot, table};

fn named(id: &str, name: &str) -> ConnectorDraft {
    ConnectorDraft {
        id: id.to_owned(),
        name: name.to_owned(),
        address_spaces: vec![postroad_connector_model::AddressSpace::parse("*").unwrap().to_draft()],
        ..ConnectorDraft::default()
    }
}

#[test]
fn every_clash_is_told_with_names_and_ids() {
    let set = [named("1", "Alpha"), named("2", "ALPHA"), named("3", "Beta"), named("3", "Gamma"), named("4", "alpha")];
    let set = snapshot(set.map(connector).into());
    let problems = compile(&set, &RelayIdentity::default()).unwrap_err();
    let found: Vec<_> = problems.0.iter().map(|p| (p.id.as_str(), p.field.as_str())).collect();
    assert_eq!(found, [("2", "name"), ("3", "id"), ("4", "name")]);
    for words in ["\"Alpha\" (1) and \"ALPHA\" (2)", "id 3: \"Beta\" and \"Gamma\"", "\"Alpha\" (1) and \"alpha\" (4)"]
    {
        assert!(problems.to_string().contains(words), "{words} is missing in: {problems}");
    }
}

#[test]
fn a_listener_has_one_connector() {
    let set = snapshot(read_set("A[listener=in max=0] B[listener=IN max=0] C[listener=out max=0]"));
    let problems = compile(&set, &RelayIdentity::default()).unwrap_err();
    assert_eq!(problems.0.len(), 1, "{problems}");
    assert_eq!((problems.0[0].id.as_str(), problems.0[0].field.as_str()), ("id-1", "linked_listener"));
    assert!(problems.to_string().contains("\"A\" (id-0) and \"B\" (id-1)"), "{problems}");
}

#[test]
fn a_set_beyond_the_limit_is_refused_by_name_once() {
    let one = read_set("A[*]").remove(0);
    let at = |n: usize| {
        let mut connector = (*one).clone();
        connector.id = ConnectorId::new(&n.to_string());
        connector.name = ConnectorName::parse(&format!("c {n}")).unwrap();
        Arc::new(connector)
    };
    let set = snapshot((0..100_002).map(at).collect());
    let problems = compile(&set, &RelayIdentity::default()).unwrap_err();
    assert_eq!(problems.0.len(), 1);
    assert_eq!(problems.0[0].text, "At most 100000 connectors; \"c 100000\" is the first beyond the limit.");
}

#[test]
fn a_table_knows_what_it_was_made_from() {
    let empty = table(vec![]);
    assert_eq!((empty.len(), empty.is_empty()), (0, true));
    let table = table(read_set("b[*] A[* off] C[x.example]"));
    assert_eq!((table.epoch(), table.revision(), table.len()), (Epoch([7; 16]), Revision(42), 3));
    let names: Vec<_> = table.connectors().map(|c| c.connector.name.as_str()).collect();
    assert_eq!(names, ["A", "b", "C"]);
}

#[test]
fn a_credential_goes_with_its_connector_and_is_never_printed() {
    let mut set = snapshot(read_set("A[*] B[b.example]"));
    let basic = BasicCredential { user: "relay".to_owned(), password: Secret::new("hunter2".to_owned()) };
    let credential = Arc::new(Credential::Basic(basic));
    set.credentials.insert(ConnectorId::new("id-1"), Arc::clone(&credential));
    let table = compile(&set, &RelayIdentity::default()).unwrap();
    let given: Vec<_> = table.connectors().map(|c| c.credential.clone()).collect();
    assert_eq!(given, [None, Some(credential)]);
    let printed = format!("{table:?} {:?}", table.connectors().collect::<Vec<_>>());
    assert!(printed.contains("relay") && !printed.contains("hunter2"), "{printed}");
}
