//! F7: the next host takes over before the first octet of the body, or nobody does.

use std::time::{Duration, Instant};

use postroad_delivery::FaultKind;
use postroad_pipeline::{Abort, Transaction};
use postroad_smtp_codec::{Body, Capabilities, MailParameters};

use crate::bench::{Bench, connector, rcpt, send};
use crate::fake::{Act, FakeCourier, Script};

const LOST: Act = Act::Fault(FaultKind::Lost);

fn at_rcpt(acts: &[(&'static str, Act)]) -> Script {
    Script { rcpt: acts.iter().map(|(who, act)| (*who, [*act].into())).collect(), ..Script::default() }
}

async fn one_message(bench: &Bench) -> String {
    let mut transaction = bench.begin();
    let told = rcpt(&mut transaction, "one@y.example").await;
    if !told.starts_with("250") {
        transaction.abort(Abort::Client).await;
        return told;
    }
    let told = send(&mut transaction, b"x\r\n").await;
    transaction.settle(true).await;
    told
}

#[tokio::test]
async fn f07_a_fault_before_the_body_leads_to_the_next_host() {
    for first in [
        Script { open: Some(Act::Fault(FaultKind::Connect)), ..Script::default() },
        Script { open: Some(Act::Fault(FaultKind::Login)), ..Script::default() },
        Script { mail: Some(LOST), ..Script::default() },
        at_rcpt(&[("one@y.example", LOST)]),
        Script { data: Some(LOST), ..Script::default() },
    ] {
        let bench = Bench::new([(1, first.clone())]);
        assert_eq!(one_message(&bench).await, "250 2.9.9", "{first:?}");
        assert_eq!(bench.said()[..].last().unwrap(), "2 QUIT", "{first:?}");
        assert_eq!((bench.attempts(), bench.outcome().as_str()), (2, "accepted - - 250 Unset"), "{first:?}");
    }
}

#[tokio::test]
async fn f07_a_verdict_or_a_fault_after_the_first_octet_ends_it() {
    for (first, told) in [
        (Script { mail: Some(Act::Say(450)), ..Script::default() }, "450 4.9.9"),
        (at_rcpt(&[("one@y.example", Act::Say(550))]), "550 5.9.9"),
        (Script { data: Some(Act::Say(451)), ..Script::default() }, "451 4.9.9"),
        (Script { data: Some(Act::Say(554)), ..Script::default() }, "554 5.9.9"),
        (Script { body: Some(LOST), ..Script::default() }, "451 4.4.2"),
        (Script { body: Some(Act::Fault(FaultKind::Protocol)), ..Script::default() }, "451 4.4.2"),
        (Script { dot: Some(LOST), ..Script::default() }, "451 4.4.2"),
        (Script { dot: Some(Act::Say(554)), ..Script::default() }, "554 5.9.9"),
    ] {
        let bench = Bench::new([(1, first.clone())]);
        assert_eq!(one_message(&bench).await, told, "{first:?}");
        assert!(!bench.said().iter().any(|said| said.starts_with('2')), "{first:?}");
    }
}

#[tokio::test]
async fn f07_the_host_that_takes_over_accepts_everyone_again() {
    let bench = Bench::new([(1, at_rcpt(&[("two@y.example", LOST)]))]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "one@y.example").await, "250 2.9.9");
    assert_eq!(rcpt(&mut transaction, "two@y.example").await, "250 2.9.9");
    assert_eq!(send(&mut transaction, b"x\r\n").await, "250 2.9.9");
    transaction.settle(true).await;
    assert_eq!(
        bench.said()[4..],
        ["1 closed", "2 open", "2 MAIL", "2 RCPT one@y.example", "2 RCPT two@y.example", "2 DATA", "2 dot", "2 QUIT"][..]
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<_>>()[..]
    );
}

/// Recipient one was accepted by host 1, which is lost at recipient two; host 2 is `second`.
async fn lost_between(second: Script, parameters: MailParameters) -> (Bench, Transaction<FakeCourier>) {
    let bench = Bench::new([(1, at_rcpt(&[("two@y.example", LOST)])), (2, second)]);
    let mut transaction = bench.begin_with(parameters);
    assert_eq!(rcpt(&mut transaction, "one@y.example").await, "250 2.9.9");
    assert_eq!(rcpt(&mut transaction, "two@y.example").await, "451 4.4.2");
    (bench, transaction)
}

#[tokio::test]
async fn f07_a_host_that_does_not_take_who_was_accepted_means_451_at_data() {
    let poor = Capabilities { max_size: Some(500), ..Capabilities::default() };
    let plain = MailParameters::default();
    for (second, parameters) in [
        (at_rcpt(&[("one@y.example", Act::Say(550))]), plain.clone()),
        (at_rcpt(&[("one@y.example", Act::Say(450))]), plain.clone()),
        (Script { mail: Some(Act::Say(550)), ..Script::default() }, plain.clone()),
        // The client was told 250: that it is the wrong kind of message for this host is not the client's fault.
        (
            Script { offers: Some(poor.clone()), ..Script::default() },
            MailParameters { size: Some(500), ..MailParameters::default() },
        ),
        (
            Script { offers: Some(poor.clone()), ..Script::default() },
            MailParameters { body: Some(Body::EightBitMime), ..MailParameters::default() },
        ),
    ] {
        let (bench, mut transaction) = lost_between(second.clone(), parameters).await;
        // The transaction can only fail now, and fails without asking anybody.
        bench.said();
        assert_eq!(rcpt(&mut transaction, "three@y.example").await, "451 4.4.2");
        assert_eq!(send(&mut transaction, b"x\r\n").await, "451 4.4.2", "{second:?}");
        assert_eq!(bench.said(), [""; 0]);
        transaction.settle(true).await;
        assert!(bench.outcome().starts_with("tempfail "), "{second:?}: {}", bench.outcome());
        assert!(bench.outcome().ends_with(" 451 Error"), "{second:?}: {}", bench.outcome());
    }
}

#[tokio::test]
async fn f07_lost_at_data_and_refused_by_the_next_is_451_not_the_refusal() {
    for second in [
        at_rcpt(&[("one@y.example", Act::Say(550))]),
        Script { mail: Some(Act::Say(550)), ..Script::default() },
        Script { offers: Some(Capabilities { max_size: Some(1), ..Capabilities::default() }), ..Script::default() },
    ] {
        let bench = Bench::new([(1, Script { data: Some(LOST), ..Script::default() }), (2, second.clone())]);
        let mut transaction = bench.begin_with(MailParameters { size: Some(500), ..MailParameters::default() });
        assert_eq!(rcpt(&mut transaction, "one@y.example").await, "250 2.9.9");
        assert_eq!(send(&mut transaction, b"x\r\n").await, "451 4.4.2", "{second:?}");
        transaction.settle(true).await;
        assert!(!bench.said().iter().any(|said| said.starts_with('3') || said.ends_with("dot")));
    }
}

#[tokio::test]
async fn when_every_host_fails_the_first_fault_is_told() {
    let down = |kind| Script { open: Some(Act::Fault(kind)), ..Script::default() };
    for (first, told) in [
        (FaultKind::Name, "451 4.4.3"),
        (FaultKind::TlsMissing, "451 4.7.4"),
        (FaultKind::Login, "451 4.7.0"),
        (FaultKind::Refused, "451 4.4.0"),
    ] {
        let bench = Bench::new([(1, down(first)), (2, down(FaultKind::Connect)), (3, down(FaultKind::Connect))]);
        assert_eq!(one_message(&bench).await, told);
        assert_eq!(bench.attempts(), 3);
        assert!(bench.outcome().ends_with("451 Error"));
    }
}

/// Hosts that stand and then say nothing more: all that is tried for one command ends by one deadline.
#[tokio::test]
async fn one_deadline_covers_all_that_is_tried_for_a_command() {
    let open = Duration::from_millis(200);
    let hosts: Vec<u16> = (1..=50).collect();
    let stuck = Script { mail: Some(Act::Hang), ..Script::default() };
    let scripts = hosts.iter().map(|port| (*port, stuck.clone()));
    let bench = Bench::with(vec![connector("A", "*", &hosts)], open, scripts);
    let mut transaction = bench.begin();
    let began = Instant::now();
    assert_eq!(rcpt(&mut transaction, "one@y.example").await, "451 4.4.2");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    transaction.abort(Abort::Client).await;
    assert_eq!(bench.said(), ["1 open", "1 MAIL", "1 abandoned"]);
}

#[tokio::test]
async fn smart_hosts_are_tried_by_priority_and_then_in_the_order_of_the_list() {
    let mut draft = connector("A", "*", &[1, 2, 3, 4]);
    for (host, priority) in draft.smart_hosts.iter_mut().zip([20, 10, 20, 0]) {
        host.priority = priority;
    }
    let down = Script { open: Some(Act::Fault(FaultKind::Connect)), ..Script::default() };
    let scripts = (1..=4).map(|port| (port, down.clone()));
    let bench = Bench::with(vec![draft], Duration::from_secs(10), scripts);
    assert_eq!(one_message(&bench).await, "451 4.4.1");
    assert_eq!(bench.said(), ["4 open", "2 open", "1 open", "3 open"]);
}
