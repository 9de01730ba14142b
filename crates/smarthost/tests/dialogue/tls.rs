//! TLS settings against hosts that do not play along: what is said in clear, and what comes of it.

use postroad_delivery::{Delivery, Fault, FaultKind};
use postroad_smarthost::SmartHostDelivery;
use postroad_telemetry::AttemptRecord;

use crate::host::{Host, PLAIN_EHLO, TLS_EHLO};
use crate::order::{Setting, mail, open};

const DEFAULT: Setting = Setting { require_tls: false, ignore_starttls: false, implicit_tls: false, login: false };
const REQUIRED: Setting = Setting { require_tls: true, ..DEFAULT };
const LOGIN: Setting = Setting { login: true, ..DEFAULT };
const IGNORED: Setting = Setting { ignore_starttls: true, ..DEFAULT };

/// What the host does about TLS on its first connection; on others it offers none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host1 {
    NotOffered,
    Refused,
    HandshakeFails,
    Injects,
    Works,
}

async fn run(act: Host1, setting: Setting) -> (Result<SmartHostDelivery, (Fault, AttemptRecord)>, Vec<String>) {
    let host = Host::start(move |mut peer, number| async move {
        let act = if number == 0 { act } else { Host1::NotOffered };
        peer.greet(if act == Host1::NotOffered { "250-host.example\r\n250 AUTH PLAIN\r\n" } else { TLS_EHLO }).await;
        let line = peer.line().await;
        if line == "STARTTLS" {
            match act {
                Host1::Refused => peer.say("454 4.7.0 no TLS now\r\n").await,
                Host1::HandshakeFails => {
                    peer.say("220 go\r\n").await;
                    peer.say("this is no TLS record at all, is it?").await;
                    // A handshake is no text, and may hold CRLF by chance.
                    let handshake = peer.rest().await;
                    assert!(!handshake.windows(4).any(|octets| octets == b"AUTH"), "{handshake:?}");
                    return;
                }
                Host1::Injects => peer.say("220 go\r\n250-host.example\r\n250 AUTH PLAIN\r\n").await,
                Host1::Works | Host1::NotOffered => {
                    peer.say("220 go\r\n").await;
                    assert!(peer.tls().await);
                    peer.answer("EHLO", PLAIN_EHLO).await;
                }
            }
        } else if line.starts_with("AUTH") {
            peer.say("235 in\r\n").await;
        } else if line.starts_with("MAIL") {
            peer.say("250 ok\r\n").await;
        }
        loop {
            match peer.line().await.as_str() {
                "" => return,
                line if line.starts_with("AUTH") => peer.say("235 in\r\n").await,
                _ => peer.say("250 ok\r\n").await,
            }
        }
    })
    .await;
    let mut result = open(host.address, setting).await;
    if let Ok(delivery) = &mut result {
        mail(delivery).await.unwrap();
    }
    (result, host.seen().await)
}

async fn fault(act: Host1, setting: Setting) -> (FaultKind, String, Vec<String>) {
    let (result, seen) = run(act, setting).await;
    let (fault, attempt) = result.err().unwrap_or_else(|| panic!("{act:?} passed: {seen:?}"));
    assert!(attempt.tls.is_none());
    (fault.kind, fault.to_reply().to_string()[..9].to_owned(), seen)
}

fn verbs(seen: &[String]) -> Vec<&str> {
    seen.iter().map(|line| line.split(' ').next().unwrap()).collect()
}

#[tokio::test]
async fn m04_required_tls_never_speaks_in_clear() {
    for (act, kind, reply, said) in [
        (Host1::NotOffered, FaultKind::TlsMissing, "451 4.7.4", &["EHLO"][..]),
        (Host1::Refused, FaultKind::TlsFailed, "451 4.7.5", &["EHLO", "STARTTLS"]),
        (Host1::HandshakeFails, FaultKind::TlsFailed, "451 4.7.5", &["EHLO", "STARTTLS"]),
        (Host1::Injects, FaultKind::TlsFailed, "451 4.7.5", &["EHLO", "STARTTLS"]),
    ] {
        for setting in [REQUIRED, Setting { login: true, ..REQUIRED }] {
            let (seen_kind, told, seen) = fault(act, setting).await;
            assert_eq!((seen_kind, told.as_str()), (kind, reply), "{act:?}");
            assert_eq!(verbs(&seen)[..said.len()], *said, "{act:?}");
            assert!(!seen.iter().any(|l| l.starts_with("MAIL") || l.starts_with("AUTH")), "{act:?}: {seen:?}");
        }
    }
}

#[tokio::test]
async fn tls_is_used_where_it_is_offered_and_what_was_offered_before_is_forgotten() {
    for setting in [DEFAULT, REQUIRED] {
        let (result, seen) = run(Host1::Works, setting).await;
        let delivery = result.unwrap();
        assert!(!delivery.capabilities().auth.plain && delivery.capabilities().eight_bit_mime);
        assert_eq!(verbs(&seen), ["EHLO", "STARTTLS", "EHLO", "MAIL"]);
        assert!(delivery.close(true).await.tls.is_some());
    }
}

#[tokio::test]
async fn without_a_demand_for_tls_mail_goes_in_clear() {
    for (act, said) in [(Host1::NotOffered, &["EHLO", "MAIL"][..]), (Host1::Refused, &["EHLO", "STARTTLS", "MAIL"])] {
        let (result, seen) = run(act, DEFAULT).await;
        assert!(result.is_ok(), "{act:?}");
        assert_eq!(verbs(&seen), said, "{act:?}");
    }
    let (result, seen) = run(Host1::HandshakeFails, DEFAULT).await;
    assert!(result.unwrap().close(false).await.tls.is_none());
    assert_eq!(verbs(&seen)[..2], ["EHLO", "STARTTLS"]);
    assert_eq!(verbs(&seen)[seen.len() - 2..], ["EHLO", "MAIL"], "a new connection, in clear");
}

#[tokio::test]
async fn th03_injected_replies_end_the_attempt() {
    for setting in [DEFAULT, LOGIN, REQUIRED] {
        let (kind, _, seen) = fault(Host1::Injects, setting).await;
        assert_eq!(kind, FaultKind::TlsFailed);
        assert_eq!(verbs(&seen), ["EHLO", "STARTTLS"]);
    }
}

#[tokio::test]
async fn a_password_does_not_go_in_clear_after_a_failed_handshake() {
    let (kind, told, seen) = fault(Host1::HandshakeFails, LOGIN).await;
    assert_eq!((kind, told.as_str()), (FaultKind::TlsFailed, "451 4.7.5"));
    assert!(!seen.iter().any(|line| line.starts_with("AUTH")), "{seen:?}");
    // Where TLS is merely not there, the connector allows it.
    let (result, seen) = run(Host1::Refused, LOGIN).await;
    assert!(result.is_ok());
    assert_eq!(verbs(&seen), ["EHLO", "STARTTLS", "AUTH", "MAIL"]);
}

#[tokio::test]
async fn ignored_starttls_is_not_said() {
    let (result, seen) = run(Host1::Works, IGNORED).await;
    assert!(result.is_ok());
    assert_eq!(verbs(&seen), ["EHLO", "MAIL"]);
}

#[tokio::test]
async fn implicit_tls_against_a_host_in_clear_says_nothing() {
    let host = Host::start(|mut peer, _| async move {
        peer.say("220 host.example\r\n").await;
        peer.hold().await;
    })
    .await;
    let setting = Setting { implicit_tls: true, ..DEFAULT };
    let (fault, _) = open(host.address, setting).await.expect_err("no TLS there");
    assert_eq!(fault.kind, FaultKind::TlsFailed);
}
