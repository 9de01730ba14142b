//! Certificates: kept by name, their keys never shown.

use postroad_api::config::v1::RecordKind;
use postroad_api::connector::v1 as admin;
use postroad_api::connector::v1::certificate_service_client::CertificateServiceClient;
use rcgen::{CertificateParams, KeyPair};
use tonic::Code;
use tonic::transport::Channel;

use crate::bench::{Bench, connector, files, refusal};
use crate::relay::RelayEnd;

fn pair(name: &str) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

fn certificate(name: &str, (certificates_pem, private_key_pem): (String, String)) -> admin::Certificate {
    admin::Certificate { name: name.into(), certificates_pem, private_key_pem, ..Default::default() }
}

fn client(bench: &Bench) -> CertificateServiceClient<Channel> {
    CertificateServiceClient::new(bench.channel.clone())
}

fn create(certificate: admin::Certificate) -> admin::CreateCertificateRequest {
    admin::CreateCertificateRequest { certificate: Some(certificate), ..Default::default() }
}

fn delete(name: &str) -> admin::DeleteCertificateRequest {
    admin::DeleteCertificateRequest { name: name.into(), etag: "*".into(), ..Default::default() }
}

#[tokio::test]
async fn a_certificate_is_kept_renewed_and_not_removed_while_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let mut certificates = client(&bench);
    let made = certificates.create_certificate(create(certificate("Edge", pair("relay.example")))).await;
    let made = made.unwrap().into_inner();
    assert_eq!((made.dns_names.as_slice(), made.private_key_pem.as_str()), (&["relay.example".to_owned()][..], ""));
    assert!(made.private_key_set && made.sha256.len() == 64 && made.expire_time.is_some() && made.revision > 0);
    let get = admin::GetCertificateRequest { name: "edge".into() };
    assert_eq!(certificates.get_certificate(get.clone()).await.unwrap().into_inner(), made);
    let twice = certificates.create_certificate(create(certificate("EDGE", pair("x.example")))).await.unwrap_err();
    assert_eq!(refusal(&twice), (Code::AlreadyExists, "NAME_IN_USE".into(), vec!["name".into()]));

    for name in ["B", "A"] {
        let user = admin::Connector { client_certificate: "edge".into(), ..connector(name) };
        bench.create(user).await.unwrap();
    }
    let used = certificates.delete_certificate(delete("edge")).await.unwrap_err();
    assert_eq!(refusal(&used), (Code::FailedPrecondition, "CERTIFICATE_IN_USE".into(), vec!["name".into()]));
    assert_eq!(used.message(), "The certificate is used by connectors: A, B.");

    let renewal = |etag: &str, pair| admin::UpdateCertificateRequest {
        certificate: Some(admin::Certificate { etag: etag.into(), ..certificate("edge", pair) }),
        ..Default::default()
    };
    let renewed = certificates.update_certificate(renewal(&made.etag, pair("new.example"))).await.unwrap().into_inner();
    assert_eq!((renewed.name.as_str(), renewed.used_by.as_slice()), ("Edge", &["A".to_owned(), "B".to_owned()][..]));
    assert!(renewed.sha256 != made.sha256 && renewed.create_time == made.create_time);
    let stale = certificates.update_certificate(renewal(&made.etag, pair("x.example"))).await.unwrap_err();
    assert_eq!(refusal(&stale).1, "STALE_ETAG");
    let keyless =
        certificates.update_certificate(renewal("*", (pair("x.example").0, String::new()))).await.unwrap_err();
    assert_eq!(refusal(&keyless).2, ["private_key_pem"], "connectors show it");
    bench.stop().await;

    let mut bench = Bench::start(folder.path()).await;
    let mut certificates = client(&bench);
    let list = certificates.list_certificates(admin::ListCertificatesRequest::default()).await.unwrap().into_inner();
    assert_eq!(list.certificates, [renewed]);
    for name in ["A", "B"] {
        bench.delete(name, "*").await.unwrap();
    }
    certificates.delete_certificate(delete("edge")).await.unwrap();
    assert_eq!(refusal(&certificates.get_certificate(get).await.unwrap_err()).1, "CERTIFICATE_UNKNOWN");
    bench.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path()).await;
    let mut certificates = client(&bench);
    let odd = certificate("no blanks", ("nothing".into(), "nothing".into()));
    let (code, reason, mut fields) = refusal(&certificates.create_certificate(create(odd)).await.unwrap_err());
    fields.sort();
    assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_CERTIFICATE"));
    assert_eq!(fields, ["certificates_pem", "name", "private_key_pem"]);
    let foreign = certificate("x", (pair("a.example").0, pair("b.example").1));
    assert_eq!(refusal(&certificates.create_certificate(create(foreign)).await.unwrap_err()).2, ["private_key_pem"]);
    bench.stop().await;
}

#[tokio::test]
async fn th24_a_private_key_goes_to_relays_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let mut certificates = client(&bench);
    let (pem, key_pem) = pair("relay.example");
    let key = KeyPair::from_pem(&key_pem).unwrap().serialize_der();
    let request = certificates.create_certificate(create(certificate("edge", (pem, key_pem)))).await.unwrap();
    let mut relay = RelayEnd::open(&bench, "r", [1; 16]).await;
    let records = relay.snapshot().await.records;
    let kinds: Vec<_> = records.iter().map(|record| record.key.as_ref().unwrap().kind()).collect();
    assert_eq!(kinds, [RecordKind::Certificate, RecordKind::CertificateKey]);
    let holds = |octets: &[u8]| octets.windows(key.len()).any(|window| window == key.as_slice());
    assert!(holds(&records[1].body), "relays do get it");
    let trail = bench.audit().await;
    let paths: Vec<_> = trail[0].objects[0].fields.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(paths, ["name", "private_key_set", "sha256", "private_key_pem"]);
    let revision = admin::GetRevisionRequest { revision: request.get_ref().revision };
    let revision = bench.connectors.get_revision(revision).await.unwrap().into_inner();
    for octets in [
        prost::Message::encode_to_vec(request.get_ref()),
        prost::Message::encode_to_vec(&trail[0]),
        prost::Message::encode_to_vec(&revision),
    ] {
        assert!(!holds(&octets));
    }
    bench.stop().await;
    let files = files(&folder.path().join("data"));
    assert!(files.len() > 2);
    assert!(files.iter().all(|file| !holds(&std::fs::read(file).unwrap())), "sealed on disk");
}
