//! What hosts offer: what is said to them because of it, and what is remembered.

use postroad_delivery::{Courier, Delivery};
use postroad_mail_types::{Mailbox, ReversePath};
use postroad_smtp_codec::{Capabilities, Command, MailParameters};

use crate::host::{Host, PLAIN_EHLO, TLS_EHLO};
use crate::order::{Setting, courier, open, order};

const DEFAULT: Setting = Setting { require_tls: false, ignore_starttls: false, implicit_tls: false, login: false };
const FULL: &str =
    "250-host.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250-REQUIRETLS\r\n250-AUTH PLAIN\r\n250 SIZE\r\n";

fn parameters(text: &str) -> MailParameters {
    let Command::Mail(_, parameters) = Command::parse(format!("MAIL FROM:<>{text}").as_bytes()).unwrap() else {
        panic!("not MAIL")
    };
    parameters
}

/// The MAIL line that a host with every extension gets.
async fn mail_line(said: &str, login: bool) -> String {
    let host = Host::start(|mut peer, _| async move {
        peer.greet(FULL).await;
        let mut line = peer.line().await;
        if line.starts_with("AUTH") {
            peer.say("235 in\r\n").await;
            line = peer.line().await;
        }
        assert!(line.starts_with("MAIL"));
        peer.say("250 ok\r\n").await;
        peer.hold().await;
    })
    .await;
    let mut delivery = open(host.address, Setting { login, ..DEFAULT }).await.unwrap();
    let path = ReversePath::Mailbox(Mailbox::parse("a@x.example").unwrap());
    delivery.mail(&path, &parameters(said), 0).await.unwrap();
    drop(delivery);
    host.seen().await.into_iter().find(|line| line.starts_with("MAIL")).unwrap()
}

#[tokio::test]
async fn e10d_to_a_host_that_knows_us_the_submitter_is_nobody_and_to_others_it_is_not_told() {
    assert_eq!(mail_line(" AUTH=eve+40x.example", true).await, "MAIL FROM:<a@x.example> AUTH=<>");
    assert_eq!(mail_line("", true).await, "MAIL FROM:<a@x.example> AUTH=<>");
    assert_eq!(mail_line(" AUTH=eve+40x.example", false).await, "MAIL FROM:<a@x.example>");
}

#[tokio::test]
async fn e6a_parameters_of_mail_are_as_they_came() {
    let line = mail_line(" BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=Q+2Bq+3D", false).await;
    assert_eq!(line, "MAIL FROM:<a@x.example> BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=Q+2Bq+3D");
}

/// No certificate is checked yet, so no host can keep what REQUIRETLS asks, whatever it says.
#[tokio::test]
async fn e12a_requiretls_counts_only_under_tls_with_a_checked_certificate() {
    for tls in [false, true] {
        let host = Host::start(move |mut peer, _| async move {
            if tls {
                assert!(peer.tls().await);
            }
            peer.greet(FULL).await;
            peer.hold().await;
        })
        .await;
        let delivery = open(host.address, Setting { implicit_tls: tls, ..DEFAULT }).await.unwrap();
        assert!(!delivery.capabilities().require_tls && delivery.capabilities().dsn);
        delivery.close(true).await;
        host.seen().await;
    }
}

/// Opens connection after connection to a host that says these things to EHLO, in clear and then under TLS.
#[tokio::test]
async fn f3_what_the_ehlo_that_counts_offers_is_remembered_and_told_when_it_changes() {
    let host = Host::start(|mut peer, number| async move {
        match number {
            // The reply in clear is forgotten.
            0 | 1 => {
                peer.greet(TLS_EHLO).await;
                peer.answer("STARTTLS", "220 go\r\n").await;
                assert!(peer.tls().await);
                peer.answer("EHLO", PLAIN_EHLO).await;
            }
            2 => peer.greet(FULL).await,
            _ => {
                peer.say("220 old.example\r\n").await;
                peer.answer("EHLO", "502 what\r\n").await;
                peer.answer("HELO", "250 hi\r\n").await;
            }
        }
        peer.hold().await;
    })
    .await;
    let courier = courier();
    let learned = courier.learned();
    let mut told = learned.subscribe();
    let order = order(host.address, DEFAULT);
    let known = || learned.borrow().offered(&order.connector, &order.host).cloned();
    assert_eq!(known(), None);
    let plain = Capabilities {
        pipelining: true,
        eight_bit_mime: true,
        size: true,
        max_size: Some(1_000_000),
        ..Capabilities::default()
    };
    for (changed, check) in [
        (true, plain.clone()),
        (false, plain),
        (
            true,
            Capabilities {
                eight_bit_mime: true,
                smtp_utf8: true,
                dsn: true,
                size: true,
                auth: postroad_smtp_codec::AuthMechanisms { plain: true, login: false },
                ..Capabilities::default()
            },
        ),
        (true, Capabilities::default()),
        (false, Capabilities::default()),
    ] {
        let delivery = courier.open(order.clone()).await.unwrap();
        assert_eq!(known(), Some(check));
        assert_eq!(told.has_changed().unwrap(), changed);
        told.mark_unchanged();
        delivery.close(true).await;
    }
    host.seen().await;
}
