use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::quickstart::sender::Reply;
use crate::quickstart::tree::tests::hop;

const ID: &str = "0123456789abcdef0123456789abcdef";
const MESSAGE: &[u8] = b"Subject: x\r\n\r\n.\r\n";

fn sent(reply: &str, after: Duration) -> Sent {
    Sent { stage: "end of data", reply: Reply::of(250, reply), replied: Instant::now() + after }
}

fn captured(above: &str, message: &[u8]) -> Captured {
    let octets = [above.as_bytes(), message].concat();
    Captured { sender: String::new(), recipients: Vec::new(), octets, replied: Instant::now() }
}

fn check(reply: &str, above: &str, message: &[u8]) -> Proof {
    of_message(&sent(reply, Duration::from_secs(1)), MESSAGE, Some(&captured(above, message)))
}

fn received() -> String {
    format!("Received: from x (x [127.0.0.1])\r\n\tby y with ESMTP id {ID};\r\n\tWed, 25 Nov 2026 10:00:00 +0000\r\n")
}

#[test]
fn the_very_message_is_proof() {
    let proof = check(&format!("ok id={ID}"), &received(), MESSAGE);
    assert_eq!(proof.identical, Some(true));
    assert!(proof.faults.is_empty(), "{proof:?}");
}

#[test]
fn another_message_is_told() {
    for other in [&b"Subject: x\r\n\r\n..\r\n"[..], b"Subject: x\n\n.\n", b""] {
        let proof = check(&format!("ok id={ID}"), &received(), other);
        assert_eq!(proof.identical, Some(false));
        assert!(proof.faults[0].contains("another message"), "{proof:?}");
    }
}

#[test]
fn exactly_one_received_field_with_the_id_stands_above() {
    let two = format!("{}{}", received(), received());
    let without = received().replace(ID, "abc");
    for above in ["", "X-Other: y\r\n", &two, &without] {
        let proof = check(&format!("ok id={ID}"), above, MESSAGE);
        assert_eq!((proof.identical, proof.faults.len()), (Some(true), 1), "{above}: {proof:?}");
    }
}

#[test]
fn an_answer_before_the_smart_host_s_own_is_caught() {
    let late = captured(&received(), MESSAGE);
    let early =
        Sent { replied: late.replied - Duration::from_millis(1), ..sent(&format!("ok id={ID}"), Duration::ZERO) };
    let proof = of_message(&early, MESSAGE, Some(&late));
    assert!(proof.faults[0].contains("before the smart host"), "{proof:?}");
}

#[test]
fn a_refusal_and_a_missing_id_are_told() {
    let refused = Sent { stage: "RCPT", reply: Reply::of(451, "4.4.1 no"), replied: Instant::now() };
    let proof = of_message(&refused, MESSAGE, None);
    assert_eq!(proof.identical, None);
    assert_eq!(proof.faults.len(), 2, "{proof:?}");
    assert!(proof.faults[0].contains("RCPT with 451 4.4.1 no"), "{proof:?}");
}

#[test]
fn a_whole_trace_is_one_root_and_its_attempts() {
    let root = hop("smtp.receive smtp", "SERVER", "a", None, 0);
    let send = hop("smtp.send q", "CLIENT", "b", Some("a"), 1);
    assert!(of_trace(&[send.clone(), root.clone()]).is_empty());

    let mut failed = hop("smtp.send q", "CLIENT", "c", Some("a"), 2);
    failed.error = Some("connect_refused".into());
    let mut early = failed.clone();
    early.start = root.start;
    assert!(of_trace(&[early, send.clone(), root.clone()]).is_empty(), "an attempt may fail before another succeeds");
    let orphan = hop("smtp.send q", "CLIENT", "d", Some("elsewhere"), 1);
    for broken in [
        vec![],
        vec![root.clone()],
        vec![send.clone()],
        vec![root.clone(), orphan.clone()],
        vec![root.clone(), send.clone(), orphan],
        vec![root.clone(), send.clone(), failed],
        vec![root.clone(), root, send.clone()],
        vec![hop("smtp.receive smtp", "SERVER", "a", Some("x"), 0), send],
    ] {
        assert!(!of_trace(&broken).is_empty(), "{broken:?}");
    }
}
