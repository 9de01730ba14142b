//! Messages that come by BDAT: on by BDAT where the host takes chunks, else by DATA with the dots put in.

use std::time::Duration;

use postroad_delivery::{Delivery, FaultKind, Finish, Halt};
use postroad_smarthost::SmartHostDelivery;
use postroad_smtp_codec::{BodyChunk, BodyForm, ChunkScanner};

use crate::host::{Cue, Host, Peer};
use crate::order::{Setting, mail, open, opened, rcpt};

const CHUNKING: &str = "250-host.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-BINARYMIME\r\n250 CHUNKING\r\n";

/// Greeting, EHLO, MAIL and one RCPT.
async fn envelope(peer: &mut Peer, ehlo: &str) {
    peer.greet(ehlo).await;
    peer.answer("MAIL", "250 ok\r\n").await;
    peer.answer("RCPT", "250 ok\r\n").await;
}

/// Reads one BDAT and its octets; `None` when the courier has gone, even in the middle. True: it was the last.
async fn chunk(peer: &mut Peer) -> Option<(Vec<u8>, bool)> {
    let line = peer.line().await;
    let words: Vec<&str> = line.split(' ').collect();
    let ["BDAT", size, rest @ ..] = &words[..] else {
        assert_eq!(line, "", "not BDAT");
        return None;
    };
    let octets = peer.octets(size.parse().unwrap()).await?;
    Some((octets, *rest == ["LAST"]))
}

/// A delivery to which the message may be written.
async fn begun(mut delivery: SmartHostDelivery) -> SmartHostDelivery {
    mail(&mut delivery).await.unwrap();
    rcpt(&mut delivery).await.unwrap();
    assert_eq!(delivery.begin(BodyForm::Plain).await.unwrap().code(), 354);
    delivery
}

/// Writes a message as it comes by BDAT, in runs of so many octets.
async fn write(delivery: &mut SmartHostDelivery, message: &[u8], step: usize) -> Result<(), Halt> {
    let mut scanner = ChunkScanner::new(true);
    scanner.begin(message.len() as u64, true);
    let mut unread = Vec::new();
    for piece in message.chunks(step) {
        unread.extend_from_slice(piece);
        let step = scanner.scan(&unread);
        let consumed = step.consumed;
        delivery.body(step.chunk).await?;
        unread.drain(..consumed);
    }
    assert!(unread.is_empty());
    Ok(())
}

/// Text with dots in all places, long enough for several chunks.
fn text() -> Vec<u8> {
    let lines: [&[u8]; 5] =
        [b".\r\n", b"..a\r\n", b"\r\n", b"a.b.\r\n", b"\xe4\xf6 0123456789012345678901234567890\r\n"];
    (0..4000_usize).flat_map(|at| lines[at % 5].iter().copied()).collect()
}

const STEPS: [usize; 9] = [1, 2, 7, 1000, 8191, 16_383, 16_384, 16_385, 65_536];

#[tokio::test]
async fn e03_chunks_go_out_as_chunks_octet_for_octet_at_any_border() {
    for step in STEPS {
        let host = Host::start(move |mut peer, _| async move {
            envelope(&mut peer, CHUNKING).await;
            let mut whole = Vec::new();
            while let Some((octets, last)) = chunk(&mut peer).await {
                assert!(last || octets.len() > 16_384 || step <= 16_384, "small chunks are gathered");
                whole.extend_from_slice(&octets);
                peer.say("250 2.0.0 ok\r\n").await;
                if last {
                    break;
                }
            }
            assert!(whole == text(), "step {step}: the message came altered");
            peer.hold().await;
        })
        .await;
        let mut delivery = begun(opened(host.address).await).await;
        write(&mut delivery, &text(), step).await.unwrap();
        let finish = delivery.finish().await;
        assert!(matches!(&finish, Finish::Accepted(_)), "step {step}: {finish:?}");
        let attempt = delivery.close(true).await;
        assert_eq!(attempt.bytes_sent, text().len() as u64);
        assert_eq!(host.seen().await.last().unwrap(), "QUIT");
    }
}

#[tokio::test]
async fn e03_a_short_message_is_one_last_chunk_and_an_empty_one_is_bdat_0_last() {
    for (message, line) in [(&b"a\0b\nc\rd"[..], "BDAT 7 LAST"), (b"", "BDAT 0 LAST")] {
        let host = Host::start(move |mut peer, _| async move {
            envelope(&mut peer, CHUNKING).await;
            assert_eq!(chunk(&mut peer).await.unwrap(), (message.to_vec(), true));
            peer.say("250 2.0.0 stored\r\n").await;
            peer.hold().await;
        })
        .await;
        let mut delivery = begun(opened(host.address).await).await;
        write(&mut delivery, message, 4).await.unwrap();
        assert!(matches!(delivery.finish().await, Finish::Accepted(_)));
        delivery.close(true).await;
        assert!(host.seen().await.contains(&line.to_owned()));
    }
}

#[tokio::test]
async fn e3d_a_host_without_chunking_gets_the_same_message_by_data_with_its_dots() {
    let mut stuffed = Vec::new();
    for line in text().split_inclusive(|octet| *octet == b'\n') {
        stuffed.extend_from_slice(if line.starts_with(b".") { b"." } else { b"" });
        stuffed.extend_from_slice(line);
    }
    stuffed.extend_from_slice(b".\r\n");
    for step in STEPS {
        let want = stuffed.clone();
        let host = Host::start(move |mut peer, _| {
            let want = want.clone();
            async move {
                peer.up_to_data().await;
                assert!(peer.body().await.unwrap() == want, "step {step}: the message came altered");
                peer.say("250 2.0.0 ok\r\n").await;
                peer.hold().await;
            }
        })
        .await;
        let mut delivery = begun(opened(host.address).await).await;
        write(&mut delivery, &text(), step).await.unwrap();
        let finish = delivery.finish().await;
        assert!(matches!(&finish, Finish::Accepted(_)), "step {step}: {finish:?}");
        host.seen().await;
    }
}

/// No more chunks than agreed are on their way without an answer; without PIPELINING, none.
#[tokio::test]
async fn th09_chunks_without_an_answer_are_bounded() {
    for (ehlo, most) in [(CHUNKING, 9), ("250-host.example\r\n250 CHUNKING\r\n", 1)] {
        let host = Host::start(move |mut peer, _| async move {
            envelope(&mut peer, ehlo).await;
            for _ in 0..most {
                chunk(&mut peer).await.unwrap();
            }
            let more = tokio::time::timeout(Duration::from_millis(200), chunk(&mut peer)).await;
            assert!(more.is_err(), "a chunk more than {most} came: {more:?}");
            peer.hold().await;
        })
        .await;
        let mut delivery = begun(opened(host.address).await).await;
        let sent = tokio::time::timeout(Duration::from_millis(800), write(&mut delivery, &[b'x'; 2_000_000], 20_000));
        assert!(sent.await.is_err(), "nothing was waited for");
        drop(delivery);
        host.seen().await;
    }
}

/// A refused chunk ends the message: no last chunk follows, and the refusal is the host's own.
#[tokio::test]
async fn i01_a_refused_chunk_is_never_followed_by_the_last_one() {
    for (reply, told) in [("552 5.3.4 too much\r\n", "552 5.3.4 too much"), ("452 full\r\n", "452 4.0.0 full")] {
        let host = Host::start(move |mut peer, _| async move {
            envelope(&mut peer, CHUNKING).await;
            chunk(&mut peer).await.unwrap();
            peer.say(reply).await;
            while let Some((_, last)) = chunk(&mut peer).await {
                assert!(!last, "the last chunk was written behind a refused one");
                peer.say("503 5.5.1 no\r\n").await;
            }
        })
        .await;
        let mut delivery = begun(opened(host.address).await).await;
        // Few enough for the refusal to be read at the end only.
        write(&mut delivery, &[b'x'; 40_000], 20_000).await.unwrap();
        let finish = delivery.finish().await;
        assert!(matches!(&finish, Finish::Refused(reply) if reply.to_string() == told), "{finish:?}");
        assert!(!delivery.is_in_doubt());
        drop(delivery);
        host.seen().await;
    }
}

#[tokio::test]
async fn m08_m09_m10_answers_to_a_chunk() {
    for (reply, kind) in [
        ("421 4.3.2 leaving\r\n", FaultKind::Lost),
        ("530 5.7.0 log in\r\n", FaultKind::Login),
        ("354 go on\r\n", FaultKind::Protocol),
        ("what\r\n", FaultKind::Protocol),
    ] {
        let host = Host::start(move |mut peer, _| async move {
            envelope(&mut peer, "250-host.example\r\n250 CHUNKING\r\n").await;
            chunk(&mut peer).await.unwrap();
            peer.say(reply).await;
            peer.hold().await;
        })
        .await;
        let mut delivery = begun(opened(host.address).await).await;
        let halt = write(&mut delivery, &[b'x'; 20_000], 20_000).await.expect_err(reply);
        assert!(matches!(&halt, Halt::Failed(fault) if fault.kind == kind), "{halt:?}");
    }
}

/// What the answer to the last chunk makes of the message, as with the dot.
#[tokio::test]
async fn m17_m18_the_answer_to_the_last_chunk_decides() {
    for (reply, doubt, told) in [
        ("", true, "451 4.4.2"),
        ("250 2.0.0 sto", true, "451 4.4.2"),
        ("354 what\r\n", true, "451 4.4.2"),
        ("554 5.7.1 spam\r\n", false, "554 5.7.1"),
        ("421 leaving\r\n", false, "451 4.4.2"),
    ] {
        let host = Host::start(move |mut peer, _| async move {
            envelope(&mut peer, CHUNKING).await;
            while let Some((_, last)) = chunk(&mut peer).await {
                peer.say(if last { reply } else { "250 ok\r\n" }).await;
                if last {
                    break;
                }
            }
        })
        .await;
        let mut delivery = begun(opened(host.address).await).await;
        write(&mut delivery, &[b'x'; 50_000], 20_000).await.unwrap();
        assert!(!delivery.is_in_doubt());
        let finish = delivery.finish().await;
        assert_eq!((delivery.is_in_doubt(), matches!(finish, Finish::InDoubt(_))), (doubt, doubt), "{reply:?}");
        let reply = match finish {
            Finish::Refused(reply) | Finish::Accepted(reply) => reply,
            Finish::Failed(fault) | Finish::InDoubt(fault) => fault.to_reply(),
        };
        assert!(reply.to_string().starts_with(told), "{reply}");
    }
}

/// A reply too many, before anything was written or behind the answer to a chunk, keeps the last chunk back.
#[tokio::test]
async fn f09_a_reply_that_nobody_asked_for_keeps_the_last_chunk_back() {
    for (tls, long) in [(false, false), (false, true), (true, false), (true, true)] {
        let cue = Cue::new();
        let given = cue.clone();
        let host = Host::start(move |mut peer, _| {
            let cue = given.clone();
            async move {
                if tls {
                    assert!(peer.tls().await);
                }
                envelope(&mut peer, CHUNKING).await;
                if long {
                    chunk(&mut peer).await.unwrap();
                    peer.say("250 2.0.0 ok\r\n").await;
                }
                cue.awaited().await;
                peer.say("250 2.0.0 stored\r\n").await;
                cue.done();
                assert!(chunk(&mut peer).await.is_none(), "a chunk was written over a reply");
            }
        })
        .await;
        let mut delivery =
            begun(open(host.address, Setting { implicit_tls: tls, ..Setting::default() }).await.unwrap()).await;
        write(&mut delivery, &[b'x'; 20_000][..if long { 20_000 } else { 5 }], 20_000).await.unwrap();
        cue.give().await;
        let finish = delivery.finish().await;
        assert!(matches!(&finish, Finish::Failed(fault) if fault.kind == FaultKind::Lost), "{finish:?}");
        assert!(!delivery.is_in_doubt());
        drop(delivery);
        host.seen().await;
    }
}

#[tokio::test]
async fn i02_nothing_but_finish_writes_the_last_chunk() {
    for way in 0..3 {
        let host = Host::start(|mut peer, _| async move {
            envelope(&mut peer, CHUNKING).await;
            while let Some((_, last)) = chunk(&mut peer).await {
                assert!(!last);
                peer.say("250 ok\r\n").await;
            }
        })
        .await;
        let mut delivery = begun(opened(host.address).await).await;
        write(&mut delivery, &[b'x'; 50_000], 20_000).await.unwrap();
        match way {
            0 => drop(delivery),
            1 => drop(delivery.close(true).await),
            _ => drop(delivery.abandon(postroad_telemetry::ErrorType::Shutdown)),
        }
        host.seen().await;
    }
}

/// The host went away after the recipients: the next one can still take over, for nothing of the message is lost yet.
#[tokio::test]
async fn f07_a_host_that_is_gone_is_noticed_before_the_first_chunk() {
    let cue = Cue::new();
    let given = cue.clone();
    let host = Host::start(move |mut peer, _| {
        let cue = given.clone();
        async move {
            envelope(&mut peer, CHUNKING).await;
            cue.awaited().await;
            drop(peer);
            cue.done();
        }
    })
    .await;
    let mut delivery = opened(host.address).await;
    mail(&mut delivery).await.unwrap();
    rcpt(&mut delivery).await.unwrap();
    cue.give().await;
    let fault = delivery.begin(BodyForm::Plain).await.expect_err("nobody is there");
    assert_eq!(fault.kind, FaultKind::Lost);
}

/// A message that came by DATA goes on by DATA, whatever the host takes.
#[tokio::test]
async fn e03_data_stays_data() {
    let host = Host::start(|mut peer, _| async move {
        envelope(&mut peer, CHUNKING).await;
        peer.answer("DATA", "354 go\r\n").await;
        assert_eq!(peer.body().await.unwrap(), b"..\r\n.\r\n");
        peer.say("250 ok\r\n").await;
        peer.hold().await;
    })
    .await;
    let mut delivery = opened(host.address).await;
    mail(&mut delivery).await.unwrap();
    rcpt(&mut delivery).await.unwrap();
    delivery.begin(BodyForm::Stuffed).await.unwrap();
    delivery.body(BodyChunk { octets: b"..\r\n", dots: &[0], form: BodyForm::Stuffed }).await.unwrap();
    assert!(matches!(delivery.finish().await, Finish::Accepted(_)));
    delivery.close(true).await;
    host.seen().await;
}
