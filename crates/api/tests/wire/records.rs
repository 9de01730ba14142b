//! Records: what is streamed and stored gives the model back, whatever it says.

use std::collections::BTreeSet;
use std::sync::Arc;

use postroad_api::config::v1::{self as wire, RecordKind};
use postroad_api::{
    RecordTimes, certificate_key_record, certificate_record, checked_connector, connector_record, credential_record,
    decode_records, encode_secret, link_id, read_connector_record, read_credential, relay_record, site_link_record,
    site_record,
};
use postroad_connector_model::{
    BasicCredential, CertificateKey, Connector, ConnectorId, Credential, KerberosCredential, OAuthSecrets, RelayRecord,
    ResourceName, Secret, SecretBytes, Site, SiteLink, StoredCertificate,
};
use prost::Message as _;

use super::descriptors::{self, reflected, said, sayable};
use super::examples;

const RECORD: &str = "postroad.config.v1.ConnectorRecord";

fn times() -> RecordTimes {
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 4 });
    RecordTimes { create: at(1), update: at(3) }
}

fn connectors() -> Vec<Connector> {
    let checked = |written| checked_connector(&written, &ConnectorId::new(examples::ID)).unwrap().0;
    examples::written().into_iter().map(checked).collect()
}

#[test]
fn the_record_of_a_connector_gives_it_back() {
    let descriptor = descriptors::message(RECORD);
    let mut everything = BTreeSet::new();
    for connector in connectors() {
        let record = connector_record(&connector, times());
        everything.append(&mut said(&reflected(&descriptor, &record)));
        let octets = record.encode_to_vec();
        let (read, read_times) =
            read_connector_record(&wire::ConnectorRecord::decode(octets.as_slice()).unwrap()).unwrap();
        assert_eq!((read, read_times), (connector, times()));
    }
    let unsaid: Vec<_> = sayable(&descriptor).difference(&everything).cloned().collect();
    assert!(
        unsaid.is_empty(),
        "no example has these in its record, so nothing shows that they come through: {unsaid:?}"
    );
}

fn credentials() -> Vec<Credential> {
    let secret = |text: &str| Secret::new(text.to_owned());
    vec![
        Credential::Basic(BasicCredential { user: "u".into(), password: secret("p") }),
        Credential::OAuth(OAuthSecrets { token: Some(secret("t")), ..OAuthSecrets::default() }),
        Credential::OAuth(OAuthSecrets { client_secret: Some(secret("c")), ..OAuthSecrets::default() }),
        Credential::OAuth(OAuthSecrets {
            client_secret: Some(secret("c")),
            refresh_token: Some(secret("r")),
            ..OAuthSecrets::default()
        }),
        Credential::Kerberos(KerberosCredential {
            principal: "u@CONTOSO.COM".into(),
            keytab: SecretBytes::new(vec![5, 2, 0xff]),
        }),
    ]
}

#[test]
fn the_record_of_secrets_gives_them_back() {
    let descriptor = descriptors::message("postroad.config.v1.CredentialRecord");
    let id = ConnectorId::new(examples::ID);
    let mut everything = BTreeSet::new();
    for credential in credentials() {
        let record = credential_record(&id, &credential, [7; 16]);
        everything.append(&mut said(&reflected(&descriptor, &record)));
        let octets = encode_secret(&record);
        assert_eq!(read_credential(wire::CredentialRecord::decode(octets).unwrap()), Ok((id.clone(), credential)));
    }
    assert_eq!(everything, sayable(&descriptor));
}

fn name(text: &str) -> ResourceName {
    ResourceName::parse(text).unwrap()
}

/// A record under its key; its message must say everything that it can.
fn record(kind: RecordKind, id: &str, message_name: &str, message: &impl prost::Message) -> wire::Record {
    let descriptor = descriptors::message(message_name);
    assert_eq!(said(&reflected(&descriptor, message)), sayable(&descriptor), "{message_name}");
    let key = wire::RecordKey { kind: kind.into(), id: id.to_owned() };
    wire::Record { key: Some(key), version: 9, body: message.encode_to_vec().into() }
}

#[test]
fn the_records_of_what_connectors_refer_to_give_it_back() {
    let site = Site { name: name("Vienna"), comment: "first district".into() };
    let link = SiteLink::new("Vienna", "brno", Some(99_999)).unwrap();
    let relay = RelayRecord {
        name: name("Relay-1"),
        site: Some(name("Vienna")),
        labels: [("tier".to_owned(), "edge".to_owned())].into(),
    };
    let certificate = StoredCertificate {
        name: name("Relays"),
        certificates: vec![Arc::from([1, 2, 3].as_slice()), Arc::from([4].as_slice())],
        has_private_key: true,
    };
    let key = CertificateKey(SecretBytes::new(vec![9, 8, 7]));
    let key_record = certificate_key_record(&certificate.name, &key, [7; 16]);
    let decoded = decode_records(&[
        record(RecordKind::Site, "vienna", "postroad.config.v1.SiteRecord", &site_record(&site, times())),
        record(
            RecordKind::SiteLink,
            &link_id(&link),
            "postroad.config.v1.SiteLinkRecord",
            &site_link_record(&link, times()),
        ),
        record(RecordKind::Relay, "relay-1", "postroad.config.v1.RelayRecord", &relay_record(&relay, times())),
        record(
            RecordKind::Certificate,
            "relays",
            "postroad.config.v1.CertificateRecord",
            &certificate_record(&certificate, times()),
        ),
        record(RecordKind::CertificateKey, "relays", "postroad.config.v1.CertificateKeyRecord", &key_record),
    ])
    .unwrap();
    assert_eq!((&*decoded.sites[0].value, decoded.sites[0].times), (&site, times()));
    assert_eq!((&*decoded.site_links[0].value, decoded.site_links[0].times), (&link, times()));
    assert_eq!((&*decoded.relays[0].value, decoded.relays[0].times), (&relay, times()));
    assert_eq!((&*decoded.certificates[0].value, decoded.certificates[0].times), (&certificate, times()));
    assert_eq!(*decoded.certificate_keys[&name("RELAYS")], key);
    let surroundings = decoded.surroundings();
    assert!(surroundings.sites.contains_key(&name("vienna")) && surroundings.relays.contains_key(&name("RELAY-1")));
    // The name as it was written comes through, although names are compared without case.
    assert_eq!(decoded.sites[0].value.name.as_str(), "Vienna");
}
