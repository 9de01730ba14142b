//! Versions, suites, application protocols, and what binds a login.

use std::sync::Arc;

use crate::authority::{Authority, Folder};
use crate::handshake::{BOTH, ONLY_12, ONLY_13, answer_to, client, shake};

const PROTOCOL_VERSION: u8 = 70;
const HANDSHAKE_FAILURE: u8 = 40;

/// A ClientHello without extensions but those that ECDHE asks for.
fn hello(version: [u8; 2], suites: &[[u8; 2]]) -> Vec<u8> {
    let groups = [0, 10, 0, 4, 0, 2, 0, 0x17];
    let formats = [0, 11, 0, 2, 1, 0];
    // ecdsa_secp256r1_sha256, rsa_pkcs1_sha256.
    let schemes = [0, 13, 0, 6, 0, 4, 4, 3, 4, 1];
    let extensions: Vec<u8> = [groups.as_slice(), &formats, &schemes].concat();
    let mut body = version.to_vec();
    body.extend([7; 32]);
    body.push(0);
    body.extend(u16::try_from(suites.len() * 2).unwrap().to_be_bytes());
    body.extend(suites.concat());
    body.extend([1, 0]);
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let mut message = vec![1, 0];
    message.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    message.extend(body);
    let mut record = vec![22, 3, 1];
    record.extend(u16::try_from(message.len()).unwrap().to_be_bytes());
    record.extend(message);
    record
}

/// The description in a fatal alert that is all of an answer.
fn alert(answer: &[u8]) -> u8 {
    let [21, _, _, 0, 2, 2, description] = answer else { panic!("no fatal alert: {answer:?}") };
    *description
}

#[tokio::test]
async fn e09_nothing_below_tls_1_2_is_spoken() {
    let server = Folder::with(&Authority::new("ca").server(&["relay.example"])).server();
    // ECDHE-ECDSA-AES128-SHA, ECDHE-RSA-AES128-SHA, AES128-SHA, and two that TLS 1.2 would have.
    let suites = [[0xc0, 0x09], [0xc0, 0x13], [0, 0x2f], [0xc0, 0x2b], [0xc0, 0x2f]];
    for version in [[3, 0], [3, 1], [3, 2]] {
        let (_, answer) = answer_to(&server, &hello(version, &suites)).await;
        assert_eq!(alert(&answer), PROTOCOL_VERSION, "version {version:?}");
    }
}

#[tokio::test]
async fn e09_no_weak_suite_is_taken() {
    let server = Folder::with(&Authority::new("ca").server(&["relay.example"])).server();
    // Null, RC4, 3DES, CBC, plain RSA, finite-field Diffie-Hellman, CCM.
    let weak = [
        [0, 0x02],
        [0, 0x05],
        [0, 0x0a],
        [0, 0x2f],
        [0, 0x35],
        [0, 0x3c],
        [0, 0x9c],
        [0, 0x9d],
        [0, 0x33],
        [0, 0x9e],
        [0xc0, 0x07],
        [0xc0, 0x08],
        [0xc0, 0x09],
        [0xc0, 0x0a],
        [0xc0, 0x13],
        [0xc0, 0x14],
        [0xc0, 0x23],
        [0xc0, 0x24],
        [0xc0, 0xac],
    ];
    for suite in weak {
        let (_, answer) = answer_to(&server, &hello([3, 3], &[suite])).await;
        assert_eq!(alert(&answer), HANDSHAKE_FAILURE, "suite {suite:?}");
    }
    // The same hello with one suite that is taken gets a ServerHello.
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (mut reader, mut writer) = tokio::io::split(near);
    let talk = async {
        tokio::io::AsyncWriteExt::write_all(&mut writer, &hello([3, 3], &[[0xc0, 0x2b]])).await.unwrap();
        let mut start = [0; 6];
        tokio::io::AsyncReadExt::read_exact(&mut reader, &mut start).await.unwrap();
        start
    };
    let start = tokio::select! {
        start = talk => start,
        served = server.accept(far) => panic!("the handshake ended: {:?}", served.err()),
    };
    assert_eq!((start[0], start[5]), (22, 2));
}

#[tokio::test]
async fn e09_clear_text_meets_an_alert_and_no_banner() {
    let server = Folder::with(&Authority::new("ca").server(&["relay.example"])).server();
    for text in [&b"EHLO client.example\r\n"[..], b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"] {
        let (_, answer) = answer_to(&server, text).await;
        alert(&answer);
    }
}

#[tokio::test]
async fn both_versions_are_spoken_and_named() {
    let authority = Authority::new("ca");
    let server = Folder::with(&authority.server(&["relay.example"])).server();
    for (versions, name, start) in [(BOTH, "1.3", "TLS_AES_"), (ONLY_12, "1.2", "TLS_ECDHE_ECDSA_WITH_AES_")] {
        let (served, _) = shake(&server, &Arc::new(client(&authority, versions))).await;
        let facts = served.unwrap();
        assert_eq!((facts.version, facts.resumed, &facts.client), (name, false, &None));
        assert!(facts.cipher.starts_with(start), "{}", facts.cipher);
    }
}

#[tokio::test]
async fn th16_foreign_application_protocols_are_refused() {
    let authority = Authority::new("ca");
    let server = Folder::with(&authority.server(&["relay.example"])).server();
    for versions in [ONLY_12, ONLY_13] {
        for foreign in [&["h2"][..], &["http/1.1"], &["h2", "http/1.1"], &["imap"], &["SMTP"]] {
            let mut client = client(&authority, versions);
            client.alpn_protocols = foreign.iter().map(|name| name.as_bytes().to_vec()).collect();
            let (served, seen) = shake(&server, &Arc::new(client)).await;
            let error = seen.unwrap_err().to_string();
            assert!(error.contains("NoApplicationProtocol"), "{foreign:?}: {error}");
            assert!(served.is_err());
        }
    }
}

#[tokio::test]
async fn th16_clients_that_mean_smtp_or_say_nothing_are_served() {
    let authority = Authority::new("ca");
    let server = Folder::with(&authority.server(&["relay.example"])).server();
    for (offered, chosen) in
        [(&[][..], None), (&["smtp"][..], Some("smtp")), (&["esmtp"], Some("esmtp")), (&["h2", "smtp"], Some("smtp"))]
    {
        let mut client = client(&authority, BOTH);
        client.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
        let (_, seen) = shake(&server, &Arc::new(client)).await;
        assert_eq!(seen.unwrap().protocol.as_deref(), chosen.map(str::as_bytes), "{offered:?}");
    }
}

#[tokio::test]
async fn the_channel_binding_is_the_same_at_both_ends_and_nowhere_else() {
    let authority = Authority::new("ca");
    let server = Folder::with(&authority.server(&["relay.example"])).server();
    let client = Arc::new(client(&authority, ONLY_13));
    let mut before = None;
    for resumed in [false, true] {
        let (served, seen) = shake(&server, &client).await;
        let (served, seen) = (served.unwrap(), seen.unwrap());
        assert_eq!(served.resumed, resumed);
        let exporter = served.exporter.unwrap();
        assert_eq!(exporter.as_octets(), &seen.exporter);
        assert_ne!(Some(exporter.clone()), before, "every session has its own");
        assert_eq!(format!("{exporter:?}"), "ChannelBinding(..)");
        before = Some(exporter);
    }
}

#[tokio::test]
async fn tls_1_2_binds_no_login() {
    let authority = Authority::new("ca");
    let server = Folder::with(&authority.server(&["relay.example"])).server();
    let (served, _) = shake(&server, &Arc::new(client(&authority, ONLY_12))).await;
    assert_eq!(served.unwrap().exporter, None);
}
