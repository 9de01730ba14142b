//! Certificates of clients.

use std::sync::Arc;

use postroad_tls::CertificateName;
use rcgen::{ExtendedKeyUsagePurpose, SanType, date_time_ymd};

use crate::authority::{Authority, Folder};
use crate::handshake::{BOTH, ONLY_12, ONLY_13, client, client_with, shake};

fn names() -> Vec<SanType> {
    vec![
        SanType::DnsName("App.Example".try_into().unwrap()),
        SanType::DnsName("*.example".try_into().unwrap()),
        SanType::DnsName("two words".try_into().unwrap()),
        SanType::DnsName("boss@example.com".try_into().unwrap()),
        SanType::Rfc822Name("alice@Example.com".try_into().unwrap()),
        SanType::Rfc822Name("nobody".try_into().unwrap()),
        SanType::URI("spiffe://example.com/app".try_into().unwrap()),
        SanType::IpAddress("192.0.2.7".parse().unwrap()),
    ]
}

#[tokio::test]
async fn e09_a_certificate_is_asked_for_only_when_configured() {
    let (ours, theirs) = (Authority::new("ca"), Authority::new("clients"));
    let folder = Folder::with(&ours.server(&["relay.example"]));
    let own = theirs.client(names());
    for versions in [ONLY_12, ONLY_13] {
        let client = Arc::new(client_with(&ours, &own, versions));
        let (served, _) = shake(&folder.server(), &client).await;
        assert_eq!(served.unwrap().client, None, "a client that was not asked shows nothing");
        let (served, _) = shake(&folder.server_for(&theirs, false), &client).await;
        assert!(served.unwrap().client.is_some());
    }
}

#[tokio::test]
async fn e09_names_of_a_verified_certificate_are_told_also_of_a_resumed_session() {
    let (ours, theirs) = (Authority::new("ca"), Authority::new("clients"));
    let folder = Folder::with(&ours.server(&["relay.example"]));
    let own = theirs.client(names());
    let told = vec![
        CertificateName::Dns("app.example".to_owned()),
        CertificateName::Email("alice@Example.com".to_owned()),
        CertificateName::Uri("spiffe://example.com/app".to_owned()),
    ];
    for versions in [ONLY_12, ONLY_13] {
        let server = folder.server_for(&theirs, true);
        let client = Arc::new(client_with(&ours, &own, versions));
        for resumed in [false, true] {
            let (served, _) = shake(&server, &client).await;
            let facts = served.unwrap();
            assert_eq!((facts.resumed, facts.client), (resumed, Some(told.clone())));
        }
    }
}

#[tokio::test]
async fn e09_whoever_must_show_a_certificate_and_does_not_is_refused() {
    let (ours, theirs) = (Authority::new("ca"), Authority::new("clients"));
    let folder = Folder::with(&ours.server(&["relay.example"]));
    for versions in [ONLY_12, ONLY_13] {
        let client = Arc::new(client(&ours, versions));
        let (served, seen) = shake(&folder.server_for(&theirs, true), &client).await;
        assert!(served.is_err() && seen.is_err());
        let (served, _) = shake(&folder.server_for(&theirs, false), &client).await;
        assert_eq!(served.unwrap().client, None);
    }
}

#[tokio::test]
async fn th19_certificates_that_are_not_a_clients_are_refused_even_when_none_is_needed() {
    let (ours, theirs) = (Authority::new("ca"), Authority::new("clients"));
    let folder = Folder::with(&ours.server(&["relay.example"]));
    let server = folder.server_for(&theirs, false);
    let name = || vec![SanType::DnsName("app.example".try_into().unwrap())];
    let for_clients = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let cases = [
        ("of another issuer", Authority::new("others").client(name())),
        ("of another issuer with the same name", Authority::new("clients").client(name())),
        (
            "expired",
            theirs.issue(name(), |params| {
                params.extended_key_usages = for_clients.clone();
                params.not_before = date_time_ymd(2001, 1, 1);
                params.not_after = date_time_ymd(2002, 1, 1);
            }),
        ),
        (
            "not valid yet",
            theirs.issue(name(), |params| {
                params.extended_key_usages = for_clients.clone();
                params.not_before = date_time_ymd(3001, 1, 1);
                params.not_after = date_time_ymd(3002, 1, 1);
            }),
        ),
        (
            "for servers only",
            theirs.issue(name(), |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]),
        ),
    ];
    for (what, own) in cases {
        for versions in [ONLY_12, ONLY_13] {
            let (served, _) = shake(&server, &Arc::new(client_with(&ours, &own, versions))).await;
            assert!(served.is_err(), "{what}");
        }
    }
    let good = theirs.client(name());
    let (served, _) = shake(&server, &Arc::new(client_with(&ours, &good, BOTH))).await;
    assert!(served.unwrap().client.is_some(), "the same one without the fault passes");
}
