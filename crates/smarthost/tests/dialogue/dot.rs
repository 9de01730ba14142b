//! The body, the dot, and the answer to it.

use std::time::Duration;

use postroad_delivery::{Delivery, FaultKind, Finish};
use postroad_smtp_codec::{BodyChunk, BodyForm};

use crate::host::{Cue, Host, PLAIN_EHLO, TLS_EHLO};
use crate::order::{Setting, mail, open, opened, rcpt, with_data};

/// What comes of an answer to the dot; `None`: the host goes away.
async fn answered(reply: Option<&'static str>) -> Finish {
    let host = Host::start(move |mut peer, _| async move {
        peer.up_to_data().await;
        peer.body().await.unwrap();
        if let Some(reply) = reply {
            peer.say(reply).await;
            if reply.ends_with("\r\n") {
                peer.hold().await;
            }
        }
    })
    .await;
    let mut delivery = with_data(host.address).await;
    delivery.body(BodyChunk::undotted(b"x\r\n")).await.unwrap();
    assert!(!delivery.is_in_doubt());
    let finish = delivery.finish().await;
    assert_eq!(delivery.is_in_doubt(), matches!(finish, Finish::InDoubt(_)));
    finish
}

#[tokio::test]
async fn m17_without_one_whole_reply_to_the_dot_nobody_knows() {
    for reply in [
        None,
        Some(""),
        Some("250 2.0.0 sto"),
        Some("250-2.0.0 stored\r\n250"),
        Some("\0\x01\r\n"),
        Some("600 x\r\n"),
        Some("250-a\r\n550 b\r\n"),
        Some("354 go on\r\n"),
    ] {
        let finish = answered(reply).await;
        let Finish::InDoubt(fault) = finish else { panic!("{reply:?}: {finish:?}") };
        assert!(fault.to_reply().to_string().starts_with("451 4.4.2"), "{reply:?}");
        let half = reply.is_some_and(|reply| reply.starts_with("250"));
        assert_eq!(fault.detail.contains("read of the reply: \"250"), half, "{reply:?}: {}", fault.detail);
    }
}

#[tokio::test]
async fn m18_a_refusal_of_the_dot() {
    for (reply, told) in [("452 4.3.1 full\r\n", "452 4.3.1 full"), ("554 5.7.1 spam\r\n", "554 5.7.1 spam")] {
        let finish = answered(Some(reply)).await;
        assert!(matches!(&finish, Finish::Refused(reply) if reply.to_string() == told), "{finish:?}");
    }
    for (reply, kind) in [("421 leaving\r\n", FaultKind::Lost), ("535 5.7.8 who\r\n", FaultKind::Login)] {
        let finish = answered(Some(reply)).await;
        assert!(matches!(&finish, Finish::Failed(fault) if fault.kind == kind), "{finish:?}");
    }
}

#[tokio::test]
async fn m19_any_2xx_to_the_dot_is_the_hosts_word() {
    for (reply, told) in [("250 2.0.0 stored as 42\r\n", "250 2.0.0 stored as 42"), ("299 fine\r\n", "299 2.0.0 fine")]
    {
        let finish = answered(Some(reply)).await;
        assert!(matches!(&finish, Finish::Accepted(reply) if reply.to_string() == told), "{finish:?}");
    }
}

#[tokio::test]
async fn f09_a_reply_behind_354_in_the_same_segment_means_no_data() {
    let host = Host::start(|mut peer, _| async move {
        peer.greet(PLAIN_EHLO).await;
        peer.answer("MAIL", "250 ok\r\n").await;
        peer.answer("RCPT", "250 ok\r\n").await;
        peer.answer("DATA", "354 go\r\n250 2.0.0 stored\r\n").await;
        assert_eq!(peer.body().await, None);
    })
    .await;
    let mut delivery = opened(host.address).await;
    mail(&mut delivery).await.unwrap();
    rcpt(&mut delivery).await.unwrap();
    let fault = delivery.begin(BodyForm::Stuffed).await.expect_err("early octets were overlooked");
    assert_eq!(fault.kind, FaultKind::Lost);
    delivery.close(true).await;
    host.seen().await;
}

#[tokio::test]
async fn f09_a_reply_in_a_later_segment_keeps_the_dot_back() {
    for tls in [false, true] {
        let cue = Cue::new();
        let given = cue.clone();
        let host = Host::start(move |mut peer, _| {
            let cue = given.clone();
            async move {
                if tls {
                    assert!(peer.tls().await);
                }
                peer.up_to_data().await;
                cue.awaited().await;
                peer.say("250 2.0.0 stored\r\n").await;
                cue.done();
                assert_eq!(peer.body().await, None, "the dot was written over a reply");
            }
        })
        .await;
        let mut delivery = open(host.address, Setting { implicit_tls: tls, ..Setting::default() }).await.unwrap();
        mail(&mut delivery).await.unwrap();
        rcpt(&mut delivery).await.unwrap();
        delivery.begin(BodyForm::Stuffed).await.unwrap();
        delivery.body(BodyChunk::undotted(b"x\r\n")).await.unwrap();
        cue.give().await;
        let finish = delivery.finish().await;
        assert!(matches!(&finish, Finish::Failed(_)), "tls {tls}: {finish:?}");
        assert!(!delivery.is_in_doubt());
        delivery.close(true).await;
        host.seen().await;
    }
}

/// One TLS record holds the 354 and a reply behind it, and the 354 fills the buffer that replies are read into: the rest
/// is in no socket any more, only in what TLS has decrypted.
#[tokio::test]
async fn f09_a_reply_that_tls_has_decrypted_already_is_seen() {
    for length in 500..530 {
        let host = Host::start(move |mut peer, _| async move {
            peer.greet(TLS_EHLO).await;
            peer.answer("STARTTLS", "220 go\r\n").await;
            assert!(peer.tls().await);
            peer.answer("EHLO", PLAIN_EHLO).await;
            peer.answer("MAIL", "250 ok\r\n").await;
            peer.answer("RCPT", "250 ok\r\n").await;
            let go = format!("354 {}\r\n250 2.0.0 stored\r\n", "x".repeat(length - 6));
            peer.answer("DATA", go).await;
            assert_eq!(peer.body().await, None, "the dot was written over a reply");
        })
        .await;
        let mut delivery = opened(host.address).await;
        mail(&mut delivery).await.unwrap();
        rcpt(&mut delivery).await.unwrap();
        if delivery.begin(BodyForm::Stuffed).await.is_ok() {
            delivery.body(BodyChunk::undotted(b"x\r\n")).await.unwrap();
            let finish = delivery.finish().await;
            assert!(matches!(&finish, Finish::Failed(_)), "{length}: {finish:?}");
        }
        delivery.close(true).await;
        host.seen().await;
    }
}

/// The host speaks while the last of a long body is still waiting to be taken by it.
#[tokio::test]
async fn f09_a_reply_while_the_rest_of_the_body_is_written_keeps_the_dot_back() {
    let cue = Cue::new();
    let given = cue.clone();
    let host = Host::start(move |mut peer, _| {
        let cue = given.clone();
        async move {
            peer.up_to_data().await;
            cue.awaited().await;
            peer.say("250 2.0.0 stored\r\n").await;
            cue.done();
            assert_eq!(peer.body().await, None, "the dot was written over a reply");
        }
    })
    .await;
    let mut delivery = with_data(host.address).await;
    let wire = b"0123456789abcd\r\n".repeat(4096);
    // Until the host's window is full.
    while tokio::time::timeout(Duration::from_millis(200), delivery.body(BodyChunk::undotted(&wire))).await.is_ok() {}
    delivery.body(BodyChunk::undotted(b"the end\r\n")).await.unwrap();
    let (finish, ()) = tokio::join!(delivery.finish(), async {
        // The first poll of `finish` has come as far as it can.
        tokio::task::yield_now().await;
        cue.give().await;
    });
    assert!(matches!(&finish, Finish::Failed(_)), "{finish:?}");
    delivery.close(true).await;
    host.seen().await;
}

#[tokio::test]
async fn i02_nothing_but_finish_writes_the_dot() {
    for way in 0..3 {
        let host = Host::start(|mut peer, _| async move {
            peer.up_to_data().await;
            assert_eq!(peer.body().await, None);
        })
        .await;
        let mut delivery = with_data(host.address).await;
        delivery.body(BodyChunk::undotted(b"x\r\n")).await.unwrap();
        match way {
            0 => drop(delivery),
            1 => drop(delivery.close(true).await),
            _ => drop(delivery.abandon(postroad_telemetry::ErrorType::Shutdown)),
        }
        host.seen().await;
    }
}

/// A body of short lines, dots and long lines arrives octet for octet, wherever it is cut.
#[tokio::test]
async fn rg01_dots_arrive_whole_at_any_border() {
    let mut wire = Vec::new();
    for at in 0..3000_usize {
        wire.extend_from_slice(match at % 5 {
            0 => b"..\r\n",
            1 => b"...a\r\n",
            2 => b"\r\n",
            3 => b"a.b.\r\n",
            _ => b"\xe4\xf6 0123456789012345678901234567890\r\n",
        });
    }
    for step in [1, 2, 3, 7, 1000, 8191, 8192, 8193, 16_383, 16_384, 16_385, 20_000, wire.len()] {
        let want = wire.clone();
        let host = Host::start(move |mut peer, _| {
            let want = want.clone();
            async move {
                peer.up_to_data().await;
                let body = peer.body().await.unwrap();
                assert!(body == [&want[..], b".\r\n"].concat(), "step {step}: the body came altered");
                peer.say("250 2.0.0 ok\r\n").await;
            }
        })
        .await;
        let mut delivery = with_data(host.address).await;
        for piece in wire.chunks(step) {
            delivery.body(BodyChunk::undotted(piece)).await.unwrap();
        }
        let finish = delivery.finish().await;
        assert!(matches!(&finish, Finish::Accepted(_)), "step {step}: {finish:?}");
        let attempt = delivery.close(true).await;
        assert_eq!(attempt.bytes_sent, wire.len() as u64);
        host.seen().await;
    }
}
