//! AUTH.

use postroad_delivery::{Courier, FaultKind};
use postroad_telemetry::ErrorType;

use crate::host::Host;
use crate::order::{Setting, courier, open, order};

const LOGIN: Setting = Setting { login: true, require_tls: false, ignore_starttls: false, implicit_tls: false };
const PLAIN: &str = "AHVzZXIAc2VjcmV0";

/// What comes of a host that offers these mechanisms and answers the AUTH command so; and what it was told.
async fn refused(offer: &'static str, reply: &'static str) -> (FaultKind, ErrorType, Vec<String>) {
    let host = Host::start(move |mut peer, _| async move {
        peer.greet(offer).await;
        if !peer.line().await.is_empty() {
            peer.say(reply).await;
            peer.hold().await;
        }
    })
    .await;
    let (fault, attempt) = open(host.address, LOGIN).await.expect_err(reply);
    assert_eq!(attempt.error, Some(fault.error));
    assert!(!format!("{fault:?} {fault} {attempt:?}").contains("secret"));
    (fault.kind, fault.error, host.seen().await)
}

#[tokio::test]
async fn th05_plain_is_chosen_before_login() {
    let host = Host::start(|mut peer, _| async move {
        peer.greet("250-host.example\r\n250 AUTH CRAM-MD5 LOGIN PLAIN\r\n").await;
        peer.answer(&format!("AUTH PLAIN {PLAIN}"), "235 2.7.0 in\r\n").await;
        peer.hold().await;
    })
    .await;
    let delivery = open(host.address, LOGIN).await.unwrap();
    let attempt = postroad_delivery::Delivery::close(delivery, true).await;
    assert_eq!((attempt.auth_mechanism, attempt.error), (Some("PLAIN"), None));
    host.seen().await;
}

#[tokio::test]
async fn th05_login_where_plain_is_not_offered() {
    let host = Host::start(|mut peer, _| async move {
        peer.greet("250-host.example\r\n250 AUTH LOGIN\r\n").await;
        peer.answer("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n").await;
        peer.answer("dXNlcg==", "334 UGFzc3dvcmQ6\r\n").await;
        peer.answer("c2VjcmV0", "235-2.7.0 in\r\n235 2.7.0 indeed\r\n").await;
        peer.hold().await;
    })
    .await;
    assert!(open(host.address, LOGIN).await.is_ok());
    host.seen().await;
}

#[tokio::test]
async fn m05_a_refused_login_is_ours_and_no_other_mechanism_is_tried() {
    let offer = "250-host.example\r\n250 AUTH PLAIN LOGIN\r\n";
    for reply in ["535 5.7.8 no\r\n", "534 5.7.9 no\r\n", "530 5.7.0 no\r\n", "454 4.7.0 later\r\n", "504 what\r\n"] {
        let (kind, error, seen) = refused(offer, reply).await;
        assert_eq!((kind, error), (FaultKind::Login, ErrorType::AuthFailed), "{reply}");
        assert_eq!(seen.iter().filter(|line| line.starts_with("AUTH")).count(), 1, "{reply}: {seen:?}");
    }
    let (kind, ..) = refused(offer, "421 4.3.2 leaving\r\n").await;
    assert_eq!(kind, FaultKind::Lost);
}

#[tokio::test]
async fn th05_where_nothing_matches_no_credential_is_sent() {
    for offer in ["250 host.example\r\n", "250-host.example\r\n250 AUTH CRAM-MD5 DIGEST-MD5\r\n"] {
        let (kind, _, seen) = refused(offer, "").await;
        assert_eq!((kind, seen.len()), (FaultKind::Login, 1), "{seen:?}");
    }
    // A host that talks before AUTH is not told the password either.
    let (_, error, seen) = refused("250-host.example\r\n250 AUTH PLAIN\r\n250 and more\r\n", "").await;
    assert_eq!((error, seen.len()), (ErrorType::ProtocolError, 1), "{seen:?}");
}

#[tokio::test]
async fn m05_without_the_password_the_host_is_not_asked() {
    let host = Host::start(|mut peer, _| async move {
        peer.greet("250-host.example\r\n250 AUTH PLAIN\r\n").await;
        peer.hold().await;
    })
    .await;
    let mut order = order(host.address, LOGIN);
    order.credential = None;
    let (fault, _) = courier().open(order).await.expect_err("no password");
    assert_eq!(fault.kind, FaultKind::Login);
    assert_eq!(host.seen().await.len(), 1);
}
