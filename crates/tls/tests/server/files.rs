//! What is said about the files.

use std::os::unix::fs::PermissionsExt as _;

use postroad_tls::{ClientCertificates, ServerTls, ServerTlsFile, ServerTlsFiles};
use rcgen::{KeyPair, SanType, date_time_ymd};

use crate::authority::{Authority, Folder};

/// Everything that is wrong, in lines without the folder.
fn wrong(folder: &Folder, files: ServerTlsFiles) -> Vec<String> {
    let problems = ServerTls::load(files).unwrap_err();
    let start = format!("{}/", folder.path("").display()).replace("//", "/");
    problems.0.iter().map(|finding| finding.to_string().replace(&start, "")).collect()
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let folder = Folder::new();
    let clients = Some(ClientCertificates { ca: folder.path("ca.crt"), required: false });
    let lines = wrong(&folder, ServerTlsFiles { clients, ..folder.files() });
    let expected = ["tls.crt", "tls.key", "ca.crt"]
        .map(|file| format!("{file}: there is no such file; write the path of a PEM file"));
    assert_eq!(lines, expected);
}

#[test]
fn everything_that_is_no_pem_is_said_at_once() {
    let authority = Authority::new("ca");
    let folder = Folder::new();
    folder.write("tls.crt", authority.certificate.der());
    folder.write("tls.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    folder.write("ca.crt", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n");
    let clients = Some(ClientCertificates { ca: folder.path("ca.crt"), required: false });
    let lines = wrong(&folder, ServerTlsFiles { clients, ..folder.files() });
    let starts = ["tls.crt: this is DER, not PEM", "tls.key: the key is encrypted", "ca.crt: its PEM is damaged"];
    assert_eq!(lines.len(), starts.len(), "{lines:?}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn a_folder_a_pipe_and_a_file_too_large_are_no_certificates() {
    let issued = Authority::new("ca").server(&["relay.example"]);
    let folder = Folder::with(&issued);
    std::fs::create_dir(folder.path("folder")).unwrap();
    folder.write("large", vec![b'x'; 4 * 1024 * 1024 + 1]);
    for (name, reason) in [("folder", "this is no file"), ("large", "it is larger than")] {
        let lines = wrong(&folder, ServerTlsFiles { certificate: folder.path(name), ..folder.files() });
        assert!(lines[0].starts_with(&format!("{name}: {reason}")), "{lines:?}");
    }
    let lines = wrong(&folder, ServerTlsFiles { certificate: "/dev/zero".into(), ..folder.files() });
    assert!(lines[0].contains("this is no file"), "{lines:?}");
}

#[test]
fn a_file_that_may_not_be_read_says_so() {
    let folder = Folder::with(&Authority::new("ca").server(&["relay.example"]));
    std::fs::set_permissions(folder.path("tls.key"), std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(folder.path("tls.key")).is_ok() {
        println!("SKIPPED a_file_that_may_not_be_read_says_so: whoever runs this may read every file");
        return;
    }
    let lines = wrong(&folder, folder.files());
    assert!(lines[0].starts_with("tls.key: this process may not read it"), "{lines:?}");
}

#[test]
fn a_key_of_another_certificate_is_told_from_a_wrong_order() {
    let authority = Authority::new("ca");
    let (one, other) = (authority.server(&["relay.example"]), KeyPair::generate().unwrap());
    let folder = Folder::with(&one);
    folder.write("tls.key", other.serialize_pem());
    let lines = wrong(&folder, folder.files());
    assert!(lines[0].contains("does not belong to the certificate in"), "{lines:?}");
    folder.write("tls.key", one.key.serialize_pem());
    folder.write("tls.crt", authority.certificate.pem() + &one.certificate.pem());
    let lines = wrong(&folder, folder.files());
    assert!(lines[0].contains("put the server's own certificate first"), "{lines:?}");
}

#[test]
fn a_key_in_the_file_of_the_certificate_is_found() {
    let authority = Authority::new("ca");
    let one = authority.server(&["relay.example"]);
    let folder = Folder::new();
    folder.write("both.pem", one.certificate.pem() + &authority.certificate.pem() + &one.key.serialize_pem());
    let both = folder.path("both.pem");
    let server = ServerTls::load(ServerTlsFiles { certificate: both.clone(), key: both, clients: None }).unwrap();
    assert_eq!(server.warnings(), []);
}

#[test]
fn a_certificate_that_is_odd_is_warned_about_and_used() {
    let authority = Authority::new("ca");
    let name = || vec![SanType::DnsName("relay.example".try_into().unwrap())];
    let over = authority.issue(name(), |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    });
    let early = authority.issue(name(), |params| {
        params.not_before = date_time_ymd(3001, 1, 1);
        params.not_after = date_time_ymd(3002, 1, 1);
    });
    for (issued, text) in [
        (over, "certificate 1 in it expired on Jan  1 00:00:00 2002 +00:00; renew it"),
        (early, "not valid yet"),
        (authority.issue(Vec::new(), |_| {}), "no subjectAltName"),
    ] {
        let folder = Folder::with(&issued);
        let warnings = folder.server().warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!((warnings[0].file, &warnings[0].path), (ServerTlsFile::Certificate, &folder.path("tls.crt")));
        assert!(warnings[0].text.contains(text), "{warnings:?}");
    }
}

#[test]
fn a_chain_in_disorder_is_warned_about() {
    let (authority, stranger) = (Authority::new("ca"), Authority::new("stranger"));
    let one = authority.server(&["relay.example"]);
    let folder = Folder::with(&one);
    folder.write("tls.crt", one.certificate.pem() + &stranger.certificate.pem());
    let warnings = folder.server().warnings();
    assert!(warnings[0].text.contains("certificate 1 in it was not issued by certificate 2"), "{warnings:?}");
}

#[test]
fn the_names_and_what_they_cover_are_told() {
    let server = Folder::with(&Authority::new("ca").server(&["relay.example", "*.relays.example"])).server();
    for host in ["relay.example", "RELAY.example", "a.relays.example"] {
        assert!(server.covers(host), "{host}");
    }
    for host in ["example", "relays.example", "a.b.relays.example", "", "no host", "192.0.2.1"] {
        assert!(!server.covers(host), "{host}");
    }
    assert!(server.expires() > 1_700_000_000);
    let debug = format!("{server:?}");
    assert!(!debug.contains("PRIVATE") && debug.contains("tls.key"), "{debug}");
}
