//! Every wait for the host ends.

use std::time::{Duration, Instant};

use postroad_delivery::{Courier, Delivery, FaultKind, Finish, Halt};
use postroad_smtp_codec::{BodyChunk, BodyForm};
use postroad_telemetry::ErrorType;

use crate::host::{Host, PLAIN_EHLO, TLS_EHLO};
use crate::order::{Setting, mail, order, rcpt, with_timers};

const EACH: Duration = Duration::from_millis(150);

/// Walks through a transaction until something fails; `stall` is the step at which the host falls silent, or drips.
async fn until_it_fails(stall: &'static str, drips: bool) -> Result<Finish, (FaultKind, ErrorType)> {
    let host = Host::start(move |mut peer, _| async move {
        let say = async |peer: &mut crate::host::Peer, step: &str, reply: &str| {
            if step != stall {
                peer.say(reply).await;
            } else if drips {
                peer.drip(reply.repeat(30).as_bytes(), Duration::from_millis(20)).await;
            } else {
                peer.hold().await;
            }
        };
        say(&mut peer, "greeting", "220-host\r\n220 host\r\n").await;
        peer.line().await;
        say(&mut peer, "ehlo", TLS_EHLO).await;
        peer.line().await;
        say(&mut peer, "starttls", "220 go\r\n").await;
        if stall == "handshake" {
            peer.hold().await;
        }
        if !peer.tls().await {
            return;
        }
        peer.line().await;
        peer.say(PLAIN_EHLO).await;
        for (step, reply) in [("mail", "250-a\r\n250 a\r\n"), ("rcpt", "250 a\r\n"), ("data", "354 a\r\n")] {
            peer.line().await;
            say(&mut peer, step, reply).await;
        }
        peer.body().await;
        say(&mut peer, "dot", "250 a\r\n").await;
    })
    .await;
    let (courier, setting) = (with_timers(EACH), Setting { require_tls: true, ..Setting::default() });
    let opened = courier.open(order(host.address, setting)).await;
    let mut delivery = opened.map_err(|(fault, _)| (fault.kind, fault.error))?;
    let told = |fault: postroad_delivery::Fault| (fault.kind, fault.error);
    mail(&mut delivery).await.map_err(told)?;
    rcpt(&mut delivery).await.map_err(told)?;
    delivery.begin(BodyForm::Stuffed).await.map_err(told)?;
    delivery.body(BodyChunk::undotted(b"x\r\n")).await.unwrap();
    Ok(delivery.finish().await)
}

#[tokio::test]
async fn l05_a_silent_host_is_given_up_at_every_step() {
    for step in ["greeting", "ehlo", "starttls", "mail", "rcpt", "data"] {
        let began = Instant::now();
        let fault = until_it_fails(step, false).await.expect_err(step);
        let error = if step == "greeting" { ErrorType::BannerTimeout } else { ErrorType::CommandTimeout };
        assert_eq!(fault, (FaultKind::Lost, error), "{step}");
        assert!(began.elapsed() < Duration::from_secs(2), "{step}: {:?}", began.elapsed());
    }
    let fault = until_it_fails("handshake", false).await.expect_err("handshake");
    assert_eq!(fault, (FaultKind::TlsFailed, ErrorType::TlsHandshake));
}

#[tokio::test]
async fn th12_a_dripping_host_does_not_get_more_time() {
    for step in ["greeting", "ehlo"] {
        let began = Instant::now();
        assert!(until_it_fails(step, true).await.is_err(), "{step}");
        assert!(began.elapsed() < Duration::from_secs(2), "{step}: {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn rg02_a_silent_host_at_the_dot_leaves_it_in_doubt() {
    let began = Instant::now();
    let finish = until_it_fails("dot", false).await.unwrap();
    assert!(matches!(&finish, Finish::InDoubt(fault) if fault.kind == FaultKind::Lost), "{finish:?}");
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn l05_a_host_that_takes_no_data_is_given_up() {
    let host = Host::start(|mut peer, _| async move {
        peer.up_to_data().await;
        std::future::pending::<()>().await;
    })
    .await;
    let mut delivery = with_timers(EACH).open(order(host.address, Setting::default())).await.unwrap();
    mail(&mut delivery).await.unwrap();
    rcpt(&mut delivery).await.unwrap();
    delivery.begin(BodyForm::Stuffed).await.unwrap();
    let wire = b"0123456789abcd\r\n".repeat(4096);
    let fault = loop {
        if let Err(Halt::Failed(fault)) = delivery.body(BodyChunk::undotted(&wire)).await {
            break fault;
        }
    };
    assert_eq!((fault.kind, fault.error), (FaultKind::Lost, ErrorType::CommandTimeout));
}

#[tokio::test]
async fn the_deadline_of_the_order_ends_every_step_of_opening() {
    let host = Host::start(|mut peer, _| async move { peer.hold().await }).await;
    let mut order = order(host.address, Setting::default());
    order.deadline = Instant::now() + Duration::from_millis(200);
    let began = Instant::now();
    assert!(with_timers(Duration::from_secs(30)).open(order).await.is_err());
    assert!(began.elapsed() < Duration::from_secs(2));
}
