//! Answers to MAIL, RCPT and DATA.

use postroad_delivery::{Delivery, Fault, FaultKind};
use postroad_mail_types::Reply;
use postroad_smtp_codec::{BodyChunk, BodyForm};
use postroad_telemetry::ErrorType;

use crate::host::{Cue, Host, PLAIN_EHLO};
use crate::order::{mail, opened, rcpt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Mail,
    Rcpt,
    Data,
}

/// What comes of one answer at one step.
async fn answered(at: At, reply: &'static str) -> Result<Reply, Fault> {
    let host = Host::start(move |mut peer, _| async move {
        let or = |step: At, usual: &'static str| if step == at { reply } else { usual };
        peer.greet(PLAIN_EHLO).await;
        peer.answer("MAIL", or(At::Mail, "250 ok\r\n")).await;
        if at != At::Mail {
            peer.answer("RCPT", or(At::Rcpt, "250 ok\r\n")).await;
        }
        if at == At::Data {
            peer.answer("DATA", reply).await;
        }
        peer.hold().await;
    })
    .await;
    let mut delivery = opened(host.address).await;
    let result = mail(&mut delivery).await;
    if at == At::Mail {
        return result;
    }
    let result = rcpt(&mut delivery).await;
    if at == At::Rcpt { result } else { delivery.begin(BodyForm::Stuffed).await }
}

async fn verdict(at: At, reply: &'static str) -> String {
    let mut out = Vec::new();
    answered(at, reply).await.unwrap().write_to(&mut out);
    String::from_utf8(out).unwrap()
}

async fn fault(at: At, reply: &'static str) -> (FaultKind, String) {
    let fault = answered(at, reply).await.expect_err(reply);
    (fault.kind, fault.to_reply().to_string()[..9].to_owned())
}

#[tokio::test]
async fn m07_a_refusal_is_passed_on_as_it_is() {
    for at in [At::Mail, At::Rcpt, At::Data] {
        for reply in ["450 4.2.0 later\r\n", "550 5.1.1 nobody\r\n", "552-5.2.2 full\r\n552 5.2.2 really\r\n"] {
            assert_eq!(verdict(at, reply).await, reply, "{at:?}");
        }
    }
}

#[tokio::test]
async fn m08_421_is_a_lost_host() {
    for at in [At::Mail, At::Rcpt, At::Data] {
        let told = fault(at, "421 4.3.2 leaving\r\n").await;
        assert_eq!(told, (FaultKind::Lost, "451 4.4.2".to_owned()), "{at:?}");
    }
}

#[tokio::test]
async fn m09_what_is_about_our_login_is_no_verdict_on_the_mail() {
    for reply in [
        "530 5.7.0 log in first\r\n",
        "535 no\r\n",
        "538 5.7.11 in clear\r\n",
        "523 5.7.10 encrypt\r\n",
        "525 5.7.13 account disabled\r\n",
        "550 5.7.8 who are you\r\n",
    ] {
        for at in [At::Mail, At::Rcpt, At::Data] {
            assert_eq!(fault(at, reply).await, (FaultKind::Login, "451 4.7.0".to_owned()), "{at:?} {reply}");
        }
    }
    // These are verdicts, whatever their neighbours say.
    for reply in ["550 5.7.1 not from you\r\n", "550 5.7.13 members only\r\n", "550 5.7.606 blocked\r\n"] {
        assert_eq!(verdict(At::Rcpt, reply).await, reply);
    }
}

#[tokio::test]
async fn m10_what_is_no_answer_to_the_envelope_drops_the_host() {
    for reply in ["354 go\r\n", "334 VXNl\r\n", "600 what\r\n", "199 what\r\n", "what\r\n", "250-a\r\n550 b\r\n"] {
        for at in [At::Mail, At::Rcpt] {
            let fault = answered(at, reply).await.expect_err(reply);
            assert_eq!(fault.error, ErrorType::ProtocolError, "{at:?} {reply}");
            assert!(fault.to_reply().to_string().starts_with("451 4.5.0"), "{at:?} {reply}: {}", fault.to_reply());
        }
    }
}

#[tokio::test]
async fn m11_any_other_2xx_is_250() {
    for at in [At::Mail, At::Rcpt] {
        assert_eq!(verdict(at, "299 2.1.5 fine\r\n").await, "250 2.0.0 Ok\r\n");
        assert_eq!(verdict(at, "251 2.1.5 will forward\r\n").await, "251 2.1.5 will forward\r\n");
        assert_eq!(verdict(at, "252 who knows\r\n").await, "252 2.0.0 who knows\r\n");
    }
}

#[tokio::test]
async fn m13_only_354_opens_the_data() {
    for reply in ["250 thanks\r\n", "235 in\r\n", "334 x\r\n", "355 x\r\n"] {
        let fault = answered(At::Data, reply).await.expect_err(reply);
        assert_eq!((fault.kind, fault.error), (FaultKind::Protocol, ErrorType::ProtocolError), "{reply}");
    }
}

#[tokio::test]
async fn th11_what_a_hostile_host_says_is_clean_and_short() {
    let long: &'static str = Box::leak(format!("550 5.1.1 {}\r\n", "x".repeat(3000)).into_boxed_str());
    for reply in [long, "550 5.1.1 a\0b\x1b[31mc\nd\re\u{e9}\r\n", "550 4.1.1 not its class\r\n", "550\r\n"] {
        let told = verdict(At::Rcpt, reply).await;
        assert!(told.len() <= 512 && told.ends_with("\r\n"), "{told:?}");
        assert!(told[..told.len() - 2].bytes().all(|b| (b' '..=b'~').contains(&b)), "{told:?}");
        assert!(told.starts_with("550 5."), "{told:?}");
    }
}

#[tokio::test]
async fn rg11_replies_of_several_lines_keep_the_dialogue_in_step() {
    let host = Host::start(|mut peer, _| async move {
        peer.say("220-host.example\r\n220-hello\r\n220 ready\r\n").await;
        peer.answer("EHLO", PLAIN_EHLO).await;
        peer.answer("MAIL", "250-2.1.0 a\r\n250 2.1.0 mail\r\n").await;
        peer.answer("RCPT", "250-2.1.5 a\r\n250-2.1.5 b\r\n250 2.1.5 rcpt\r\n").await;
        peer.answer("RCPT", "550-5.1.1 a\r\n550 5.1.1 second\r\n").await;
        peer.answer("DATA", "354-go\r\n354 on\r\n").await;
        peer.body().await.unwrap();
        peer.say("250-2.0.0 a\r\n250 2.0.0 stored\r\n").await;
        peer.hold().await;
    })
    .await;
    let mut delivery = opened(host.address).await;
    assert!(mail(&mut delivery).await.unwrap().to_string().ends_with("mail"));
    assert!(rcpt(&mut delivery).await.unwrap().to_string().ends_with("rcpt"));
    assert!(rcpt(&mut delivery).await.unwrap().to_string().ends_with("second"));
    assert_eq!(delivery.begin(BodyForm::Stuffed).await.unwrap().code(), 354);
    delivery.body(BodyChunk::undotted(b"x\r\n")).await.unwrap();
    let finish = delivery.finish().await;
    let postroad_delivery::Finish::Accepted(reply) = finish else { panic!("{finish:?}") };
    assert_eq!(reply.to_string(), "250 2.0.0 a; stored");
    delivery.close(true).await;
    assert_eq!(host.seen().await.last().unwrap(), "QUIT");
}

#[tokio::test]
async fn f09_a_reply_that_nobody_asked_for_is_not_the_answer_to_the_next_command() {
    for later in [false, true] {
        let cue = Cue::new();
        let given = cue.clone();
        let host = Host::start(move |mut peer, _| {
            let cue = given.clone();
            async move {
                peer.greet(PLAIN_EHLO).await;
                if later {
                    peer.answer("MAIL", "250 ok\r\n").await;
                    cue.awaited().await;
                    peer.say("250 and again\r\n").await;
                    cue.done();
                } else {
                    peer.answer("MAIL", "250 ok\r\n250 and again\r\n").await;
                }
                peer.hold().await;
            }
        })
        .await;
        let mut delivery = opened(host.address).await;
        mail(&mut delivery).await.unwrap();
        if later {
            cue.give().await;
        }
        let fault = rcpt(&mut delivery).await.expect_err("an answer to nothing was taken");
        assert_eq!((fault.kind, fault.error), (FaultKind::Lost, ErrorType::ProtocolError));
        delivery.close(true).await;
        let seen = host.seen().await;
        assert!(seen.last().unwrap().starts_with("MAIL"), "later {later}: {seen:?}");
    }
}
